//! Giving a finished file its name, whole and without overwriting anything.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Most names that are tried.
const MAX_NAMES: u32 = 10_000;

/// Moves `part` to `target`, or, where that is taken, to the first free of `name (2)`, `name (3)`, ….
///
/// A hard link takes a name only if it is free; where there are no hard links, an empty file takes it and is
/// then replaced. The folder is made durable before the old name goes.
pub(super) fn put_in_place(part: &Path, target: &Path) -> io::Result<PathBuf> {
    for number in 1..=MAX_NAMES {
        let name = numbered(target, number);
        match fs::hard_link(part, &name) {
            Ok(()) => {
                if let Err(error) = sync_folder(&name) {
                    // Not in place for certain, so not in place: the part is still there.
                    let _gone = fs::remove_file(&name);
                    return Err(error);
                }
                fs::remove_file(part)?;
                return Ok(name);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => match File::create_new(&name) {
                Ok(_) => {
                    if let Err(error) = fs::rename(part, &name) {
                        let _gone = fs::remove_file(&name);
                        return Err(error);
                    }
                    sync_folder(&name)?;
                    return Ok(name);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            },
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!("this name and {MAX_NAMES} others like it are taken"),
    ))
}

/// `name.mp4`, `name (2).mp4`, …
fn numbered(target: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return target.to_owned();
    }
    let mut name = OsString::from(target.file_stem().unwrap_or_default());
    name.push(format!(" ({number})"));
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

    use super::put_in_place;

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("cat.mp4");
        let mut placed = Vec::new();
        for number in 0..3 {
            let part = folder.path().join("cat.mp4.part");
            fs::write(&part, number.to_string()).unwrap();
            placed.push(put_in_place(&part, &target).unwrap());
            assert!(!part.exists());
        }
        let names = ["cat.mp4", "cat (2).mp4", "cat (3).mp4"];
        for (number, name) in names.iter().enumerate() {
            assert_eq!(placed[number], folder.path().join(name));
            assert_eq!(
                fs::read_to_string(&placed[number]).unwrap(),
                number.to_string()
            );
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("part");
        fs::write(&part, "x").unwrap();
        assert!(put_in_place(&part, &folder.path().join("no/cat.mp4")).is_err());
        assert!(part.exists());
    }
}
