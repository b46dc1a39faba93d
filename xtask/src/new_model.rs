//! `cargo xtask new-model ID`: the stubs of everything that a new model needs.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result, read, write as write_file};
use crate::workspace::print_line;

/// The list of embedded contracts.
const LIST: &str = "crates/kling-spec/src/embedded.rs";
/// The beginning of the part of the list that contains the words.
const LIST_BEGIN: &str = "= embedded! {\n";
const LIST_END: &str = "};";
/// Placeholder for the id in the stubs.
const PLACE: &str = "@ID@";
/// The longest id that is accepted; the known ones have up to 13 characters.
const MAX_ID_LENGTH: usize = 64;

/// The stubs by path, both with the placeholder for the id.
const STUBS: [(&str, &str); 3] = [
    (
        "crates/kling-spec/models/@ID@.toml",
        include_str!("new_model/contract.toml"),
    ),
    (
        "fixtures/@ID@/examples/minimal.json",
        include_str!("new_model/minimal.json"),
    ),
    (
        "fixtures/@ID@/expected.toml",
        include_str!("new_model/expected.toml"),
    ),
];

const NEXT: &str = "next:
  1. fill in the contract from the model's page; every claim needs a ground
  2. write fixtures: each example of the page, each rule and each mistake, with their expected findings
  3. cargo xtask codegen
  4. cargo test --workspace";

/// Writes the stubs into a workspace and prints what to do next.
///
/// # Errors
/// The id is not in kebab-case, or something with it already exists; then nothing is written.
pub fn write(root: &Path, id: &str) -> Result<()> {
    for path in stubs(root, id)? {
        print_line(format_args!("wrote {}", path.display()));
    }
    print_line(NEXT);
    Ok(())
}

/// As [`write()`], without output; returns the paths written, relative to the workspace.
///
/// # Errors
/// As for [`write()`].
pub fn stubs(root: &Path, id: &str) -> Result<Vec<PathBuf>> {
    if !is_id(id) {
        return Err(Failure::new(format!(
            "`{}` is not a valid model id: use lower-case letters and digits, joined by single hyphens, \
             at most {MAX_ID_LENGTH} characters",
            id.escape_debug().take(MAX_ID_LENGTH).collect::<String>()
        )));
    }
    let list = with_word(&read(&root.join(LIST))?, id)?;
    let files = STUBS.map(|(path, text)| {
        (
            PathBuf::from(path.replace(PLACE, id)),
            text.replace(PLACE, id),
        )
    });
    if let Some((path, _)) = files.iter().find(|(path, _)| root.join(path).exists()) {
        return Err(Failure::new(format!("{} already exists", path.display())));
    }
    let mut written = Vec::new();
    for (path, text) in files {
        write_file(&root.join(&path), &text)?;
        written.push(path);
    }
    write_file(&root.join(LIST), &list)?;
    written.push(PathBuf::from(LIST));
    Ok(written)
}

fn is_id(id: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    id.len() <= MAX_ID_LENGTH
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.split('-').all(word)
}

/// Returns the list with a word appended.
fn with_word(list: &str, id: &str) -> Result<String> {
    let begin = list.find(LIST_BEGIN).map(|at| at + LIST_BEGIN.len());
    let end = begin.and_then(|begin| Some(begin + list[begin..].find(LIST_END)?));
    let (Some(begin), Some(end)) = (begin, end) else {
        return Err(Failure::new(format!(
            "{LIST} has no list `{}…{LIST_END}`",
            LIST_BEGIN.trim_end()
        )));
    };
    let word = format!("\"{id}\"");
    if list[begin..end]
        .split_whitespace()
        .any(|known| known.trim_end_matches(';') == word)
    {
        return Err(Failure::new(format!("{LIST} already has the model `{id}`")));
    }
    Ok(format!("{}    {word};\n{}", &list[..end], &list[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case() {
        for id in ["kling-v4", "kling-v3-omni", "a", "k9"] {
            assert!(is_id(id), "{id}");
        }
        let long = "a".repeat(MAX_ID_LENGTH + 1);
        for id in [
            "", "-a", "a-", "a--b", "Kling", "a_b", "9a", "a b", "../a", "é", &long,
        ] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn a_word_goes_to_the_end_of_the_list() {
        let list = "pub const A: &[B] = embedded! {\n    \"one\";\n};\nrest";
        assert_eq!(
            with_word(list, "two").unwrap(),
            "pub const A: &[B] = embedded! {\n    \"one\";\n    \"two\";\n};\nrest"
        );
        assert!(with_word(list, "one").is_err());
        assert!(with_word("nothing", "two").is_err());
    }
}
