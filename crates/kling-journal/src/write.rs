//! Writes jobs and events; the caller has begun a transaction.

use rusqlite::{Connection, params};

use crate::error::{Error, ErrorKind};
use crate::job::{self, Entry, Job, NewJob, Stored};
use crate::plain::{answer, plain, without_signatures};
use crate::state::{Effect, Event, State};

/// Returns a job that must exist, with its history.
pub(crate) fn existing(connection: &Connection, number: i64) -> Result<(Job, Vec<Entry>), Error> {
    job::load(connection, number)?.ok_or_else(|| {
        Error::new(
            ErrorKind::NoSuchJob,
            format!("the journal has no job {number}; `kling jobs` lists them"),
        )
    })
}

/// Inserts a job.
pub(crate) fn insert(connection: &Connection, new: &NewJob<'_>, now: i64) -> Result<Job, Error> {
    let occurrence: i64 = connection
        .prepare(
            "SELECT coalesce(max(occurrence) + 1, 0) FROM jobs WHERE key = ?1 AND service = ?2",
        )?
        .query_row([new.key.as_str(), new.service], |row| row.get(0))?;
    let number: i64 =
        connection.query_row("SELECT coalesce(max(number), 0) + 1 FROM jobs", [], |row| {
            row.get(0)
        })?;
    let mut job = Job {
        number: u64::try_from(number).unwrap_or_default(),
        key: new.key.clone(),
        occurrence: u32::try_from(occurrence).unwrap_or(u32::MAX),
        service: new.service.to_owned(),
        created: now,
        changed: now,
        source: new.source.map(str::to_owned),
        client_business_id: new.client_business_id.map(str::to_owned),
        text: new.text.to_owned(),
        state: State::Intent,
        billing: None,
        attempts: 0,
        events: 0,
        last: String::new(),
    };
    let row = job.row();
    connection.execute(
        "INSERT INTO jobs (number, key, service, occurrence, created, source, client_business_id, text, events, last, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, '', '')",
        params![
            number,
            row.key,
            row.service,
            row.occurrence,
            row.created,
            row.source,
            row.client_business_id,
            row.text
        ],
    )?;
    write_event(connection, &mut job, &Stored::begin(), now)?;
    Ok(job)
}

/// Applies an event to the job and records it.
pub(crate) fn append(
    connection: &Connection,
    job: &mut Job,
    event: Event,
    now: i64,
) -> Result<&'static [Effect], Error> {
    let event = fit(event);
    let (state, effects) = job.state.on(&event)?;
    let stored = Stored::of(&event, &state);
    job.attempts += u32::from(event == Event::Send);
    job.state = state;
    if let Event::Billed { billing } = &event {
        job.billing = Some(billing.clone());
    }
    if !job.state.is_before_answer() {
        // It is not sent again, so readers of the journal need not be able to fetch the files it names.
        job.text = without_signatures(&job.text);
    }
    write_event(connection, job, &stored, now)?;
    Ok(effects)
}

fn write_event(
    connection: &Connection,
    job: &mut Job,
    stored: &Stored,
    now: i64,
) -> Result<(), Error> {
    let number = i64::try_from(job.number).unwrap_or_default();
    let sequence: i64 = connection.query_row(
        "SELECT coalesce(max(sequence), 0) + 1 FROM events",
        [],
        |row| row.get(0),
    )?;
    let seal = stored.seal(&job.last, sequence, number, now);
    connection
        .prepare(
            "INSERT INTO events (sequence, job, at, event, state, id, file, bytes, detail, seal) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            sequence,
            number,
            now,
            stored.event,
            stored.state,
            stored.id,
            stored.file,
            stored.bytes,
            stored.detail,
            seal
        ])?;
    job.events += 1;
    job.last = seal;
    job.changed = now;
    let row = job.row();
    connection
        .prepare("UPDATE jobs SET text = ?2, events = ?3, last = ?4, seal = ?5 WHERE number = ?1")?
        .execute(params![number, row.text, row.events, row.last, row.seal()])?;
    Ok(())
}

/// Makes the foreign texts of an event safe to store.
fn fit(event: Event) -> Event {
    match event {
        Event::NotSent { reason } => Event::NotSent {
            reason: plain(&reason),
        },
        Event::Rejected { reason } => Event::Rejected {
            reason: plain(&reason),
        },
        Event::Failed { reason } => Event::Failed {
            reason: plain(&reason),
        },
        Event::Lost { candidate, reason } => Event::Lost {
            candidate,
            reason: plain(&reason),
        },
        Event::Answered { text } => Event::Answered {
            text: answer(&text),
        },
        Event::Billed { billing } => Event::Billed {
            billing: billing.fit(),
        },
        Event::Send
        | Event::Accepted { .. }
        | Event::Found
        | Event::Settled { .. }
        | Event::Completed
        | Event::Saved { .. } => event,
    }
}
