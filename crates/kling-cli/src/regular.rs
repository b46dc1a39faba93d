//! Opens files that have an end: a pipe, a device or a kernel file may never return a byte, and even opening it may
//! block.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file for reading, following links. Anything else is refused before it is opened.
///
/// # Errors
/// When it is something else, or cannot be opened.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    refuse(&fs::metadata(path)?)?;
    refuse_kernel(path)?;
    let mut options = OpenOptions::new();
    options.read(true);
    // If it becomes a pipe after the check, opening it must not wait for a writer.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    let file = options.open(path)?;
    refuse(&file.metadata()?)?;
    Ok(file)
}

/// Writes a regular file, following links. Anything else at the path is refused before it is opened.
///
/// # Errors
/// When there is something else, or it cannot be written.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Ok(metadata) = fs::metadata(path) {
        refuse(&metadata)?;
    }
    fs::write(path, content)
}

/// As [`open`], but also accepts what the shell passes in a process substitution such as `<(git diff --name-only)`.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_given(path: &Path) -> io::Result<File> {
    if is_handed_over(path) {
        File::open(path)
    } else {
        open(path)
    }
}

/// Whether a path is a pipe that this process was started with. Opening it does not block, and its other end is known
/// to the user who typed the command.
fn is_handed_over(path: &Path) -> bool {
    let is_ours = path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd");
    is_ours && fs::metadata(path).is_ok_and(|metadata| is_pipe(&metadata))
}

/// Whether it is a pipe, named or not.
pub(crate) fn is_pipe(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type());
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

fn refuse(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = if metadata.is_dir() {
        "a folder"
    } else if is_pipe(metadata) {
        "a pipe"
    } else {
        "a device or a socket"
    };
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("it is {kind}, not a regular file"),
    ))
}

/// Refuses kernel files, which look regular, but some of which block when they are read.
#[cfg(target_os = "linux")]
fn refuse_kernel(path: &Path) -> io::Result<()> {
    /// The magic number of the file system at `/sys`.
    const SYSFS: u64 = 0x6265_6572;
    let kind = rustix::fs::statfs(path)?.f_type;
    let kind = u64::try_from(kind).unwrap_or_default();
    let proc = u64::try_from(rustix::fs::PROC_SUPER_MAGIC).unwrap_or_default();
    if kind == proc || kind == SYSFS {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a file of the kernel, not a regular file",
        ));
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn refuse_kernel(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    /// Creates a named pipe by running a program, since the safe calls for it are not portable.
    pub(crate) fn pipe(path: &Path) {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.expect("the program runs").success());
    }

    fn why(path: &Path) -> String {
        open(path)
            .expect_err("it is not a regular file")
            .to_string()
    }

    #[test]
    fn what_has_no_end_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "text").unwrap();
        symlink("file", at("link")).unwrap();
        assert!(open(&at("file")).is_ok() && open(&at("link")).is_ok());
        // The pipe has no writer: opening it would never return.
        pipe(&at("pipe"));
        symlink("pipe", at("link-to-pipe")).unwrap();
        for name in ["pipe", "link-to-pipe"] {
            assert_eq!(why(&at(name)), "it is a pipe, not a regular file", "{name}");
            assert!(open_given(&at(name)).is_err(), "{name}");
        }
        assert_eq!(why(folder.path()), "it is a folder, not a regular file");
        let _socket = UnixListener::bind(at("socket")).unwrap();
        for path in [at("socket"), "/dev/zero".into(), "/dev/tty".into()] {
            assert_eq!(why(&path), "it is a device or a socket, not a regular file");
        }
        assert_eq!(
            open(&at("missing")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn files_of_the_kernel_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/proc/self/status", folder.path().join("link")).unwrap();
        for path in [Path::new("/proc/version"), &folder.path().join("link")] {
            assert!(why(path).contains("of the kernel"), "{}", path.display());
        }
        // The target of a descriptor counts, not the folder that lists it.
        fs::write(folder.path().join("file"), "text").unwrap();
        let file = File::open(folder.path().join("file")).unwrap();
        let listed = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
        assert!(open(Path::new(&listed)).is_ok());
    }
}
