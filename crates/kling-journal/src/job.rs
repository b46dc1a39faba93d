//! A job and its history, as read from the file: each record is checked against its seal, and the state is recomputed
//! from the events.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::billing::Billing;
use crate::error::Error;
use crate::key::JobKey;
use crate::seal::Seal;
use crate::state::{Event, State};

/// A job: a request that was sent, or is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Job {
    /// Its number in this journal, from 1.
    pub number: u64,
    /// The key of its request.
    pub key: JobKey,
    /// The number of earlier jobs with the same key and service.
    pub occurrence: u32,
    /// The base URL of the service that it is for.
    pub service: String,
    /// When it was recorded: seconds since 1970 began, by the clock of the machine.
    pub created: i64,
    /// When it was last changed, by the same clock, which may have been set back in the meantime.
    pub changed: i64,
    /// The file that the request came from.
    pub source: Option<String>,
    /// The id that the request carries, to look it up by.
    pub client_business_id: Option<String>,
    /// The text of the request: as given, and from the first attempt on as sent.
    pub text: String,
    /// Its state.
    pub state: State,
    /// What the service last said that it costs; `None` if it did not say, which does not mean that it is free.
    pub billing: Option<Billing>,
    /// How many times the request was about to be sent.
    pub attempts: u32,
    /// The number of its events.
    pub(crate) events: u32,
    /// The seal of its last event.
    pub(crate) last: String,
}

/// One event in the history of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its position among all events of the journal: the order in which things happened, whatever the clock said.
    pub sequence: u64,
    /// When it happened: seconds since 1970 began.
    pub at: i64,
    /// What happened; `None` is the beginning of the job.
    pub event: Option<Event>,
    /// The state of the job after the event.
    pub state: State,
}

/// The word for the record that begins a job.
pub(crate) const BEGIN: &str = "intent";

/// The columns of an event except its position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) event: String,
    pub(crate) state: String,
    pub(crate) id: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) bytes: Option<i64>,
    pub(crate) detail: Option<String>,
}

impl Stored {
    /// Returns the record that begins a job.
    pub(crate) fn begin() -> Self {
        Self {
            event: BEGIN.to_owned(),
            state: State::Intent.word().to_owned(),
            ..Self::default()
        }
    }

    /// Returns the record of an event that led to `state`.
    pub(crate) fn of(event: &Event, state: &State) -> Self {
        let mut stored = Self {
            event: event.word().to_owned(),
            state: state.word().to_owned(),
            ..Self::default()
        };
        match event {
            Event::Send | Event::Found | Event::Completed => {}
            Event::NotSent { reason } | Event::Rejected { reason } | Event::Failed { reason } => {
                stored.detail = Some(reason.clone());
            }
            Event::Accepted { id } | Event::Settled { id } => stored.id = Some(id.clone()),
            Event::Lost { candidate, reason } => {
                stored.id.clone_from(candidate);
                stored.detail = Some(reason.clone());
            }
            Event::Answered { text } => stored.detail = Some(text.clone()),
            Event::Billed { billing } => stored.detail = Some(billing.text()),
            Event::Saved { file, bytes } => {
                stored.file = Some(file.clone());
                stored.bytes = Some(i64::try_from(*bytes).unwrap_or(i64::MAX));
            }
        }
        stored
    }

    /// Returns the event that was recorded; `None` for the beginning.
    fn event(&self) -> Result<Option<Event>, Error> {
        let reason = || self.detail.clone().unwrap_or_default();
        let id = || {
            self.id
                .clone()
                .ok_or_else(|| Error::damaged("an event has no id"))
        };
        Ok(Some(match self.event.as_str() {
            BEGIN => return Ok(None),
            "send" => Event::Send,
            "not-sent" => Event::NotSent { reason: reason() },
            "accepted" => Event::Accepted { id: id()? },
            "rejected" => Event::Rejected { reason: reason() },
            "lost" => Event::Lost {
                candidate: self.id.clone(),
                reason: reason(),
            },
            "found" => Event::Found,
            "settled" => Event::Settled { id: id()? },
            "answered" => Event::Answered { text: reason() },
            "billed" => Event::Billed {
                billing: Billing::read(&reason())
                    .ok_or_else(|| Error::damaged("an event does not say what was billed"))?,
            },
            "completed" => Event::Completed,
            "failed" => Event::Failed { reason: reason() },
            "saved" => Event::Saved {
                file: self.file.clone().unwrap_or_default(),
                bytes: self
                    .bytes
                    .and_then(|bytes| u64::try_from(bytes).ok())
                    .unwrap_or_default(),
            },
            _ => return Err(Error::damaged("an event is of an unknown kind")),
        }))
    }

    /// Returns the checksum of the record, which includes that of the previous one.
    pub(crate) fn seal(&self, before: &str, sequence: i64, job: i64, at: i64) -> String {
        Seal::new("event")
            .text(before)
            .number(sequence)
            .number(job)
            .number(at)
            .text(&self.event)
            .text(&self.state)
            .optional(self.id.as_deref())
            .optional(self.file.as_deref())
            .optional(self.bytes.map(|bytes| bytes.to_string()).as_deref())
            .optional(self.detail.as_deref())
            .end()
    }
}

/// The row of a job.
#[derive(Debug, Clone)]
pub(crate) struct JobRow {
    pub(crate) number: i64,
    pub(crate) key: String,
    pub(crate) service: String,
    pub(crate) occurrence: i64,
    pub(crate) created: i64,
    pub(crate) source: Option<String>,
    pub(crate) client_business_id: Option<String>,
    pub(crate) text: String,
    pub(crate) events: i64,
    pub(crate) last: String,
}

impl JobRow {
    const SELECT: &str = "SELECT number, key, service, occurrence, created, source, client_business_id, text, events, last, seal \
                          FROM jobs WHERE number = ?1";

    fn read(row: &Row<'_>) -> rusqlite::Result<(Self, String)> {
        let this = Self {
            number: row.get(0)?,
            key: row.get(1)?,
            service: row.get(2)?,
            occurrence: row.get(3)?,
            created: row.get(4)?,
            source: row.get(5)?,
            client_business_id: row.get(6)?,
            text: row.get(7)?,
            events: row.get(8)?,
            last: row.get(9)?,
        };
        Ok((this, row.get(10)?))
    }

    pub(crate) fn seal(&self) -> String {
        Seal::new("job")
            .number(self.number)
            .text(&self.key)
            .text(&self.service)
            .number(self.occurrence)
            .number(self.created)
            .optional(self.source.as_deref())
            .optional(self.client_business_id.as_deref())
            .text(&self.text)
            .number(self.events)
            .text(&self.last)
            .end()
    }
}

/// Reads a job with its history.
pub(crate) fn load(
    connection: &Connection,
    number: i64,
) -> Result<Option<(Job, Vec<Entry>)>, Error> {
    let found = connection
        .prepare(JobRow::SELECT)?
        .query_row([number], JobRow::read)
        .optional()?;
    let Some((row, seal)) = found else {
        return Ok(None);
    };
    let damaged = |what: &str| Error::damaged(format_args!("job {number}: {what}"));
    if row.number != number || row.seal() != seal {
        return Err(damaged("its record is not as it was written"));
    }
    let mut history: Vec<Entry> = Vec::new();
    let mut state = State::Intent;
    let mut before = String::new();
    let mut attempts = 0_u32;
    let mut billing = None;
    let mut select = connection.prepare(
        "SELECT sequence, at, event, state, id, file, bytes, detail, seal FROM events WHERE job = ?1 ORDER BY sequence",
    )?;
    let mut rows = select.query([number])?;
    while let Some(found) = rows.next()? {
        let (sequence, at): (i64, i64) = (found.get(0)?, found.get(1)?);
        let stored = Stored {
            event: found.get(2)?,
            state: found.get(3)?,
            id: found.get(4)?,
            file: found.get(5)?,
            bytes: found.get(6)?,
            detail: found.get(7)?,
        };
        let seal: String = found.get(8)?;
        if stored.seal(&before, sequence, number, at) != seal {
            return Err(damaged("an event is not as it was written"));
        }
        let event = stored.event()?;
        match &event {
            None if history.is_empty() => {}
            Some(event) if !history.is_empty() => {
                (state, _) = state
                    .on(event)
                    .map_err(|_| damaged("the order of its events is not valid"))?;
                attempts += u32::from(*event == Event::Send);
                if let Event::Billed { billing: last } = event {
                    billing = Some(last.clone());
                }
            }
            None | Some(_) => return Err(damaged("its first event is not valid")),
        }
        if state.word() != stored.state {
            return Err(damaged("the state of an event does not follow from it"));
        }
        before = seal;
        history.push(Entry {
            sequence: u64::try_from(sequence).unwrap_or_default(),
            at,
            event,
            state: state.clone(),
        });
    }
    let events = u32::try_from(history.len()).unwrap_or(u32::MAX);
    if i64::from(events) != row.events || before != row.last || events == 0 {
        return Err(damaged("events are missing"));
    }
    let job = Job {
        number: u64::try_from(row.number).unwrap_or_default(),
        key: JobKey::stored(row.key),
        occurrence: u32::try_from(row.occurrence).unwrap_or_default(),
        service: row.service,
        created: row.created,
        changed: history.last().map_or(row.created, |entry| entry.at),
        source: row.source,
        client_business_id: row.client_business_id,
        text: row.text,
        state,
        billing,
        attempts,
        events,
        last: before,
    };
    Ok(Some((job, history)))
}

impl Job {
    /// Returns the row for the job.
    pub(crate) fn row(&self) -> JobRow {
        JobRow {
            number: i64::try_from(self.number).unwrap_or_default(),
            key: self.key.as_str().to_owned(),
            service: self.service.clone(),
            occurrence: i64::from(self.occurrence),
            created: self.created,
            source: self.source.clone(),
            client_business_id: self.client_business_id.clone(),
            text: self.text.clone(),
            events: i64::from(self.events),
            last: self.last.clone(),
        }
    }
}

/// A request that is to become a job.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// The key of the request.
    pub key: &'a JobKey,
    /// The base URL of the service: the same request to another service is another job.
    pub service: &'a str,
    /// The text of the request.
    pub text: &'a str,
    /// The id that it carries or will carry, to look it up by.
    pub client_business_id: Option<&'a str>,
    /// The file that it came from.
    pub source: Option<&'a str>,
    /// Whether another job is wanted even though there already is one with this key.
    pub again: bool,
}

/// The right to work on one job. It ends with [`Journal::release`](crate::Journal::release), or with the process.
#[derive(Debug)]
#[must_use = "a job that is claimed is closed to others until it is released"]
pub struct ClaimedJob {
    pub(crate) job: Job,
}

impl ClaimedJob {
    /// Returns the job as last recorded.
    pub const fn job(&self) -> &Job {
        &self.job
    }
}
