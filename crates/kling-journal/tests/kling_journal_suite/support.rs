//! Journals in temporary folders, and requests for them.

use std::path::PathBuf;

use kling_journal::{Billing, Claim, ClaimedJob, Event, Holder, JobKey, Journal, NewJob};
use tempfile::TempDir;

pub(crate) const SERVICE: &str = "https://service.example";
pub(crate) const TEXT: &str = r#"{"model": "kling-v3", "prompt": "a paper boat"}"#;
/// A fixed moment rather than the current time, so that nothing can depend on it.
pub(crate) const NOW: i64 = 1_700_000_000;

pub(crate) fn holder(pid: u32) -> Holder {
    Holder {
        pid,
        host: "studio".to_owned(),
        started: NOW,
    }
}

/// A folder, and the path of a journal in it.
pub(crate) struct JournalFolder {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

impl JournalFolder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite3");
        Self { folder, path }
    }

    #[track_caller]
    pub(crate) fn open(&self) -> Journal {
        Journal::open(&self.path, holder(1)).unwrap()
    }
}

pub(crate) fn new_job<'a>(key: &'a JobKey, text: &'a str) -> NewJob<'a> {
    NewJob {
        key,
        service: SERVICE,
        text,
        // A different request has a different id.
        client_business_id: (text == TEXT).then_some("business-1"),
        source: Some("request.json"),
        again: false,
    }
}

#[track_caller]
pub(crate) fn begin(journal: &mut Journal, text: &str) -> ClaimedJob {
    let key = JobKey::of(text).unwrap();
    match journal.claim(new_job(&key, text), NOW).unwrap() {
        Claim::New(claimed_job) => claimed_job,
        Claim::Known(claimed_job, _) => panic!("{:?}", claimed_job.job()),
    }
}

#[track_caller]
pub(crate) fn record(journal: &mut Journal, claimed_job: &mut ClaimedJob, events: &[Event]) {
    for event in events {
        journal.record(claimed_job, event.clone(), NOW).unwrap();
    }
}

pub(crate) fn accepted() -> Event {
    Event::Accepted {
        id: "video_1".to_owned(),
    }
}

pub(crate) fn saved() -> Event {
    Event::Saved {
        file: "boat.mp4".to_owned(),
        bytes: 4096,
    }
}

pub(crate) fn lost() -> Event {
    Event::Lost {
        candidate: Some("video_9".to_owned()),
        reason: "half an answer".to_owned(),
    }
}

pub(crate) fn not_sent() -> Event {
    Event::NotSent {
        reason: "refused".to_owned(),
    }
}

pub(crate) fn rejected() -> Event {
    Event::Rejected {
        reason: "400".to_owned(),
    }
}

pub(crate) fn failed() -> Event {
    Event::Failed {
        reason: "generation_failed".to_owned(),
    }
}

pub(crate) fn settled() -> Event {
    Event::Settled {
        id: "video_9".to_owned(),
    }
}

/// A settled bill of this many credits, at 200 to the dollar.
pub(crate) fn billed(credits: &str) -> Event {
    Event::Billed {
        billing: settled_bill(credits),
    }
}

pub(crate) fn settled_bill(credits: &str) -> Billing {
    Billing {
        status: "settled".to_owned(),
        credits: Some(credits.to_owned()),
        cost_usd: Some("0.0625".to_owned()),
    }
}
