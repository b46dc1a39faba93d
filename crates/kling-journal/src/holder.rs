//! Which process is working on a job.

use std::fmt;

/// A process that works on jobs, as shown to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process id.
    pub pid: u32,
    /// The name of its machine.
    pub host: String,
    /// When it began: seconds since 1970 began.
    pub started: i64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "process {} on {}",
            self.pid,
            crate::plain::plain(&self.host)
        )
    }
}
