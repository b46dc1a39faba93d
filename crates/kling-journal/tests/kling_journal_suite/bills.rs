//! What the service says that a job costs.

use kling_journal::{Billing, ErrorKind, Event};

use crate::support::{
    JournalFolder, NOW, TEXT, accepted, begin, billed, failed, record, rejected, saved,
    settled_bill,
};

#[test]
fn the_newest_bill_counts_whenever_it_comes() {
    let ends = [
        vec![],
        vec![Event::Completed],
        vec![Event::Completed, saved()],
        vec![failed()],
    ];
    for end in ends {
        let place = JournalFolder::new();
        let mut journal = place.open();
        let mut claimed_job = begin(&mut journal, TEXT);
        assert_eq!(claimed_job.job().billing, None);
        record(&mut journal, &mut claimed_job, &[Event::Send, accepted()]);
        record(&mut journal, &mut claimed_job, &[billed("1.5")]);
        record(&mut journal, &mut claimed_job, &end);
        let state = claimed_job.job().state.clone();
        record(&mut journal, &mut claimed_job, &[billed("12.50")]);
        let expected = Some(settled_bill("12.50"));
        assert_eq!(claimed_job.job().billing, expected);
        assert_eq!(claimed_job.job().state, state, "it changes nothing else");
        let _ = journal.release(claimed_job).unwrap();
        drop(journal);
        let (job, history) = place.open().job(1).unwrap();
        assert_eq!((job.billing, job.state), (expected, state));
        assert_eq!(
            history.last().and_then(|entry| entry.event.clone()),
            Some(billed("12.50"))
        );
    }
}

#[test]
fn a_request_that_has_no_task_has_no_bill() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    for event in [Event::Send, rejected()] {
        let refused = journal
            .record(&mut claimed_job, billed("1"), NOW)
            .unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::Illegal);
        record(&mut journal, &mut claimed_job, &[event]);
    }
    assert!(journal.record(&mut claimed_job, billed("1"), NOW).is_err());
    assert_eq!(claimed_job.job().billing, None);
}

#[test]
fn the_texts_of_a_bill_are_made_safe() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    record(&mut journal, &mut claimed_job, &[Event::Send, accepted()]);
    let odd = Billing {
        status: "\u{1b}[2J\u{202e}https://a.example/?sig=1".to_owned(),
        credits: Some("\u{1b}1".to_owned()),
        cost_usd: Some("0.10".to_owned()),
    };
    record(
        &mut journal,
        &mut claimed_job,
        &[Event::Billed { billing: odd }],
    );
    let kept = claimed_job.job().billing.clone().unwrap();
    assert_eq!(kept.status, "\u{fffd}[2J\u{fffd}https://a.example/?[…]");
    assert_eq!(
        (kept.credits, kept.cost_usd),
        (None, Some("0.10".to_owned()))
    );
}
