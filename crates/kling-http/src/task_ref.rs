//! How a task is named when it is asked for.

use std::fmt;

use crate::error::{Error, Kind};

/// Longest id that is taken, in bytes: it goes into a URL. Real ids have about 30.
pub(crate) const ID_LIMIT: usize = 512;

/// A task, by the service's id or by the caller's own.
///
/// Ids are opaque: any text without control characters, which is percent-encoded in a URL.
///
/// ```
/// use kling_http::TaskRef;
///
/// assert_eq!(TaskRef::id("video_01J9").as_str(), "video_01J9");
/// assert_eq!(TaskRef::client_business_id("order 7").as_str(), "order 7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskRef {
    /// By the id that the service gave it.
    Id(String),
    /// By the `client_business_id` of the request. That the service knows no such task proves
    /// nothing about a charge.
    ClientBusinessId(String),
}

impl TaskRef {
    /// A task by the id that the service gave it.
    pub fn id(id: impl Into<String>) -> Self {
        Self::Id(id.into())
    }

    /// A task by the `client_business_id` of its request.
    pub fn client_business_id(id: impl Into<String>) -> Self {
        Self::ClientBusinessId(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) | Self::ClientBusinessId(id) => id,
        }
    }

    /// The id, if it can be a part of a URL's path.
    pub(crate) fn path_segment(&self) -> Result<&str, Error> {
        let id = self.as_str();
        if is_usable_id(id) {
            Ok(id)
        } else {
            Err(Error::new(
                Kind::Input,
                "this is no id of a task: it is empty, a dot, longer than 512 bytes or has control characters",
            )
            .with_help("give the id that the submit printed"))
        }
    }
}

impl fmt::Display for TaskRef {
    /// The id with invisible characters replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::sanitise::Sanitiser::default().message(self.as_str()))
    }
}

/// Whether a text can be the id of a task. `.` and `..` would name another path, also percent-encoded.
pub(crate) fn is_usable_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= ID_LIMIT
        && !id.chars().any(char::is_control)
        && !matches!(id, "." | "..")
}
