//! A process is killed in the middle of a request: shows what the next one has to do.
//!
//! Run with `cargo run -p kling-journal --example kill`.

use kling_journal::{Claim, Event, Holder, JobKey, Journal, NewJob};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("journal.sqlite3");
    let holder = |pid| Holder {
        pid,
        host: "studio".to_owned(),
        started: 0,
    };
    let text = r#"{"model": "kling-v3", "prompt": "a paper boat on a pond"}"#;
    let key = JobKey::of(text)?;
    let new = NewJob {
        key: &key,
        service: "https://service.example",
        text,
        client_business_id: Some("my-id-1"),
        source: None,
        again: false,
    };

    let mut first = Journal::open(&path, holder(1))?;
    if let Claim::New(mut claimed_job) = first.claim(new, 1)? {
        first.record(&mut claimed_job, Event::Send, 2)?;
    }
    // The claim on the job ends with the process; here with the value.
    drop(first);

    let mut second = Journal::open(&path, holder(2))?;
    if let Claim::Known(claimed_job, effects) = second.claim(new, 3)? {
        show(&format!(
            "job {} is {}: {effects:?}",
            claimed_job.job().number,
            claimed_job.job().state.word()
        ));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example shows what comes of it")]
fn show(line: &str) {
    println!("{line}");
}
