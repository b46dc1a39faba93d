//! The message for a run without any request: it succeeds, but must not be mistaken for a check.

use crate::cli::Input;
use crate::exit::Exit;
use crate::input::files::{STDIN, ignored_in};
use crate::output::counts::counted;
use crate::output::stdio;

/// What a run has processed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputCounts {
    pub(crate) requests: u64,
    /// Texts that are not requests.
    pub(crate) skipped: u64,
    /// Paths of a list that were skipped because of their names.
    pub(crate) passed_over: u64,
    /// The exit code of the run so far.
    pub(crate) exit: Exit,
}

/// Warns if no request was checked, and returns the exit code for that; `None` if one was, or if an unreadable input
/// has already been reported.
pub(crate) fn nothing(input_counts: InputCounts, input: &Input) -> Option<Exit> {
    if input_counts.requests > 0 || input_counts.exit == Exit::Trouble {
        return None;
    }
    let (level, exit) = if input.require_requests {
        ("error", Exit::Trouble)
    } else {
        ("warning", Exit::Clean)
    };
    stdio::eprint(&format!(
        "{level}: nothing to check; {}\n",
        why(input_counts, input)
    ));
    Some(exit)
}

fn why(input_counts: InputCounts, input: &Input) -> String {
    if input_counts.skipped > 0 {
        let texts = counted(
            input_counts.skipped,
            "file or line that is not a request",
            "files or lines that are not requests",
        );
        let hint = if input.show_skipped {
            "name a file to check it anyway"
        } else {
            "`--show-skipped` lists them"
        };
        return format!("skipped {texts}; {hint}");
    }
    let folders = || input.paths.iter().filter(|path| path.is_dir());
    if let Some(ignored) = folders().find_map(|folder| ignored_in(folder)) {
        return format!(
            "`{}` is ignored by a `.gitignore` or hidden; name a file to check it anyway",
            ignored.shown()
        );
    }
    if let Some(list) = &input.files_from {
        let list = if list.as_os_str() == STDIN {
            "standard input".to_owned()
        } else {
            format!("`{}`", kling_text::plain(&list.to_string_lossy()))
        };
        return if input_counts.passed_over == 0 {
            format!("{list} does not list any files with requests")
        } else {
            let hint = if input.show_skipped {
                ""
            } else {
                "; `--show-skipped` lists them"
            };
            let paths = counted(input_counts.passed_over, "path", "paths");
            format!(
                "{list} lists {paths}, none of which ends in `.json`, `.jsonl` or `.ndjson`{hint}"
            )
        };
    }
    match folders().next() {
        Some(_) if folders().count() > 1 => {
            "none of the folders contains a file that ends in `.json`, `.jsonl` or `.ndjson`; name another folder, or a file".to_owned()
        }
        Some(folder) => format!(
            "`{}` does not contain files that end in `.json`, `.jsonl` or `.ndjson`; name another folder, or a file",
            kling_text::plain(&folder.to_string_lossy())
        ),
        None => "the input has only blank lines; write one request per line".to_owned(),
    }
}
