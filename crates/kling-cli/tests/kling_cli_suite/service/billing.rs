//! What the service says that a task costs: shown, recorded and added up.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use serde_json::{Value, json};

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, nowhere};

/// The first edition of the service's pages in which it says what a task costs.
const EDITION: &str = "2026-09-zh";

/// Returns the newest job, and the sums.
fn recorded(stage: &Stage) -> (Value, Value) {
    let listed = stage.run(&nowhere(), &["jobs", "--service", "localhost"]);
    let mut object = listed.json();
    (object["jobs"][0].take(), object["billing"].take())
}

fn people(stage: &Stage, arguments: &[&str]) -> String {
    stage
        .run(&nowhere(), &[arguments, &["--format", "human"]].concat())
        .out
}

#[test]
fn a_bill_is_pending_until_its_task_ends() {
    let (stage, service) = (Stage::new(), Service::still_in(EDITION));
    let submitted = stage.run(service.url(), &["submit", "request.json"]).json();
    let id = submitted["id"].as_str().unwrap();
    let (job, sums) = recorded(&stage);
    assert_eq!(
        (&job["billing"], &sums),
        (&Value::Null, &json!({"not_known": 1}))
    );
    let status = stage.run(service.url(), &["status", id]).json();
    assert_eq!(status["billing"], json!({"status": "pending"}));
    let (job, sums) = recorded(&stage);
    assert_eq!(job["billing"], json!({"status": "pending"}));
    assert_eq!(
        sums,
        json!({"pending": {"jobs": 1, "without_credits": 1, "without_cost_usd": 1}, "not_known": 0})
    );

    service.emulator().advance(Duration::from_mins(10));
    let settled = json!({"status": "settled", "credits": "12.5", "cost_usd": "0.0625"});
    let made = stage.run(
        service.url(),
        &[&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat(),
    );
    assert_eq!(
        (made.code, &made.json()["billing"]),
        (0, &settled),
        "{}",
        made.err
    );
    let (job, sums) = recorded(&stage);
    assert_eq!((&job["billing"], &job["charged"]), (&settled, &json!(true)));
    assert_eq!(
        sums,
        json!({"settled": {"jobs": 1, "credits": "12.5", "cost_usd": "0.0625",
            "without_credits": 0, "without_cost_usd": 0}, "not_known": 0})
    );
    let status = stage.run(service.url(), &["status", id, "--format", "human"]);
    assert!(
        status
            .out
            .ends_with("\nbilling: settled, 12.5 credits, 0.0625 USD\n"),
        "{}",
        status.out
    );
    // A video that was saved before has the same bill.
    let again = stage.run(service.url(), &["generate", "request.json", "-o", "a.mp4"]);
    assert_eq!(again.json()["billing"], settled);
    let shown = people(&stage, &["jobs", "show", "1"]);
    assert!(
        shown.contains("\nbilling: settled, 12.5 credits, 0.0625 USD\n")
            && shown.contains(": the service said what it costs: pending\n"),
        "{shown}"
    );
    let listed = people(&stage, &["jobs", "--service", "localhost"]);
    assert!(
        listed.ends_with(
            "\n   settled, 12.5 credits, 0.0625 USD\nsettled: 1 job, 12.5 credits, 0.0625 USD\n"
        ),
        "{listed}"
    );
}

#[test]
fn a_failed_task_costs_nothing_if_it_was_refunded_and_otherwise_that_is_not_known() {
    for (fault, said, billing, charged) in [
        (
            "poll:pass",
            "it was refunded and costs nothing",
            json!({"status": "refunded", "credits": "0", "cost_usd": "0"}),
            json!(false),
        ),
        (
            "poll:billing*forever",
            "whether it was charged is not known",
            Value::Null,
            Value::Null,
        ),
        (
            "poll:billing=pending*forever",
            "whether it was charged is not known (its bill is pending)",
            json!({"status": "pending"}),
            Value::Null,
        ),
        (
            "poll:billing=settled*forever",
            "its bill is settled, 12.5 credits, 0.0625 USD",
            json!({"status": "settled", "credits": "12.5", "cost_usd": "0.0625"}),
            json!(true),
        ),
    ] {
        let (stage, service) = (Stage::new(), Service::in_edition(EDITION));
        service.inject("job:fail");
        service.inject(fault);
        let ran = stage.run(
            service.url(),
            &[&["generate", "request.json"], &FAST[..]].concat(),
        );
        assert_eq!(ran.code, 6, "{}", ran.err);
        let object = ran.json();
        let reason = object["reason"].as_str().unwrap();
        assert!(reason.ends_with(said), "{reason}");
        assert_eq!(object["billing"], billing, "{fault}");
        let (job, _) = recorded(&stage);
        assert_eq!(
            (&job["billing"], &job["charged"]),
            (&billing, &charged),
            "{fault}"
        );
        let id = object["id"].as_str().unwrap();
        let status = stage.run(service.url(), &["status", id, "--format", "human"]);
        assert!(status.out.contains("\nbilling: "), "{}", status.out);
        if billing.is_null() {
            let unknown = "billing: whether it was charged is not known\n";
            assert!(status.out.ends_with(unknown), "{}", status.out);
            let shown = people(&stage, &["jobs", "show", "1"]);
            assert!(shown.contains(unknown), "{shown}");
            let resumed = stage.run(service.url(), &["jobs", "resume", "1"]);
            assert!(resumed.err.contains(said), "{}", resumed.err);
            let listed = people(&stage, &["jobs", "--service", "localhost"]);
            assert!(
                listed.ends_with(
                    "\n   whether it was charged is not known\nbilling not known: 1 job\n"
                ),
                "{listed}"
            );
        }
    }
}

#[test]
fn what_is_settled_after_the_end_of_a_task_is_recorded_with_all_its_digits() {
    let stage = Stage::new();
    let asked = AtomicUsize::new(0);
    let service = Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            return accepted("video_1");
        }
        let billing = match asked.fetch_add(1, SeqCst) {
            0 => r#"{"status":"pending"}"#,
            // The same again is not recorded again.
            1 | 2 => r#"{"status":"settled","credits":"0.10000000000000000001"}"#,
            _ => r#"{"status":"\u001b[2J\u202e","credits":"free","cost_usd":"0.50"}"#,
        };
        let body = format!(
            r#"{{"id":"video_1","status":"failed","error":{{"message":"no"}},"billing":{billing}}}"#
        );
        answer("200 OK", &body)
    });
    assert_eq!(stage.run(&service.url, &["submit", "request.json"]).code, 0);
    for expected in [
        json!({"status": "pending"}),
        json!({"status": "settled", "credits": "0.10000000000000000001"}),
        json!({"status": "settled", "credits": "0.10000000000000000001"}),
        json!({"status": "\u{fffd}[2J\u{fffd}", "cost_usd": "0.50"}),
    ] {
        let ran = stage.run(&service.url, &["status", "video_1"]);
        assert_eq!(
            (ran.code, &ran.json()["billing"]),
            (6, &expected),
            "{}",
            ran.err
        );
        assert_eq!(recorded(&stage).0["billing"], expected);
        assert_eq!(stage.states(), ["failed"]);
    }
    let history = stage.run(&nowhere(), &["jobs", "show", "1"]).json()["history"].clone();
    let bills = history.as_array().unwrap().iter();
    let bills: Vec<&Value> = bills.filter(|line| line["event"] == "billed").collect();
    assert_eq!(bills.len(), 3, "{history}");
    assert_eq!(bills[1]["billing"]["credits"], "0.10000000000000000001");
    let shown = people(&stage, &["jobs", "show", "1"]);
    assert!(shown.contains("(not a known word), 0.50 USD\n"), "{shown}");
}
