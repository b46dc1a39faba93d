//! `kling jobs`, and the journal's role in `status`, `wait` and `download`.

use kling_journal::{Claim, Event, Holder, JobKey, Journal, NewJob};

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, nowhere, ran};
use crate::support::Ran;

/// The fixed present of the journals that are made here: 2026-11-28, 10:40 in UTC.
const NOW: i64 = 1_795_862_400;

/// Records a job that was created `ago` seconds before [`NOW`], with these events.
fn record(stage: &Stage, service: &str, text: &str, ago: i64, events: Vec<Event>) {
    let holder = Holder {
        pid: 1,
        host: "studio".to_owned(),
        started: 0,
    };
    let mut journal = Journal::open(&stage.journal(), holder).unwrap();
    let key = JobKey::of(text).unwrap();
    let source = stage
        .folder
        .path()
        .canonicalize()
        .unwrap()
        .join("boat.json");
    let new = NewJob {
        key: &key,
        service,
        text,
        client_business_id: None,
        source: source.to_str(),
        again: true,
    };
    let Claim::New(mut claimed_job) = journal.claim(new, NOW - ago).unwrap() else {
        panic!("another take is a new job");
    };
    for event in events {
        journal.record(&mut claimed_job, event, NOW - ago).unwrap();
    }
    journal.release(claimed_job).unwrap();
}

const SERVICE: &str = "https://toapis.com";

/// A journal with a job in each of several states, at two services and at one on this machine.
fn filled() -> Stage {
    let stage = Stage::new();
    let text = |prompt: &str| {
        format!(r#"{{"model": "kling-v3", "prompt": "{prompt}", "duration": 10, "audio": true}}"#)
    };
    let accepted = |id: &str| vec![Event::Send, Event::Accepted { id: id.to_owned() }];
    let rejected = Event::Rejected {
        reason: "no".to_owned(),
    };
    let saved = Event::Saved {
        file: "videos/boat.mp4".to_owned(),
        bytes: 5,
    };
    let long = format!("a paper\\nboat \u{202e}{}", "on a pond ".repeat(40));
    let one = [accepted("video_1"), vec![Event::Completed, saved]].concat();
    record(&stage, SERVICE, &text(&long), 3 * 86_400, one);
    record(
        &stage,
        SERVICE,
        &text("a tram"),
        7_200,
        vec![Event::Send, rejected],
    );
    record(
        &stage,
        "https://toapis.cn",
        &text("a tree"),
        60,
        accepted("video_3"),
    );
    record(
        &stage,
        "http://127.0.0.1:8080",
        &text("a test"),
        0,
        accepted("video_4"),
    );
    stage
}

fn numbers(ran: &Ran) -> Vec<u64> {
    assert_eq!(ran.code, 0, "{}", ran.err);
    let jobs = ran.json()["jobs"].as_array().unwrap().clone();
    jobs.iter()
        .map(|job| job["job"].as_u64().unwrap())
        .collect()
}

#[test]
fn each_job_is_listed_with_what_is_known_of_it_in_lines_that_fit() {
    let stage = filled();
    let ran = stage.run(&nowhere(), &["jobs", "--format", "human"]);
    let list: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        list[..6],
        [
            "3  2026-11-28T10:39:00+00:00  accepted  kling-v3  720P+Sound, 10 s",
            "   a tree",
            "   https://toapis.cn  video_3  boat.json",
            "2  2026-11-28T08:40:00+00:00  rejected  kling-v3  not charged",
            "   a tram",
            "   https://toapis.com  boat.json",
        ]
    );
    assert_eq!(
        list[6],
        "1  2026-11-25T10:40:00+00:00  saved     kling-v3  720P+Sound, 10 s"
    );
    assert!(
        list[7].starts_with("   a paper boat \\u{202e}on a pond on"),
        "{}",
        list[7]
    );
    assert!(
        list[7].ends_with('…') && list[7].chars().count() <= 100,
        "{}",
        list[7]
    );
    assert_eq!(
        list[8..],
        [
            "   https://toapis.com  video_1  boat.json  -> videos/boat.mp4",
            "billing not known: 2 jobs",
            "not listed: 1 job of services on this machine; `--service localhost` lists them",
        ]
    );
    // Nothing is cut in output for programs.
    let object = stage.run(&nowhere(), &["jobs"]).json();
    let first = &object["jobs"][2];
    assert!(first["prompt"].as_str().unwrap().len() > 400);
    assert_eq!(
        (&first["charged"], &first["bill"], &first["model"]),
        (
            &true.into(),
            &serde_json::json!({"spec": "720P+Sound", "seconds": 10}),
            &"kling-v3".into()
        )
    );
    assert_eq!(object["jobs"][1]["charged"], false);
    assert_eq!(
        (&object["left_out"]["loopback"], &object["left_out"]["more"]),
        (&1.into(), &0.into())
    );
}

#[test]
fn times_are_those_of_this_machine() {
    let stage = filled();
    let listed = |zone: &str| {
        let mut command = stage.command(&nowhere(), &["jobs", "--format", "human"]);
        ran(command.env("TZ", zone)).out
    };
    for (zone, time) in [
        ("<-03>3", "2026-11-28T07:39:00-03:00"),
        ("<+0530>-5:30", "2026-11-28T16:09:00+05:30"),
    ] {
        let list = listed(zone);
        assert!(list.starts_with(&format!("3  {time}  ")), "{zone}: {list}");
    }
}

#[test]
fn the_list_is_narrowed_by_state_time_and_service() {
    let stage = filled();
    let listed =
        |arguments: &[&str]| numbers(&stage.run(&nowhere(), &[&["jobs"], arguments].concat()));
    assert_eq!(listed(&[]), [3, 2, 1]);
    assert_eq!(listed(&["--state", "rejected"]), [2]);
    assert_eq!(listed(&["--state", "saved,accepted"]), [3, 1]);
    assert_eq!(listed(&["--since", "2026-11-28"]), [3, 2]);
    assert_eq!(listed(&["--since", "2026-11-28T10:00"]), [3]);
    assert_eq!(listed(&["--since", "2026-11-28T11:00:00+01:00"]), [3]);
    // However long ago that is by the machine's clock.
    assert_eq!(listed(&["--since", "1000y"]), [3, 2, 1]);
    assert_eq!(listed(&["--service", "toapis.com"]), [2, 1]);
    assert_eq!(listed(&["--service", "https://toapis.cn"]), [3]);
    assert_eq!(listed(&["--service", "localhost:8080"]), [4]);
    assert!(listed(&["--service", "localhost:8081"]).is_empty());
    assert_eq!(listed(&["--limit", "1", "--service", "toapis.com"]), [2]);
    let more = stage.run(&nowhere(), &["jobs", "--limit", "1", "--format", "human"]);
    assert!(
        more.out
            .contains("\nnot listed: 2 more; `--limit 3` lists them\n"),
        "{}",
        more.out
    );
    for (option, value) in [
        ("--since", "soon"),
        ("--service", "a b"),
        ("--state", "gone"),
    ] {
        let ran = stage.run(&nowhere(), &["jobs", option, value]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(
            ran.err.contains(option) && ran.err.contains(value),
            "{}",
            ran.err
        );
    }
}

#[test]
fn without_a_journal_there_are_no_jobs() {
    let stage = Stage::new();
    let ran = stage.run(&nowhere(), &["jobs"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            0,
            "{\"version\":1,\"jobs\":[],\"billing\":{\"not_known\":0},\"left_out\":{\"more\":0,\"loopback\":0}}\n"
        )
    );
    let ran = stage.run(&nowhere(), &["jobs", "list", "--format", "human"]);
    assert_eq!(ran.out, "no jobs\n");
    assert!(!stage.journal().exists());
}

#[test]
fn a_job_is_resumed_where_it_stopped() {
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    assert_eq!(
        stage.run(service.url(), &["submit", "request.json"]).code,
        4
    );
    // The job knows its service, whatever the environment says now.
    let arguments = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (stage.files(), service.charges()),
        (vec!["a.mp4".to_owned()], 1)
    );
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // There is nothing left to do, and the output says where the video is.
    assert!(
        ran.json()["file"].as_str().unwrap().ends_with("a.mp4"),
        "{}",
        ran.out
    );
    assert_eq!(stage.files(), ["a.mp4"]);
}

#[test]
fn a_job_that_was_not_sent_is_sent_when_resumed() {
    let (stage, service) = (Stage::new(), Service::with("connect:refuse=600000"));
    let submitted = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(submitted.code, 10, "{}", submitted.err);
    service.emulator().clear_faults();
    let arguments = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (stage.states(), service.charges()),
        (vec!["saved".to_owned()], 1)
    );
    // With the id that it was given originally.
    let id = submitted.json()["client_business_id"].clone();
    assert_eq!(
        stage.run(service.url(), &["jobs", "show", "1"]).json()["client_business_id"],
        id
    );
}

#[test]
fn what_is_learned_of_a_task_is_recorded() {
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    let own =
        stage.run(service.url(), &["submit", "request.json"]).json()["client_business_id"].clone();
    let own = own.as_str().unwrap();
    let found = stage.run(service.url(), &["status", own]);
    assert_eq!(found.code, 0, "{}", found.err);
    assert!(matches!(
        stage.states()[0].as_str(),
        "accepted" | "completed"
    ));
    let waited = stage.run(service.url(), &[&["wait", own], &FAST[..]].concat());
    assert_eq!(waited.json()["state"], "completed");
    assert_eq!(stage.states(), ["completed"]);
    assert_eq!(
        stage
            .run(service.url(), &["download", own, "-o", "a.mp4"])
            .code,
        0
    );
    assert_eq!(stage.states(), ["saved"]);
}

#[test]
fn jobs_of_another_service_are_other_jobs() {
    let stage = Stage::new();
    let (one, two) = (
        Raw::start(false, |_| accepted("video_1")),
        Raw::start(false, |_| accepted("video_1")),
    );
    assert_eq!(stage.run(&one.url, &["submit", "request.json"]).code, 0);
    assert_eq!(stage.run(&two.url, &["submit", "request.json"]).code, 0);
    assert_eq!((one.posts(), two.posts(), stage.states().len()), (1, 1, 2));
}

#[test]
fn a_service_with_a_path_is_kept_whole() {
    for by_option in [false, true] {
        let stage = Stage::new();
        // Nothing is reported if the path is missing.
        let server = Raw::start(false, |request| {
            if request.contains(" /gateway/v1/videos/") && request.starts_with("POST ") {
                accepted("video_1")
            } else {
                let found = request.starts_with("GET /gateway/v1/videos/");
                let status = if found { "200 OK" } else { "404 Not Found" };
                answer(
                    status,
                    r#"{"id":"video_1","status":"failed","error":{"message":"of the gateway"}}"#,
                )
            }
        });
        let base = format!("{}/gateway", server.url);
        let submitted = if by_option {
            stage.run(&nowhere(), &["submit", "request.json", "--base-url", &base])
        } else {
            stage.run(&base, &["submit", "request.json"])
        };
        assert_eq!(submitted.code, 0, "{}", submitted.err);
        let listed = stage.run(&nowhere(), &["jobs", "--service", &base]).json();
        assert_eq!(listed["jobs"][0]["service"], base.as_str());
        let resumed = stage.run(&nowhere(), &[&["jobs", "resume", "1"], &FAST[..]].concat());
        assert_eq!(resumed.code, 6, "{}", resumed.err);
        assert!(resumed.err.contains("of the gateway"), "{}", resumed.err);
    }
}

#[test]
fn a_job_is_found_by_each_of_its_ids() {
    let (stage, service) = (Stage::new(), Service::new());
    let submit = ["submit", "request.json", "--client-id", "order-7"];
    let sent = stage.run(service.url(), &submit).json();
    let task = sent["id"].as_str().unwrap();
    for id in ["1", "order-7", task] {
        let shown = stage.run(&nowhere(), &["jobs", "show", id]);
        assert_eq!((shown.code, &shown.json()["job"]), (0, &1.into()), "{id}");
    }
    let resume = [&["jobs", "resume", "order-7", "-o", "a.mp4"], &FAST[..]].concat();
    assert_eq!(stage.run(&nowhere(), &resume).code, 0);
    for command in ["show", "resume"] {
        for id in ["order-8", "2"] {
            let ran = stage.run(&nowhere(), &["jobs", command, id]);
            assert_eq!(ran.code, 2, "{}", ran.err);
            assert!(
                ran.err.starts_with(&format!(
                    "error: the journal has no job `{id}`; `kling jobs` lists the jobs"
                )),
                "{}",
                ran.err
            );
        }
    }
    // At another service the same id is another job's.
    let other = Service::new();
    assert_eq!(stage.run(other.url(), &submit).code, 0);
    let ran = stage.run(&nowhere(), &["jobs", "show", "order-7"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains(
            "jobs of more than one service have the id `order-7`: 2, 1; give the number of the one you mean"
        ),
        "{}",
        ran.err
    );
}
