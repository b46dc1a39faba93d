//! Where a video goes: checked before anything is paid for.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use kling_http::DownloadOptions;
use kling_http::download::{Existing, NameTemplate, Target};
use tempfile::TempDir;

use super::print::Print;
use super::stop::{Stop, describe};
use crate::cli;
use crate::regular;

/// The value of `--output` for standard output.
const STDOUT: &str = "-";

/// Where videos go, how long they may be, and what happens to existing files.
pub(crate) struct Destination {
    target: OutputTarget,
    /// Whether an existing file is replaced.
    overwrite: bool,
    /// Whether the video is saved next to an existing file.
    keep_both: bool,
    max_bytes: Option<u64>,
}

enum OutputTarget {
    Stdout,
    File(PathBuf),
    Folder {
        folder: PathBuf,
        /// Whether the folder was requested, rather than being the working folder by default.
        is_asked: bool,
        name: NameTemplate,
    },
}

/// Adjusts how the result is printed if the video goes to standard output.
pub(crate) fn print(asked: &cli::Target, print: Print) -> Print {
    print.with_video_on_stdout(is_stdout(asked))
}

fn is_stdout(asked: &cli::Target) -> bool {
    asked.output.as_deref() == Some(Path::new(STDOUT))
}

impl Destination {
    /// Makes the destination that the command line requests.
    pub(crate) fn new(asked: &cli::Target) -> Result<Self, Stop> {
        Ok(Self {
            target: OutputTarget::new(asked)?,
            overwrite: asked.overwrite,
            keep_both: asked.keep_both,
            max_bytes: asked.max_bytes.map(std::num::NonZeroU64::get),
        })
    }

    /// Fails if a file that the command uses would be replaced: the journal and the files next to it, the key file,
    /// the request.
    pub(crate) fn check_not_replacing(&self, files: &[Option<&PathBuf>]) -> Result<(), Stop> {
        let OutputTarget::File(asked) = &self.target else {
            return Ok(());
        };
        let real = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        let Ok(target) = real(asked) else {
            return Ok(());
        };
        let is_taken = files.iter().flatten().any(|file| {
            real(file).is_ok_and(|file| {
                // A journal has files next to it, which are named after it.
                target.parent() == file.parent()
                    && target
                        .file_name()
                        .zip(file.file_name())
                        .is_some_and(|(target, file)| {
                            target
                                .to_string_lossy()
                                .strip_prefix(&*file.to_string_lossy())
                                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
                        })
            })
        });
        if is_taken {
            return Err(Stop::usage(format!(
                "--output {}: this command uses that file itself, and nothing was sent; name another file",
                asked.display()
            )));
        }
        Ok(())
    }

    /// Fails if a video that is not yet paid for could not be saved there, or only under another name.
    pub(crate) fn before_paying(&self) -> Result<(), Stop> {
        if let OutputTarget::File(file) = &self.target
            && !self.overwrite
            && !self.keep_both
            && fs::symlink_metadata(file).is_ok()
        {
            return Err(Stop::usage(format!(
                "--output {}: the file already exists, and nothing was sent; name another file, or give `--overwrite` or \
                 `--keep-both`",
                file.display()
            )));
        }
        self.before_saving()
    }

    /// Fails if nothing can be saved there.
    pub(crate) fn before_saving(&self) -> Result<(), Stop> {
        let (what, folder) = match &self.target {
            OutputTarget::Stdout => return Ok(()),
            OutputTarget::File(file) => (format!("--output {}", file.display()), folder_of(file)),
            OutputTarget::Folder { folder, .. } => {
                let what = format!("--output-dir {}", folder.display());
                fs::create_dir_all(folder).map_err(|error| {
                    Stop::local(format!(
                        "{what}: it cannot be created: {error}; name another folder"
                    ))
                })?;
                (what, folder.as_path())
            }
        };
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        if !folder.exists() {
            return Err(Stop::local(format!(
                "{what}: the folder {} does not exist; create it, or name another one",
                folder.display()
            )));
        }
        // Only creating a file shows whether one can be created.
        match tempfile::tempfile_in(folder) {
            Ok(_) => Ok(()),
            Err(error) => Err(Stop::local(format!(
                "{what}: no file can be written in the folder {}: {}; make it writable, or name another one",
                folder.display(),
                plain(&error)
            ))),
        }
    }

    /// Returns the options for the download; for a video that goes to standard output, also a temporary folder.
    pub(crate) fn options(&self) -> Result<(DownloadOptions, Option<TempDir>), Stop> {
        let mut passing = None;
        let target = match &self.target {
            OutputTarget::Stdout => {
                let folder = tempfile::tempdir().map_err(|error| {
                    Stop::local(format!(
                        "no folder for temporary files: {error}; set `TMPDIR`, or save the video in a file"
                    ))
                })?;
                let file = folder.path().join("video.mp4");
                passing = Some(folder);
                Target::File(file)
            }
            OutputTarget::File(file) => Target::File(file.clone()),
            OutputTarget::Folder { folder, name, .. } => Target::Folder {
                folder: folder.clone(),
                name: name.clone(),
                index: 0,
            },
        };
        let mut options = DownloadOptions::new(target);
        options.existing = self.existing();
        if let Some(most) = self.max_bytes {
            options.max_bytes = most;
        }
        Ok((options, passing))
    }

    /// Returns the requested file.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.target {
            OutputTarget::File(file) => Some(file),
            OutputTarget::Stdout | OutputTarget::Folder { .. } => None,
        }
    }

    /// Returns where the video that is saved in `file` is wanted.
    pub(crate) fn wanted(&self, file: &Path) -> Wanted {
        let asked = match &self.target {
            OutputTarget::Stdout => return Wanted::Stdout,
            OutputTarget::File(asked) => asked.clone(),
            OutputTarget::Folder {
                folder,
                is_asked: true,
                ..
            } => folder.join(file.file_name().unwrap_or_default()),
            OutputTarget::Folder { .. } => return Wanted::There,
        };
        let real = |path: &Path| fs::canonicalize(path).ok();
        if real(&asked).is_some_and(|asked| Some(asked) == real(file)) {
            Wanted::There
        } else {
            Wanted::Copy(asked)
        }
    }

    /// Whether the videos of one task are where they are requested: under the name of `--output`, each with its
    /// number.
    pub(crate) fn has_all(&self, files: &[(String, u64)]) -> bool {
        let [(first, _), _, ..] = files else {
            return true;
        };
        match &self.target {
            OutputTarget::File(asked) => {
                let stem = asked.file_stem().unwrap_or_default().to_string_lossy();
                let first = Path::new(first);
                let is_named = first
                    .file_stem()
                    .is_some_and(|name| name.to_string_lossy() == format!("{stem} 1"));
                let folder = |path: &Path| {
                    let path = std::path::absolute(path).ok()?;
                    fs::canonicalize(path.parent()?).ok()
                };
                is_named && folder(asked).is_some() && folder(asked) == folder(first)
            }
            OutputTarget::Stdout => true,
            OutputTarget::Folder { .. } => matches!(self.wanted(Path::new(first)), Wanted::There),
        }
    }

    /// Returns what to do with an existing file.
    pub(crate) const fn existing(&self) -> Existing {
        if self.overwrite {
            Existing::Overwrite
        } else {
            Existing::KeepBoth
        }
    }
}

/// Where a video that is already saved is wanted.
pub(crate) enum Wanted {
    /// Where it already is.
    There,
    /// On standard output.
    Stdout,
    /// In another file.
    Copy(PathBuf),
}

impl OutputTarget {
    fn new(asked: &cli::Target) -> Result<Self, Stop> {
        if is_stdout(asked) {
            if io::stdout().is_terminal() {
                return Err(Stop::usage(
                    "--output -: standard output is a terminal, which cannot show a video; redirect it to a program or a file",
                ));
            }
            return Ok(Self::Stdout);
        }
        if let Some(file) = &asked.output {
            let refused = |why: &str| {
                Err(Stop::usage(format!(
                    "--output {}: {why}; name a file, give a folder with `--output-dir`, or `-` for the standard output",
                    file.display()
                )))
            };
            if file.file_name().is_none() {
                return refused("it does not name a file");
            }
            return match fs::metadata(file) {
                Ok(metadata) if metadata.is_dir() => refused("it is a folder"),
                Ok(metadata) if !metadata.is_file() => refused("it is not a regular file"),
                Ok(_) | Err(_) => Ok(Self::File(file.clone())),
            };
        }
        let name = asked.name.parse().map_err(|error: kling_http::Error| {
            Stop::usage(format!("--name: {}", describe(&error)))
        })?;
        Ok(Self::Folder {
            // The empty path is this folder, and does not show in file names.
            folder: asked.output_dir.clone().unwrap_or_default(),
            is_asked: asked.output_dir.is_some(),
            name,
        })
    }
}

/// Writes a video to standard output.
pub(crate) fn write_out(file: &Path) -> Result<(), Stop> {
    let mut stdout = io::stdout().lock();
    regular::open(file)
        .and_then(|mut video| io::copy(&mut video, &mut stdout))
        .and_then(|_| io::Write::flush(&mut stdout))
        .map_err(|error| {
            Stop::local(format!(
                "the video could not be written to standard output: {error}; run the command again, which does not pay again"
            ))
        })
}

/// Returns the folder that a file is in; the empty path means this folder.
fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// Removes the path of a temporary file from an error, since it means nothing to the user.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}
