//! How a job is picked up.

use std::time::Instant;

use clap::Parser as _;
use kling_http::Client;
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

/// Returns a job after these events.
fn recorder(events: impl IntoIterator<Item = Event>) -> Recorder {
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
        client_business_id: None,
        source: None,
        again: false,
    };
    let Claim::New(mut claimed_job) = journal.claim(new, 0).unwrap() else {
        panic!("the journal is new");
    };
    for event in events {
        journal.record(&mut claimed_job, event, 0).unwrap();
    }
    Recorder::new(journal, claimed_job)
}

#[tokio::test]
async fn a_task_that_was_accepted_by_an_earlier_run_is_asked_for_at_once() {
    let options = Options::parse_from(["kling"]);
    let session = Session::new(
        Client::keyless().base_url("http://127.0.0.1:1"),
        &options.connection,
        Print::new(None),
        Instant::now(),
    );
    let (session, destination) = (session.unwrap(), Destination::new(&options.target).unwrap());
    let accepted = || Event::Accepted {
        id: "video_1".to_owned(),
    };
    let lost = || Event::Lost {
        candidate: None,
        reason: String::new(),
    };
    let settled = || Event::Settled {
        id: "video_1".to_owned(),
    };
    for events in [
        vec![Event::Send, accepted()],
        vec![Event::Send, lost(), settled()],
    ] {
        let step = begin(&session, &recorder(events), false, &destination).await;
        let Ok(Step::Wait(id, before)) = step else {
            panic!("it is waited for");
        };
        assert_eq!((id.as_str(), before), ("video_1", TaskOrigin::Older));
    }
}
