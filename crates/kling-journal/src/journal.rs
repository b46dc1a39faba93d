//! The journal: one file, in which every step of every paid job is durable before the next is taken.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB, Transaction, TransactionBehavior, params};

use crate::claim::Process;
use crate::error::{Error, ErrorKind};
use crate::holder::Holder;
use crate::job::{ClaimedJob, Entry, Job, NewJob};
use crate::key::JobKey;
use crate::known::{known, known_elsewhere, last, refuse_used_id};
use crate::lock_file::{LockFile, remove_dead};
use crate::schema;
use crate::service::spellings;
use crate::state::{Effect, Event};
use crate::write::{append, existing, insert};

/// The durable record of paid jobs.
///
/// Each call is one transaction, which is on disk when the call returns. Several processes can use one file: only one
/// of them works on a job at a time, and work on different jobs waits for no longer than a transaction takes. See the
/// [crate] for an example.
#[derive(Debug)]
pub struct Journal {
    connection: Connection,
    /// `None`: in memory.
    path: Option<PathBuf>,
    holder: Holder,
    /// Created with the first claim.
    lock_file: Option<LockFile>,
}

/// Returns the path of the file itself, where the locks are: a process that opens it through a link must find them
/// too.
fn real(path: &Path) -> Result<PathBuf, Error> {
    std::fs::canonicalize(path).map_err(|error| Error::io("cannot find the journal", path, &error))
}

/// The result of a claim.
#[derive(Debug)]
pub enum Claim {
    /// A new job, which may be sent.
    New(ClaimedJob),
    /// The job that the request already has, and what has to be done about it: nothing if its video is saved.
    Known(ClaimedJob, &'static [Effect]),
}

impl Journal {
    /// Opens the journal at `path`, or creates it; its folder must exist. `holder` is this process, as shown to
    /// others.
    ///
    /// The whole file is read to verify it.
    ///
    /// # Errors
    /// When the file cannot be opened, written or locked, is damaged, is of a newer version, or is not a journal.
    pub fn open(path: &Path, holder: Holder) -> Result<Self, Error> {
        let connection = schema::open(path).map_err(|error| match error.kind() {
            // SQLite takes a file system without locks for a file that others keep locked.
            ErrorKind::Busy => real(path)
                .and_then(|path| LockFile::make(&path, &holder))
                .err()
                .unwrap_or(error),
            ErrorKind::Held(_)
            | ErrorKind::Newer
            | ErrorKind::Foreign
            | ErrorKind::Unusable
            | ErrorKind::Damaged
            | ErrorKind::Storage
            | ErrorKind::NoSuchJob
            | ErrorKind::IdUsed
            | ErrorKind::Illegal => error,
        })?;
        let path = real(path)?;
        remove_dead(&path);
        Ok(Self {
            connection,
            path: Some(path),
            holder,
            lock_file: None,
        })
    }

    /// Opens the journal at `path` only to read its jobs: nothing can be claimed or recorded.
    ///
    /// # Errors
    /// When the file does not exist, cannot be read, is damaged, is of a newer version, or is not a journal.
    pub fn open_to_read(path: &Path, holder: Holder) -> Result<Self, Error> {
        Ok(Self {
            connection: schema::open_to_read(path)?,
            path: Some(real(path)?),
            holder,
            lock_file: None,
        })
    }

    /// Creates a journal in memory, for services that charge nothing.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn in_memory(holder: Holder) -> Result<Self, Error> {
        let connection = schema::in_memory()?;
        Ok(Self {
            connection,
            path: None,
            holder,
            lock_file: None,
        })
    }

    /// Records the intent to send a request, unless it already has a job: in that case claims that job, even if its
    /// video is saved. Jobs that were rejected or failed do not count. `now` is in seconds since 1970 began.
    ///
    /// # Errors
    /// [`ErrorKind::Held`] when another process is working on that job; with `again`, only while the job's request may
    /// be in transit. [`ErrorKind::IdUsed`] when another request was sent with the same `client_business_id`.
    pub fn claim(&mut self, new: NewJob<'_>, now: i64) -> Result<Claim, Error> {
        self.make_lock_file()?;
        let Self {
            connection,
            path,
            holder,
            lock_file,
        } = self;
        let us = Process::new(path.as_deref(), lock_file.as_ref(), holder);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(job) = known(&transaction, new.key, new.service)? {
            let number = i64::try_from(job.number).unwrap_or_default();
            if let Some(holder) = us.claimed(&transaction, number)?
                && (!new.again || job.state.is_before_answer())
            {
                return Err(Error::held(job.number, holder));
            }
            if !new.again {
                let (claimed_job, effects) = us.take(&transaction, job, now)?;
                transaction.commit()?;
                return Ok(Claim::Known(claimed_job, effects));
            }
        }
        if let Some(id) = new.client_business_id {
            refuse_used_id(&transaction, new.service, id, None)?;
        }
        let job = insert(&transaction, &new, now)?;
        us.write_claim(&transaction, &job)?;
        transaction.commit()?;
        Ok(Claim::New(ClaimedJob { job }))
    }

    /// Claims a job by its number, to continue it, and returns what has to be done. An unfinished request that no
    /// process is working on becomes [`State::Unknown`](crate::State::Unknown).
    ///
    /// # Errors
    /// [`ErrorKind::Held`] when another process is working on it, [`ErrorKind::NoSuchJob`].
    pub fn resume(
        &mut self,
        number: u64,
        now: i64,
    ) -> Result<(ClaimedJob, &'static [Effect]), Error> {
        self.make_lock_file()?;
        let Self {
            connection,
            path,
            holder,
            lock_file,
        } = self;
        let us = Process::new(path.as_deref(), lock_file.as_ref(), holder);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let job = existing(&transaction, number)?.0;
        if let Some(holder) = us.claimed(&transaction, number)? {
            return Err(Error::held(job.number, holder));
        }
        let taken = us.take(&transaction, job, now)?;
        transaction.commit()?;
        Ok(taken)
    }

    /// Records an event, and returns what has to be done now that it is durable.
    ///
    /// # Errors
    /// When it cannot be recorded: then nothing that would follow may be done.
    pub fn record(
        &mut self,
        claimed_job: &mut ClaimedJob,
        event: Event,
        now: i64,
    ) -> Result<&'static [Effect], Error> {
        self.record_with(claimed_job, event, None, now)
    }

    /// Records that the request is about to be sent, and its text as sent.
    ///
    /// # Errors
    /// As [`Journal::record`]; the request must then not be sent.
    pub fn record_send(
        &mut self,
        claimed_job: &mut ClaimedJob,
        text: &str,
        now: i64,
    ) -> Result<&'static [Effect], Error> {
        self.record_with(claimed_job, Event::Send, Some(text), now)
    }

    fn record_with(
        &mut self,
        claimed_job: &mut ClaimedJob,
        event: Event,
        text: Option<&str>,
        now: i64,
    ) -> Result<&'static [Effect], Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let number = i64::try_from(claimed_job.job.number).unwrap_or_default();
        let stored = existing(&transaction, number)?.0;
        if stored != claimed_job.job {
            return Err(Error::new(
                ErrorKind::Illegal,
                format!(
                    "job {number} was changed by another process; nothing more is done here: see `kling jobs show {number}`"
                ),
            ));
        }
        let mut job = stored;
        if event == Event::Send
            && let Some(id) = &job.client_business_id
        {
            refuse_used_id(&transaction, &job.service, id, Some(job.number))?;
        }
        if let Some(text) = text {
            text.clone_into(&mut job.text);
        }
        let effects = append(&transaction, &mut job, event, now)?;
        transaction.commit()?;
        claimed_job.job = job;
        Ok(effects)
    }

    /// Allows others to work on the job, and returns it.
    ///
    /// # Errors
    /// When the journal cannot be written. The job is released anyway when the process ends.
    pub fn release(&mut self, claimed_job: ClaimedJob) -> Result<Job, Error> {
        let number = i64::try_from(claimed_job.job.number).unwrap_or_default();
        self.connection
            .execute("DELETE FROM claims WHERE job = ?1", [number])?;
        Ok(claimed_job.job)
    }

    /// Returns the most recent jobs, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn jobs(&self, limit: u32) -> Result<Vec<Job>, Error> {
        let snapshot = self.snapshot()?;
        let mut select =
            snapshot.prepare("SELECT number FROM jobs ORDER BY number DESC LIMIT ?1")?;
        let numbers = select
            .query_map([limit], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        numbers
            .into_iter()
            .map(|number| existing(&snapshot, number).map(|(job, _)| job))
            .collect()
    }

    /// Returns a job and its history, oldest event first.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchJob`], or when the journal cannot be read.
    pub fn job(&self, number: u64) -> Result<(Job, Vec<Entry>), Error> {
        let snapshot = self.snapshot()?;
        existing(&snapshot, i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Returns the jobs, newest first, whose task has this id, or whose request has it as its `client_business_id`:
    /// those for `service`, or for any.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn find(&self, service: Option<&str>, id: &str) -> Result<Vec<Job>, Error> {
        let [one, two, three] = service.map_or_else(Default::default, spellings);
        let snapshot = self.snapshot()?;
        let numbers = snapshot
            .prepare(
                "SELECT number FROM jobs WHERE (?1 OR service IN (?2, ?3, ?4)) AND (client_business_id = ?5 \
                 OR number IN (SELECT job FROM events WHERE id = ?5 AND event IN ('accepted', 'settled'))) \
                 ORDER BY number DESC",
            )?
            .query_map(params![service.is_none(), one, two, three, id], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        numbers
            .into_iter()
            .map(|number| existing(&snapshot, number).map(|(job, _)| job))
            .collect()
    }

    /// Whether the task with this id belongs to a job other than `job` at the same service.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn is_task_of_another(&self, job: &Job, id: &str) -> Result<bool, Error> {
        let [one, two, three] = spellings(&job.service);
        let number = i64::try_from(job.number).unwrap_or_default();
        Ok(self
            .connection
            .prepare(
                "SELECT EXISTS (SELECT 1 FROM events JOIN jobs ON jobs.number = events.job \
                 WHERE events.id = ?4 AND events.event IN ('accepted', 'settled') AND jobs.number <> ?5 \
                 AND jobs.service IN (?1, ?2, ?3))",
            )?
            .query_row(params![one, two, three, id, number], |row| row.get(0))?)
    }

    /// Returns the newest job of a request at a service, unless it was rejected or failed: the one that
    /// [`Journal::claim`] returns.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn known(&self, key: &JobKey, service: &str) -> Result<Option<Job>, Error> {
        let snapshot = self.snapshot()?;
        known(&snapshot, key, service)
    }

    /// Returns the newest job of a request at a service, however it ended.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn last(&self, key: &JobKey, service: &str) -> Result<Option<Job>, Error> {
        let snapshot = self.snapshot()?;
        last(&snapshot, key, service)
    }

    /// Returns the newest job of a request at any other service, unless it was rejected or failed.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn known_elsewhere(&self, key: &JobKey, service: &str) -> Result<Option<Job>, Error> {
        let snapshot = self.snapshot()?;
        known_elsewhere(&snapshot, key, service)
    }

    /// Returns the process that is working on a job, if any.
    ///
    /// # Errors
    /// When the journal or the holder's lock cannot be read.
    pub fn holder(&mut self, number: u64) -> Result<Option<Holder>, Error> {
        let Self {
            connection,
            path,
            holder,
            lock_file,
        } = self;
        let us = Process::new(path.as_deref(), lock_file.as_ref(), holder);
        let behavior = if connection.is_readonly(MAIN_DB)? {
            TransactionBehavior::Deferred
        } else {
            // The check may remove the lock file of a dead process, which only one process may do at a time.
            TransactionBehavior::Immediate
        };
        let transaction = connection.transaction_with_behavior(behavior)?;
        let claimed = us.claimed(&transaction, i64::try_from(number).unwrap_or(i64::MAX))?;
        transaction.commit()?;
        Ok(claimed)
    }

    /// Begins to read: what others write in the meantime is not seen, so that a job is never seen without its last event.
    fn snapshot(&self) -> Result<Transaction<'_>, Error> {
        Ok(self.connection.unchecked_transaction()?)
    }

    fn make_lock_file(&mut self) -> Result<(), Error> {
        if let (Some(path), None) = (&self.path, &self.lock_file) {
            let lock_file = LockFile::make(path, &self.holder)?;
            // Process ids are reused, even within a second where a container restarts. A claim with this name belongs
            // to a process whose lock was removed.
            self.connection
                .execute("DELETE FROM claims WHERE lock = ?1", [lock_file.name()])?;
            self.lock_file = Some(lock_file);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::State;

    #[test]
    fn l05_a_disk_without_room_is_an_error_before_anything_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite3");
        let holder = Holder {
            pid: 1,
            host: "studio".to_owned(),
            started: 0,
        };
        let mut journal = Journal::open(&path, holder).unwrap();
        let key = JobKey::of("{}").unwrap();
        let new = NewJob {
            key: &key,
            service: "https://service.example",
            text: "{}",
            client_business_id: None,
            source: None,
            again: false,
        };
        let Claim::New(mut claimed_job) = journal.claim(new, 0).unwrap() else {
            panic!("the journal is new");
        };
        let before = std::fs::read(&path).unwrap();
        let limit = |journal: &Journal, pages: i64| {
            let value: i64 = journal
                .connection
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
                    row.get(0)
                })
                .unwrap();
            value
        };
        let pages = limit(&journal, 1);
        let text = format!(r#"{{"prompt": "{}"}}"#, "boat ".repeat(4000));
        let error = journal.record_send(&mut claimed_job, &text, 0).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Storage);
        assert!(error.to_string().starts_with("the disk is full"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(claimed_job.job().state, State::Intent);
        // With free space again it continues where it was.
        limit(&journal, pages + 100);
        journal.record_send(&mut claimed_job, &text, 0).unwrap();
        assert_eq!(journal.job(1).unwrap().0.text, text);
    }
}
