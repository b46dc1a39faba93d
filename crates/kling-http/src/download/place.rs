//! Gives a finished file its name: atomically, and never in place of another file unless requested.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::names::Names;
use super::options::{Existing, VideoKind};
use super::regular::{self, is_same, unwritable};
use super::task_attribute;
use crate::error::{Error, Kind};
use crate::upload::shown;

/// The maximum number of names that are tried.
const MAX_NAMES: u32 = 10_000;

/// The number of bytes compared at a time.
const BLOCK: usize = 64 * 1024;

/// The name for a video of this kind: the requested one, unless that has the extension of another kind. An MP4 always
/// gets the requested name.
pub(super) fn named(target: &Path, kind: VideoKind) -> PathBuf {
    const ENDINGS: [&str; 6] = ["mp4", "m4v", "mov", "qt", "webm", "mkv"];
    let ending = target.extension().and_then(OsStr::to_str);
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    let fits = ending == kind.extension() || kind == VideoKind::Mov && ending == "qt";
    if kind == VideoKind::Mp4 || fits || !ENDINGS.contains(&ending.as_str()) {
        target.to_owned()
    } else {
        target.with_extension(kind.extension())
    }
}

/// Moves the part to its target, or to a similar name. If a file with the same bytes is already there, a download that
/// was stopped before it could report has put it there, and it stays; otherwise `existing` decides.
///
/// # Errors
/// [`Error::is_local_io`]; the part is then still there.
pub(super) fn put_in_place(
    files: &Names,
    target: &Path,
    existing: Existing,
) -> Result<PathBuf, Error> {
    let part = files.part.as_path();
    for number in 1..=MAX_NAMES {
        let name = numbered(target, number);
        if move_to_free(files, &name)? {
            return Ok(name);
        }
        if !task_attribute::is_of_another(&name, &files.task)
            && has_same_bytes(part, &name).map_err(|error| unwritable(&name, error))?
        {
            files.remove()?;
            return Ok(name);
        }
        match existing {
            Existing::KeepBoth => {}
            Existing::Refuse => return Err(taken(part, target)),
            Existing::Overwrite => {
                replace(files, &name)?;
                return Ok(name);
            }
        }
    }
    Err(Error::new(
        Kind::File,
        format!(
            "`{}` and {MAX_NAMES} similar names already exist",
            shown(target)
        ),
    )
    .with_help("give another name, then download it again; the id is kept"))
}

/// Refuses a target that must never be replaced.
///
/// # Errors
/// [`Error::is_local_io`] if it is to be replaced and is a folder, a pipe or a device.
pub(super) fn check_target(target: &Path, existing: Existing) -> Result<(), Error> {
    match (existing, fs::symlink_metadata(target)) {
        (Existing::Overwrite, Ok(metadata)) if !metadata.is_symlink() => {
            regular::look(target).map(drop)
        }
        _ => Ok(()),
    }
}

/// Finds the finished file with this identity among the names derived from `target`.
pub(super) fn find(target: &Path, identity: &Metadata) -> Option<PathBuf> {
    let kinds = [VideoKind::Mp4, VideoKind::Mov, VideoKind::WebM];
    kinds.into_iter().find_map(|kind| {
        let target = named(target, kind);
        (1..=MAX_NAMES)
            .map(|number| numbered(&target, number))
            .map_while(|name| Some((fs::symlink_metadata(&name).ok()?, name)))
            .find_map(|(there, name)| {
                (there.is_file() && is_same(&there, identity)).then_some(name)
            })
    })
}

/// Moves a file to a name if that is free, and makes it durable; returns whether it was free.
///
/// A hard link takes a name only if it is free; where there are no hard links, the kernel renames under the same
/// condition.
fn move_to_free(files: &Names, name: &Path) -> Result<bool, Error> {
    move_with(
        files,
        name,
        |part, name| fs::hard_link(part, name),
        rename_to_free,
    )
}

/// As [`move_to_free`], with these ways to link and to rename a file.
fn move_with(
    files: &Names,
    name: &Path,
    link: impl FnOnce(&Path, &Path) -> io::Result<()>,
    rename_to_free: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> Result<bool, Error> {
    let part = files.part.as_path();
    match link(part, name) {
        Ok(()) => {
            if let Err(error) = sync_folder(name) {
                // It is not certain to be in place, so it is treated as not in place: the part is still there.
                let _gone = fs::remove_file(name);
                return Err(unwritable(name, error));
            }
            files.remove()?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(_) => match rename_to_free(part, name) {
            Ok(()) => {
                sync_folder(name).map_err(|error| unwritable(name, error))?;
                regular::remove(&files.part_info)?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) if is_unsupported(&error) => Err(Error::new(
                Kind::File,
                format!(
                    "the video is complete and kept as `{}`: this file system cannot rename it without the risk of replacing another file",
                    shown(part)
                ),
            )
            .with_help("rename it yourself, or give a path on another file system")
            .with_source(error)),
            Err(error) => Err(unwritable(name, error)),
        },
    }
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios"
))]
fn rename_to_free(part: &Path, name: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, part, CWD, name, RenameFlags::NOREPLACE).map_err(io::Error::from)
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios"
)))]
fn rename_to_free(_part: &Path, _name: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the system or the file system does not support such a rename.
fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
    )
}

/// Replaces another file atomically: at no moment is it missing or incomplete.
fn replace(files: &Names, name: &Path) -> Result<(), Error> {
    check_target(name, Existing::Overwrite)?;
    fs::rename(&files.part, name)
        .and_then(|()| sync_folder(name))
        .map_err(|error| unwritable(name, error))?;
    regular::remove(&files.part_info)
}

/// Whether a regular file has the same bytes as the part.
fn has_same_bytes(part: &Path, name: &Path) -> io::Result<bool> {
    let there = fs::symlink_metadata(name)?;
    if !there.is_file() || there.len() != fs::symlink_metadata(part)?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (File::open(part)?, File::open(name)?);
    let (mut left, mut right) = (vec![0; BLOCK], vec![0; BLOCK]);
    let mut to_go = there.len();
    while to_go > 0 {
        let length = usize::try_from(to_go).map_or(BLOCK, |rest| rest.min(BLOCK));
        let (left, right) = (&mut left[..length], &mut right[..length]);
        one.read_exact(left)?;
        other.read_exact(right)?;
        if left != right {
            return Ok(false);
        }
        to_go -= length as u64;
    }
    Ok(true)
}

fn taken(part: &Path, target: &Path) -> Error {
    Error::new(
        Kind::File,
        format!(
            "`{}` already exists and is another file; the video is kept as `{}`",
            shown(target),
            shown(part)
        ),
    )
    .with_help("give another name, or allow it to be replaced, and download it again")
}

/// `name.mp4`, `name (2).mp4`, …
fn numbered(target: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return target.to_owned();
    }
    with_suffix(target, &format!(" ({number})"))
}

/// Returns the name with this suffix before its extension.
pub(super) fn with_suffix(target: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(target.file_stem().unwrap_or_default());
    name.push(suffix);
    if let Some(extension) = target.extension() {
        name.push(".");
        name.push(extension);
    }
    target.with_file_name(name)
}

#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// Other systems cannot open a folder to make it durable.
#[cfg(not(unix))]
fn sync_folder(_file: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Existing, Names, VideoKind, named, put_in_place, task_attribute};
    #[cfg(target_os = "linux")]
    use super::{move_with, rename_to_free};
    use crate::error::Error;
    use crate::task_ref::TaskRef;

    /// Puts this text in place as a file with this name.
    fn put(folder: &Path, name: &str, text: &str, existing: Existing) -> Result<PathBuf, Error> {
        let files = Names::new(&folder.join(name), &TaskRef::id("video_1"));
        fs::write(&files.part, text).unwrap();
        fs::write(&files.part_info, "{}").unwrap();
        let placed = put_in_place(&files, &files.target, existing);
        let left = [&files.part, &files.part_info].map(|path| path.exists());
        assert_eq!(left, [placed.is_err(); 2]);
        placed
    }

    #[test]
    fn nothing_is_overwritten_unless_requested() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let names = ["cat.mp4", "cat (2).mp4", "cat (3).mp4"];
        for name in names {
            let placed = put(folder, "cat.mp4", name, Existing::KeepBoth);
            assert_eq!(placed.unwrap(), folder.join(name));
        }
        let error = put(folder, "cat.mp4", "new", Existing::Refuse).unwrap_err();
        assert!(error.is_local_io(), "{error:?}");
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        for name in names {
            assert_eq!(text(name), name);
        }
        let placed = put(folder, "cat.mp4", "new", Existing::Overwrite);
        assert_eq!(placed.unwrap(), folder.join("cat.mp4"));
        assert_eq!(text("cat.mp4"), "new");
        assert_eq!(text("cat (2).mp4"), "cat (2).mp4");
    }

    #[test]
    fn the_same_bytes_are_not_saved_again() {
        for existing in [Existing::Refuse, Existing::KeepBoth, Existing::Overwrite] {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("cat.mp4");
            fs::write(&target, "the video").unwrap();
            let placed = put(folder.path(), "cat.mp4", "the video", existing);
            assert_eq!(placed.unwrap(), target);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    /// Holds only where the file system supports marks; otherwise only the bytes are compared.
    #[test]
    fn the_same_bytes_of_another_task_are_another_video() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("cat.mp4");
        fs::write(&target, "the video").unwrap();
        task_attribute::set(&fs::File::open(&target).unwrap(), "another task");
        let keeps_marks = task_attribute::is_of_another(&target, "this task");
        let placed = put(folder.path(), "cat.mp4", "the video", Existing::KeepBoth);
        let name = if keeps_marks {
            "cat (2).mp4"
        } else {
            "cat.mp4"
        };
        assert_eq!(placed.unwrap(), folder.path().join(name));
    }

    #[test]
    fn other_kinds_get_their_own_ending() {
        for (asked, kind, name) in [
            ("cat.mp4", VideoKind::WebM, "cat.webm"),
            ("cat.MP4", VideoKind::Mov, "cat.mov"),
            ("cat.qt", VideoKind::Mov, "cat.qt"),
            ("a.b.webm", VideoKind::Mov, "a.b.mov"),
            ("cat", VideoKind::WebM, "cat"),
            ("cat.v2", VideoKind::WebM, "cat.v2"),
            ("cat.mov", VideoKind::Mp4, "cat.mov"),
        ] {
            assert_eq!(named(Path::new(asked), kind), Path::new(name), "{asked}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_rename_where_links_are_missing_takes_a_free_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let (part, target) = (folder.path().join("part"), folder.path().join("cat.mp4"));
        fs::write(&part, "new").unwrap();
        fs::write(&target, "old").unwrap();
        let error = rename_to_free(&part, &target).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        rename_to_free(&part, &folder.path().join("free.mp4")).unwrap();
        assert!(!part.exists());
    }

    /// The errors of file systems without links.
    #[cfg(target_os = "linux")]
    const NO_LINKS: [rustix::io::Errno; 2] =
        [rustix::io::Errno::PERM, rustix::io::Errno::OPNOTSUPP];

    #[test]
    #[cfg(target_os = "linux")]
    fn where_links_are_missing_a_part_is_renamed_to_a_free_name() {
        for error in NO_LINKS {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("cat.mp4");
            let files = Names::new(&target, &TaskRef::id("video_1"));
            let moved = || move_with(&files, &target, |_, _| Err(error.into()), rename_to_free);
            for (text, is_free) in [("one", true), ("two", false)] {
                fs::write(&files.part, text).unwrap();
                fs::write(&files.part_info, "{}").unwrap();
                assert_eq!(moved().unwrap(), is_free, "{error}");
                assert_eq!(fs::read_to_string(&target).unwrap(), "one");
                let left = [&files.part, &files.part_info].map(|path| path.exists());
                assert_eq!(left, [!is_free; 2], "{error}");
            }
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn where_nothing_is_safe_the_part_is_kept_and_named() {
        for error in NO_LINKS {
            for renaming in [rustix::io::Errno::INVAL, rustix::io::Errno::NOSYS] {
                let folder = tempfile::tempdir().unwrap();
                let target = folder.path().join("cat.mp4");
                let files = Names::new(&target, &TaskRef::id("video_1"));
                fs::write(&files.part, "the video").unwrap();
                let moved = move_with(
                    &files,
                    &target,
                    |_, _| Err(error.into()),
                    |_, _| Err(renaming.into()),
                );
                let error = moved.unwrap_err();
                assert!(error.is_local_io(), "{error:?}");
                let kept = files.part.display().to_string();
                assert!(error.to_string().contains(&kept), "{error}");
                assert!(
                    error.help().unwrap().contains("rename it yourself"),
                    "{error}"
                );
                assert_eq!(fs::read_to_string(&files.part).unwrap(), "the video");
                assert!(!target.exists());
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn only_files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("cat.mp4")).unwrap();
        let error = put(folder, "cat.mp4", "new", Existing::Overwrite).unwrap_err();
        assert!(
            error.to_string().contains("a device or a socket"),
            "{error}"
        );
        // A link itself is replaced, not its target.
        fs::write(folder.join("precious"), "precious").unwrap();
        std::os::unix::fs::symlink("precious", folder.join("link.mp4")).unwrap();
        put(folder, "link.mp4", "new", Existing::Overwrite).unwrap();
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(text("link.mp4"), "new");
        assert_eq!(text("precious"), "precious");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let files = Names::new(&folder.path().join("cat.mp4"), &TaskRef::id("video_1"));
        fs::write(&files.part, "x").unwrap();
        let target = folder.path().join("no/cat.mp4");
        assert!(put_in_place(&files, &target, Existing::KeepBoth).is_err());
        assert!(files.part.exists());
    }
}
