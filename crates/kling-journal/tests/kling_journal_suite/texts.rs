//! What is kept of the texts of requests and of the service.

use kling_journal::{Event, Journal};

use crate::support::{JournalFolder, NOW, accepted, begin, not_sent, record};

/// Returns the last answer of the first job, as a journal keeps it.
#[track_caller]
fn kept(journal: &Journal) -> String {
    let (_, history) = journal.job(1).unwrap();
    history
        .into_iter()
        .find_map(|entry| match entry.event {
            Some(Event::Answered { text }) => Some(text),
            _ => None,
        })
        .expect("the answer was recorded")
}

/// Records an answer, and returns it as another process reads it.
#[track_caller]
fn recorded(text: &str) -> String {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, "{}");
    let answered = Event::Answered {
        text: text.to_owned(),
    };
    record(
        &mut journal,
        &mut claimed_job,
        &[Event::Send, accepted(), answered, Event::Completed],
    );
    let own = kept(&journal);
    drop(journal);
    assert_eq!(kept(&place.open()), own);
    own
}

#[test]
fn the_last_answer_is_kept_without_what_a_reader_must_not_have() {
    assert_eq!(
        recorded(
            "{\"url\":\"https://a.example/v.mp4?signature=c4f3e1\",\n\"note\":\"\u{1b}[2Jdone\"}"
        ),
        "{\"url\":\"https://a.example/v.mp4?[…]\", \"note\":\"\u{fffd}[2Jdone\"}"
    );
}

#[test]
fn the_last_answer_is_kept_up_to_its_limit() {
    const MAX_ANSWER: usize = 16 * 1024;
    let whole = "a".repeat(MAX_ANSWER);
    assert_eq!(recorded(&whole), whole);
    let cut = recorded(&"é".repeat(MAX_ANSWER));
    assert!(cut.len() <= MAX_ANSWER, "{}", cut.len());
    assert!(cut.len() > MAX_ANSWER - 8, "{}", cut.len());
    assert!(cut.ends_with("é…"), "{}", cut.len());
}

#[test]
fn a_request_is_kept_as_it_is_sent_until_it_cannot_be_sent_again() {
    let text = r#"{"image_urls": ["https://a.example/a.png?X-Signature=c4f3e1"]}"#;
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, text);
    let stored = |journal: &Journal| journal.job(1).unwrap().0.text;
    journal.record_send(&mut claimed_job, text, NOW).unwrap();
    record(&mut journal, &mut claimed_job, &[not_sent()]);
    assert_eq!(stored(&journal), text);
    journal.record_send(&mut claimed_job, text, NOW).unwrap();
    assert_eq!(stored(&journal), text);
    record(&mut journal, &mut claimed_job, &[accepted()]);
    let kept = r#"{"image_urls": ["https://a.example/a.png?[…]"]}"#;
    assert_eq!(stored(&journal), kept);
    drop(journal);
    assert_eq!(stored(&place.open()), kept);
}
