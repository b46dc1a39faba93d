//! How a task is identified in a request.

use std::fmt;

/// The longest id that is accepted, in bytes: it becomes part of a URL. Real ids have about 30.
pub(crate) const ID_LIMIT: usize = 512;

/// A task, identified by the service's id or by the caller's own.
///
/// Ids are opaque: any text without control characters, percent-encoded in a URL.
///
/// ```
/// use kling_http::TaskRef;
///
/// assert_eq!(TaskRef::id("video_01J9").as_str(), "video_01J9");
/// assert_eq!(TaskRef::client_business_id("order 7").as_str(), "order 7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskRef {
    name: Name,
    /// The `client_business_id` that the right task must have.
    expected: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Name {
    Id(String),
    ClientBusinessId(String),
}

impl TaskRef {
    /// Refers to a task by the id that the service gave it.
    pub fn id(id: impl Into<String>) -> Self {
        Self {
            name: Name::Id(id.into()),
            expected: None,
        }
    }

    /// Refers to a task by the `client_business_id` of its request. If the service does not know such a task, that
    /// proves nothing about a charge.
    pub fn client_business_id(id: impl Into<String>) -> Self {
        Self {
            name: Name::ClientBusinessId(id.into()),
            expected: None,
        }
    }

    /// The same task, whose request had this `client_business_id`: an answer with a different one is about another
    /// task, whatever its id.
    ///
    /// ```
    /// use kling_http::TaskRef;
    ///
    /// let task = TaskRef::id("video_01J9").expecting_client_business_id("order 7");
    /// assert_eq!(task.as_str(), "video_01J9");
    /// ```
    #[must_use]
    pub fn expecting_client_business_id(mut self, id: impl Into<String>) -> Self {
        self.expected = Some(id.into());
        self
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        match &self.name {
            Name::Id(id) | Name::ClientBusinessId(id) => id,
        }
    }

    /// The id that the service gave it, if it is identified by that.
    pub(crate) fn service_id(&self) -> Option<&str> {
        match &self.name {
            Name::Id(id) => Some(id),
            Name::ClientBusinessId(_) => None,
        }
    }

    /// The `client_business_id`, if it is known.
    pub(crate) fn client_id(&self) -> Option<&str> {
        match (&self.name, &self.expected) {
            (Name::ClientBusinessId(id), _) | (Name::Id(_), Some(id)) => Some(id),
            (Name::Id(_), None) => None,
        }
    }
}

impl fmt::Display for TaskRef {
    /// The id with invisible characters replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::sanitise::Sanitiser::default().message(self.as_str()))
    }
}

/// Whether a text can be the id of a task. `.` and `..` would change the path, even percent-encoded.
pub(crate) fn is_usable_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= ID_LIMIT
        && !id.chars().any(char::is_control)
        && !matches!(id, "." | "..")
}
