//! Which process works on which job.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Error;
use crate::holder::Holder;
use crate::job::{ClaimedJob, Job};
use crate::lock_file::{LockFile, is_alive};
use crate::seal::Seal;
use crate::state::{Effect, Event};
use crate::write::append;

/// This process, as identified in claims.
#[derive(Clone, Copy)]
pub(crate) struct Process<'a> {
    path: Option<&'a Path>,
    /// The name of this process's lock; empty if it has none.
    lock: &'a str,
    holder: &'a Holder,
}

impl<'a> Process<'a> {
    pub(crate) fn new(
        path: Option<&'a Path>,
        lock_file: Option<&'a LockFile>,
        holder: &'a Holder,
    ) -> Self {
        Self {
            path,
            lock: lock_file.map_or("", LockFile::name),
            holder,
        }
    }

    /// Returns the living process that has claimed a job. The caller must have the journal locked.
    pub(crate) fn claimed(
        self,
        connection: &Connection,
        number: i64,
    ) -> Result<Option<Holder>, Error> {
        let claim = connection
            .prepare("SELECT lock, pid, host, started, seal FROM claims WHERE job = ?1")?
            .query_row([number], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    Holder {
                        pid: row.get(1)?,
                        host: row.get(2)?,
                        started: row.get(3)?,
                    },
                    row.get::<_, String>(4)?,
                ))
            })
            .optional()?;
        let Some((lock, holder, seal)) = claim else {
            return Ok(None);
        };
        if claim_seal(number, &lock, &holder) != seal {
            return Err(Error::damaged(format_args!(
                "the claim of job {number} is not as it was written"
            )));
        }
        let alive = match self.path {
            Some(path) if lock != self.lock => is_alive(path, &lock)?,
            Some(_) | None => true,
        };
        Ok(alive.then_some(holder))
    }

    /// Claims a job that no process holds, and applies [`Event::Found`] to it.
    pub(crate) fn take(
        self,
        connection: &Connection,
        mut job: Job,
        now: i64,
    ) -> Result<(ClaimedJob, &'static [Effect]), Error> {
        let (next, mut effects) = job.state.on(&Event::Found)?;
        // An event that changes nothing is not recorded.
        if next != job.state {
            effects = append(connection, &mut job, Event::Found, now)?;
        }
        self.write_claim(connection, &job)?;
        Ok((ClaimedJob { job }, effects))
    }

    pub(crate) fn write_claim(self, connection: &Connection, job: &Job) -> Result<(), Error> {
        let number = i64::try_from(job.number).unwrap_or_default();
        let Holder { pid, host, started } = self.holder;
        connection.execute(
            "INSERT OR REPLACE INTO claims (job, lock, pid, host, started, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![number, self.lock, pid, host, started, claim_seal(number, self.lock, self.holder)],
        )?;
        Ok(())
    }
}

fn claim_seal(number: i64, lock: &str, holder: &Holder) -> String {
    Seal::new("claim")
        .number(number)
        .text(lock)
        .number(i64::from(holder.pid))
        .text(&holder.host)
        .number(holder.started)
        .end()
}
