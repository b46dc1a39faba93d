//! How a job is picked up.

use std::time::Instant;

use clap::Parser as _;
use kling_emulator::{Clock, Emulator, MANUAL_START_MS};
use kling_http::{Body, Client};
use kling_journal::{Claim, Holder, JobKey, Journal, NewJob};

use super::*;
use crate::cli::{Connection, Target};
use crate::service::print::Print;

/// The options of a command.
#[derive(clap::Parser)]
struct Options {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    target: Target,
}

/// Returns a job after these events, with this `client_business_id`, created at this time.
fn recorder(
    events: impl IntoIterator<Item = Event>,
    client_business_id: Option<&str>,
    created: i64,
) -> Recorder {
    let holder = Holder {
        pid: 1,
        host: "studio".to_owned(),
        started: 0,
    };
    let mut journal = Journal::in_memory(holder).unwrap();
    let key = JobKey::of("{}").unwrap();
    let new = NewJob {
        key: &key,
        service: "https://service.example",
        text: "{}",
        client_business_id,
        source: None,
        again: false,
    };
    let Claim::New(mut claimed_job) = journal.claim(new, created).unwrap() else {
        panic!("the journal is new");
    };
    for event in events {
        journal.record(&mut claimed_job, event, created).unwrap();
    }
    Recorder::new(journal, claimed_job)
}

fn session(service: &str) -> Session {
    let options = Options::parse_from(["kling"]);
    let client = Client::keyless().base_url(service);
    let print = Print::new(None);
    Session::new(client, &options.connection, print, Instant::now()).unwrap()
}

fn lost() -> Event {
    Event::Lost {
        candidate: None,
        reason: String::new(),
    }
}

#[tokio::test]
async fn a_task_that_was_accepted_by_an_earlier_run_is_asked_for_at_once() {
    let options = Options::parse_from(["kling"]);
    let session = session("http://127.0.0.1:1");
    let destination = Destination::new(&options.target).unwrap();
    let accepted = || Event::Accepted {
        id: "video_1".to_owned(),
    };
    let settled = || Event::Settled {
        id: "video_1".to_owned(),
    };
    for events in [
        vec![Event::Send, accepted()],
        vec![Event::Send, lost(), settled()],
    ] {
        let step = begin(&session, &recorder(events, None, 0), false, &destination).await;
        let Ok(Step::Wait(id, before)) = step else {
            panic!("it is waited for");
        };
        assert_eq!((id.as_str(), before), ("video_1", TaskOrigin::Older));
    }
}

/// When the emulator's task is made.
const MADE: i64 = (MANUAL_START_MS / 1000).cast_signed();
/// An id that the user chose, and one that was generated.
const CHOSEN: &str = "order-7";
const GENERATED: &str = "kling-0b4f6a5e-6f0c-4c53-9d43-2f3a1c9d8e7f";

/// Returns a service with a task of this `client_business_id`, and the task's id.
async fn service_with(client_business_id: &str) -> (Emulator, Session, String) {
    let emulator = Emulator::builder().clock(Clock::manual()).start();
    let emulator = emulator.await.unwrap();
    let session = session(emulator.url());
    let text = request::with_client_id(
        r#"{"model": "kling-v3", "prompt": "a paper boat"}"#,
        client_business_id,
    );
    let verdict = session.client.submit(&Body::from_json_text(text)).await;
    let kling_http::Verdict::Accepted(accepted) = verdict else {
        panic!("{verdict:?}");
    };
    (emulator, session, accepted.id)
}

#[tokio::test]
async fn a_task_that_is_found_is_asked_for_at_once_unless_it_is_older_than_the_job() {
    for (id, created, is_own) in [
        (CHOSEN, 0, true),
        (CHOSEN, MADE, true),
        (CHOSEN, MADE + CLOCKS_DIFFER, true),
        (CHOSEN, MADE + CLOCKS_DIFFER + 1, false),
        (GENERATED, MADE + CLOCKS_DIFFER + 1, true),
    ] {
        let (_emulator, session, task) = service_with(id).await;
        // The answer to the submit was lost, in this run or in another.
        let mut unknown = recorder([Event::Send, lost()], Some(id), created);
        let looked_up = look_up(&session, &mut unknown, None).await;
        // The journal was restored from a copy that does not know that the request was sent.
        let mut intent = recorder([], Some(id), created);
        let asked = ask(&session, &mut intent).await;
        for (step, recorder, exit) in [
            (looked_up, &unknown, Exit::Unknown),
            (asked, &intent, Exit::NotReached),
        ] {
            let state = &recorder.job().state;
            match step {
                Ok(Step::Wait(found, TaskOrigin::Older)) if is_own => {
                    assert_eq!((Some(&*found), state.id()), (Some(&*task), Some(&*task)));
                }
                Err(stop) if !is_own => {
                    assert_eq!((stop.exit(), state.id()), (exit, None));
                    let why = "made before this job, so it is of another request";
                    assert!(stop.reason().contains(why), "{}", stop.reason());
                }
                Ok(_) => panic!("{id} {created}: another step"),
                Err(stop) => panic!("{id} {created}: {}", stop.reason()),
            }
        }
    }
}

#[tokio::test]
async fn an_intent_is_sent_where_the_service_has_no_task_with_its_id() {
    let (_emulator, session, _) = service_with(CHOSEN).await;
    let mut intent = recorder([], Some(GENERATED), 0);
    let asked = ask(&session, &mut intent).await;
    assert!(matches!(asked, Ok(Step::Send)));
    assert_eq!(intent.job().state, State::Intent);
}
