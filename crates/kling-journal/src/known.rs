//! What the journal knows about a request before it is sent: its earlier job, and other requests with its id.

use rusqlite::{Connection, params};

use crate::error::{Error, ErrorKind};
use crate::job::Job;
use crate::key::JobKey;
use crate::service::spellings;
use crate::state::State;
use crate::write::existing;

/// Returns the newest job of a request at a service. One that was rejected or failed does not count: there is nothing
/// to continue.
pub(crate) fn known(
    connection: &Connection,
    key: &JobKey,
    service: &str,
) -> Result<Option<Job>, Error> {
    newest(connection, key, service, "IN", is_left)
}

/// Returns the newest job of a request at a service, however it ended.
pub(crate) fn last(
    connection: &Connection,
    key: &JobKey,
    service: &str,
) -> Result<Option<Job>, Error> {
    newest(connection, key, service, "IN", |_| true)
}

/// As [`known`], at all other services.
pub(crate) fn known_elsewhere(
    connection: &Connection,
    key: &JobKey,
    service: &str,
) -> Result<Option<Job>, Error> {
    newest(connection, key, service, "NOT IN", is_left)
}

/// Whether a job can be continued.
const fn is_left(state: &State) -> bool {
    match state {
        State::Rejected { .. } | State::Failed { .. } => false,
        State::Intent
        | State::Sending
        | State::Accepted { .. }
        | State::Completed { .. }
        | State::Saved { .. }
        | State::Unknown { .. } => true,
    }
}

fn newest(
    connection: &Connection,
    key: &JobKey,
    service: &str,
    which: &str,
    counts: impl Fn(&State) -> bool,
) -> Result<Option<Job>, Error> {
    let [one, two, three] = spellings(service);
    let numbers = connection
        .prepare(&format!(
            "SELECT number FROM jobs WHERE key = ?1 AND service {which} (?2, ?3, ?4) ORDER BY number DESC"
        ))?
        .query_map(params![key.as_str(), one, two, three], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    first(connection, numbers, counts)
}

/// Returns the first of these jobs whose state counts. Each is fully read on the way, so that a damaged one is
/// reported rather than skipped.
fn first(
    connection: &Connection,
    numbers: Vec<i64>,
    counts: impl Fn(&State) -> bool,
) -> Result<Option<Job>, Error> {
    for number in numbers {
        let (job, _) = existing(connection, number)?;
        if counts(&job.state) {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// Fails if a request other than that of job `besides` was sent to the service with this `client_business_id`, unless
/// the service refused it: a lookup by the id could then find the other request's task.
pub(crate) fn refuse_used_id(
    connection: &Connection,
    service: &str,
    id: &str,
    besides: Option<u64>,
) -> Result<(), Error> {
    let [one, two, three] = spellings(service);
    let besides = besides
        .and_then(|number| i64::try_from(number).ok())
        .unwrap_or_default();
    let numbers = connection
        .prepare(
            "SELECT number FROM jobs WHERE client_business_id = ?1 AND service IN (?2, ?3, ?4) AND number <> ?5 \
             ORDER BY number DESC",
        )?
        .query_map(params![id, one, two, three, besides], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let used = first(connection, numbers, |state| match state {
        State::Intent | State::Rejected { .. } => false,
        State::Sending
        | State::Accepted { .. }
        | State::Completed { .. }
        | State::Saved { .. }
        | State::Failed { .. }
        | State::Unknown { .. } => true,
    })?;
    match used {
        None => Ok(()),
        Some(Job { number, .. }) => Err(Error::new(
            ErrorKind::IdUsed,
            format!(
                "the `client_business_id` of this request was already sent with job {number}; a lookup by it could find the \
                 task of either, so nothing is sent twice with one id; give this request another id, or see `kling jobs show \
                 {number}`"
            ),
        )),
    }
}
