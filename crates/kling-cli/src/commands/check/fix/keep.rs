//! What a file keeps when it is replaced: owner, group, permissions, access lists and other attributes.

use std::fs::File;
use std::io;

/// Copies everything but the text of an old file to a new one.
///
/// # Errors
/// When part of it cannot be copied; the message says which part, and what to do.
pub(super) fn all(old: &File, new: &File) -> io::Result<()> {
    #[cfg(unix)]
    owner(old, new)?;
    new.set_permissions(old.metadata()?.permissions())
        .map_err(|error| lost("its permissions", &error))?;
    // Access lists are attributes that are part of the permissions, so they must be set after those.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    attributes(old, new)?;
    Ok(())
}

fn lost(what: &str, error: &io::Error) -> io::Error {
    let why = format!(
        "{what} cannot be kept: {error}; apply the changes that `--diff` shows, or run this as its owner"
    );
    io::Error::new(error.kind(), why)
}

#[cfg(unix)]
fn owner(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (from, to) = (old.metadata()?, new.metadata()?);
    if (from.uid(), from.gid()) == (to.uid(), to.gid()) {
        return Ok(());
    }
    fchown(new, Some(from.uid()), Some(from.gid()))
        .map_err(|error| lost("its owner and group", &error))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn attributes(old: &File, new: &File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr};
    let wanted = names(old)?;
    // A folder may give an access list to each new file.
    for name in names(new)?.iter().filter(|name| !wanted.contains(name)) {
        fremovexattr(new, name).map_err(|error| lost("what it does not have", &error.into()))?;
    }
    for name in &wanted {
        let value = value(old, name)?;
        if value.is_some() && self::value(new, name)? == value {
            continue;
        }
        let Some(value) = value else { continue };
        fsetxattr(new, name, &value, XattrFlags::empty()).map_err(|error| {
            let what = format!("its attribute `{}`", String::from_utf8_lossy(name));
            lost(&what, &error.into())
        })?;
    }
    Ok(())
}

/// Returns the names of the attributes; none if the file system does not support attributes.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn names(file: &File) -> io::Result<Vec<Vec<u8>>> {
    use rustix::fs::{flistxattr, flistxattr_query};
    let length = match flistxattr_query(file) {
        Ok(length) => length,
        Err(rustix::io::Errno::NOTSUP) => 0,
        Err(error) => return Err(error.into()),
    };
    if length == 0 {
        return Ok(Vec::new());
    }
    let mut list = vec![0; length];
    let length = flistxattr(file, &mut list[..])?;
    list.truncate(length);
    let names = list
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    Ok(names.map(<[u8]>::to_vec).collect())
}

/// Returns the value of an attribute, if the file has it.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn value(file: &File, name: &[u8]) -> io::Result<Option<Vec<u8>>> {
    use rustix::fs::{fgetxattr, fgetxattr_query};
    let length = match fgetxattr_query(file, name) {
        Ok(length) => length,
        #[cfg(not(target_vendor = "apple"))]
        Err(rustix::io::Errno::NODATA) => return Ok(None),
        #[cfg(target_vendor = "apple")]
        Err(rustix::io::Errno::NOATTR) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut value = vec![0; length];
    if length > 0 {
        let read = fgetxattr(file, name, &mut value[..])?;
        value.truncate(read);
    }
    Ok(Some(value))
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::OpenOptions;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::{OFlags, XattrFlags, fsetxattr};

    use super::*;

    #[test]
    fn what_cannot_be_kept_is_named_with_what_to_do() {
        let old = tempfile::NamedTempFile::new().unwrap();
        let new = tempfile::NamedTempFile::new().unwrap();
        // Through such a descriptor nobody can change a file.
        let flags = i32::try_from(OFlags::PATH.bits()).unwrap();
        let new = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(new.path())
            .unwrap();
        let message = all(old.as_file(), &new).unwrap_err().to_string();
        assert!(
            message.starts_with("its permissions cannot be kept: "),
            "{message}"
        );
        assert!(message.contains("`--diff`"), "{message}");
    }

    #[test]
    fn an_attribute_that_cannot_be_kept_is_named() {
        let old = tempfile::NamedTempFile::new().unwrap();
        if fsetxattr(
            old.as_file(),
            "user.kling.test",
            b"kept",
            XattrFlags::empty(),
        )
        .is_err()
        {
            // This file system has no attributes that could be lost.
            return;
        }
        // Only files and folders have such attributes.
        let (pipe, _) = io::pipe().unwrap();
        let pipe = File::from(OwnedFd::from(pipe));
        let message = attributes(old.as_file(), &pipe).unwrap_err().to_string();
        assert!(
            message.starts_with("its attribute `user.kling.test` cannot be kept: "),
            "{message}"
        );
    }

    #[test]
    fn an_owner_that_cannot_be_kept_is_named() {
        let own = tempfile::NamedTempFile::new().unwrap();
        let flags = i32::try_from(OFlags::PATH.bits()).unwrap();
        let fixed = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(own.path())
            .unwrap();
        let Some(others) = file_of_another() else {
            return;
        };
        let message = owner(&others, &fixed).unwrap_err().to_string();
        assert!(
            message.starts_with("its owner and group cannot be kept: "),
            "{message}"
        );
    }

    /// Returns a file of another user, if there is one that can be read.
    fn file_of_another() -> Option<File> {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let own = tempfile::tempfile().unwrap();
        let owner = own.metadata().unwrap().uid();
        let root = File::open("/etc/passwd").ok();
        let root = root.filter(|file| file.metadata().is_ok_and(|data| data.uid() != owner));
        root.or_else(|| fchown(&own, Some(owner + 1), None).ok().map(|()| own))
    }
}
