//! What tells one job from another.

use std::fmt;

use kling_json::CanonicalError;
use sha2::{Digest as _, Sha256};

/// The identity of a request: the hash of its canonical text, and of the local files that it names.
///
/// Two texts that say the same have one key, whatever their layout and the order of their members. `$schema` at the top
/// says nothing to the service and is never sent, so it does not count.
///
/// ```
/// use kling_journal::{FileHash, JobKey};
/// let key = JobKey::of(r#"{"model": "kling-v3", "duration": 5}"#)?;
/// assert_eq!(key, JobKey::of(r#"{"duration": 5.0, "model": "kling-v3"}"#)?);
/// assert_eq!(key, JobKey::of(r#"{"$schema": "a.json", "model": "kling-v3", "duration": 5}"#)?);
/// assert_ne!(key, JobKey::of(r#"{"duration": 10, "model": "kling-v3"}"#)?);
/// let image = FileHash::of(b"an image");
/// assert_ne!(key, JobKey::with_files(r#"{"duration": 5, "model": "kling-v3"}"#, &[image])?);
/// assert_eq!(key.as_str().len(), 64);
/// # Ok::<(), kling_journal::KeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobKey(String);

/// What a local file holds, in 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// The hash of a file's content.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

/// The text of a request has no canonical form, so that a job could not be told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError(CanonicalError);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request cannot be told from others: {}", self.0)
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl JobKey {
    /// The key of a request's text.
    ///
    /// # Errors
    /// When the text is not JSON, or an object in it has two equal keys.
    pub fn of(text: &str) -> Result<Self, KeyError> {
        Self::with_files(text, &[])
    }

    /// The key of a request that stands for the contents of local files too, in the order in which it names them: with
    /// another picture under the same name it is another job.
    ///
    /// # Errors
    /// As [`JobKey::of`].
    pub fn with_files(text: &str, files: &[FileHash]) -> Result<Self, KeyError> {
        let canonical = kling_json::canonical(&kling_json::without_member(text, "$schema"))
            .map_err(KeyError)?;
        let mut hash = Sha256::new();
        hash.update(canonical.as_bytes());
        for file in files {
            // A canonical text holds no NUL, and each part has one length.
            hash.update([0]);
            hash.update(file.0);
        }
        Ok(Self(crate::seal::hex(&hash.finalize())))
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
