//! What identifies a job.

use std::fmt;

use kling_json::CanonicalError;
use sha2::{Digest as _, Sha256};

/// The identity of a request: the hash of its canonical text.
///
/// Two texts with the same content have the same key, whatever their layout and the order of their members. A
/// top-level `$schema` means nothing to the service and is never sent, so it does not count.
///
/// ```
/// use kling_journal::{FileHash, JobKey};
/// let key = JobKey::of(r#"{"model": "kling-v3", "duration": 5}"#)?;
/// assert_eq!(key, JobKey::of(r#"{"duration": 5.0, "model": "kling-v3"}"#)?);
/// assert_eq!(key, JobKey::of(r#"{"$schema": "a.json", "model": "kling-v3", "duration": 5}"#)?);
/// assert_ne!(key, JobKey::of(r#"{"duration": 10, "model": "kling-v3"}"#)?);
/// // A local file is what it holds, whatever it is called.
/// let image = FileHash::of(b"an image");
/// let text = format!(r#"{{"model": "kling-v3", "image_urls": ["{image}"]}}"#);
/// assert_ne!(key, JobKey::of(&text)?);
/// assert_eq!(key.as_str().len(), 64);
/// # Ok::<(), kling_journal::KeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobKey(String);

/// The content of a local file, as a hash of 32 bytes; as text, `sha256:` and 64 hexadecimal digits. In the text for a
/// [`JobKey`] it replaces the file's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// Hashes a file's content.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", crate::seal::hex(&self.0))
    }
}

/// The text of a request has no canonical form, so its job could not be distinguished from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError(CanonicalError);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the request cannot be distinguished from others: {}",
            self.0
        )
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl JobKey {
    /// Returns the key of a request's text.
    ///
    /// # Errors
    /// When the text is not JSON, or an object in it has a duplicate key.
    pub fn of(text: &str) -> Result<Self, KeyError> {
        let canonical = kling_json::canonical(&kling_json::without_member(text, "$schema"))
            .map_err(KeyError)?;
        Ok(Self(crate::seal::hex(&Sha256::digest(
            canonical.as_bytes(),
        ))))
    }

    /// Returns the key as 64 hexadecimal digits.
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
