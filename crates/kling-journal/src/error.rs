//! Why the journal cannot be used, permanently or at the moment.

use std::fmt;
use std::path::Path;

use rusqlite::{ErrorCode, ffi};

use crate::holder::Holder;
use crate::state::IllegalEvent;

/// Why something could not be read from the journal or recorded in it. The call then had no effect: nothing may be
/// sent.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<rusqlite::Error>,
}

/// What kind of fault an [`Error`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// Another process is working on this job.
    Held(Holder),
    /// The file was written by a newer version of the program.
    Newer,
    /// The file is not a journal.
    Foreign,
    /// The file or its folder cannot be opened or written, or the file system has no locks.
    Unusable,
    /// The file is damaged.
    Damaged,
    /// Other processes kept the file locked for too long.
    Busy,
    /// The disk is full, or reading or writing failed.
    Storage,
    /// The job does not exist.
    NoSuchJob,
    /// Another request was sent with the same `client_business_id`.
    IdUsed,
    /// The event is not possible in the state of the job, or another process changed the job in the meantime.
    Illegal,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    fn with_source(mut self, source: rusqlite::Error) -> Self {
        self.0.source = Some(source);
        self
    }

    /// Adds the path of a file that belongs to another program, or to a newer version of this one.
    pub(crate) fn naming(mut self, path: &Path) -> Self {
        if matches!(self.0.kind, ErrorKind::Foreign | ErrorKind::Newer) {
            self.0.message = format!("{}: {}", path.display(), self.0.message);
        }
        self
    }

    pub(crate) fn held(job: u64, holder: Holder) -> Self {
        let message = format!(
            "job {job} is being worked on by {holder}; wait until it is done, or stop it and try again"
        );
        Self::new(ErrorKind::Held(holder), message)
    }

    pub(crate) fn damaged(what: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::Damaged,
            format!(
                "the journal is damaged: {what}; nothing is sent as long as it is not known which jobs were. Look for \
                 running tasks in the service's own list, then move the file away to begin a new journal"
            ),
        )
    }

    pub(crate) fn io(what: &str, path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let is_full = matches!(
            error.kind(),
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge
        );
        let kind = if is_full {
            ErrorKind::Storage
        } else {
            ErrorKind::Unusable
        };
        Self::new(kind, format!("{what} {}: {error}", path.display()))
    }

    /// The file system apparently has no locks, according to `error`.
    pub(crate) fn no_locks(error: &impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::Unusable,
            format!(
                "the journal or files beside it cannot be locked ({error}), so two processes could send the same request; keep \
                 the journal on a file system that has locks"
            ),
        )
    }

    /// Returns the kind of fault.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|error| error as _)
    }
}

impl From<IllegalEvent> for Error {
    fn from(illegal: IllegalEvent) -> Self {
        Self::new(ErrorKind::Illegal, illegal.to_string())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        let (kind, what) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                ErrorKind::Busy,
                "other processes keep the journal locked; try again",
            ),
            Some(ErrorCode::SystemIoFailure) if is_about_locks(&error) => {
                return Self::no_locks(&error).with_source(error);
            }
            Some(ErrorCode::NotADatabase) => (
                ErrorKind::Foreign,
                "the file is not a journal; name another file",
            ),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::TypeMismatch) => {
                return Self::damaged("its structure cannot be read").with_source(error);
            }
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::AuthorizationForStatementDenied
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NoLargeFileSupport,
            ) => (
                ErrorKind::Unusable,
                "the journal cannot be opened for writing; name a file in a folder that can be written",
            ),
            Some(ErrorCode::DiskFull) => (
                ErrorKind::Storage,
                "the disk is full; free some space and try again",
            ),
            Some(_) => (ErrorKind::Storage, "the journal cannot be read or written"),
            // Not an error of SQLite, but a row or a schema that is not as it was written.
            None => {
                let problem = if matches!(error, Sql::QueryReturnedNoRows) {
                    "a record is missing"
                } else {
                    "a record is not as it was written"
                };
                return Self::damaged(problem).with_source(error);
            }
        };
        Self::new(kind, format!("{what} ({error})")).with_source(error)
    }
}

/// Whether an I/O error was one of locking.
fn is_about_locks(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(
            ffi::SQLITE_IOERR_LOCK
                | ffi::SQLITE_IOERR_RDLOCK
                | ffi::SQLITE_IOERR_UNLOCK
                | ffi::SQLITE_IOERR_CHECKRESERVEDLOCK
        )
    )
}
