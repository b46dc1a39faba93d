//! Where results go: closed pipes, full disks, folders of the platform.

use std::fs;
use std::process::Stdio;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{CANARY, FAST, Service, Stage, ran};
use crate::support::CLEAN;

#[test]
fn l12_a_result_that_nobody_reads_is_reported_and_recorded() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let mut child = stage
        .command(&server.url, &["submit", "request.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.wait_for_request();
    // The reader goes away while the request is in transit.
    drop(child.stdout.take());
    server.go();
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(8), "{message}");
    assert!(message.contains("\"id\":\"video_1\""), "{message}");
    assert_eq!(
        (server.posts(), stage.states()),
        (1, vec!["accepted".to_owned()])
    );
}

#[cfg(target_os = "linux")]
#[test]
fn l12_a_full_disk_behind_standard_output_is_reported() {
    let (stage, service) = (Stage::new(), Service::new());
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = stage
        .command(service.url(), &["submit", "request.json"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(8));
    assert_eq!((service.charges(), stage.states().len()), (1, 1));
}

#[cfg(target_os = "linux")]
#[test]
fn the_video_of_another_task_is_not_given_for_the_own() {
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("other.json", CLEAN.replace("boat", "ship"));
    let run = |request, more: &[&str]| {
        let arguments = [&["generate", request], more, &FAST[..]].concat();
        let ran = stage.run(service.url(), &arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
    };
    run("request.json", &["-o", "a.mp4"]);
    run("other.json", &["-o", "a.mp4", "--overwrite"]);
    let file = stage.folder.path().join("a.mp4");
    // Different content of the same length.
    let other = vec![b'x'; fs::read(&file).unwrap().len()];
    fs::write(&file, &other).unwrap();
    let keeps_marks = rustix::fs::getxattr(&file, "user.kling.task", &mut [0; 64]).is_ok();
    run("request.json", &["-o", "b.mp4"]);
    let given = fs::read(stage.folder.path().join("b.mp4")).unwrap();
    assert_eq!(given != other, keeps_marks);
    assert_eq!(service.charges(), 2);
}

/// Starts a server that accepts each request as `video_1`, and says this about the task.
fn accepting(task: &'static str) -> Raw {
    Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer("200 OK", task)
        }
    })
}

#[test]
fn the_task_of_another_request_is_not_taken_for_the_own_whoever_asks() {
    let stage = Stage::new();
    // An emulator that was restarted gives the same ids to other requests.
    let server = accepting(
        r#"{"id":"video_1","client_business_id":"theirs","status":"completed","url":"https://example.com/a.mp4"}"#,
    );
    let submitted = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(submitted.code, 0, "{}", submitted.err);
    for (command, code) in [("status", 5), ("wait", 7), ("download", 5)] {
        let ran = stage.run(&server.url, &[command, "video_1"]);
        assert_eq!(ran.code, code, "{command}: {}", ran.err);
        assert!(
            ran.err.contains("a task other than the requested one")
                || ran.err.contains("the service answers about another task"),
            "{command}: {}",
            ran.err
        );
    }
    // Nor does a run that continues the job take it.
    for command in [&["generate", "request.json"][..], &["jobs", "resume", "1"]] {
        let ran = stage.run(&server.url, &[command, &FAST[..]].concat());
        assert_eq!(ran.code, 7, "{command:?}: {}", ran.err);
        let message = "the service answers about another task";
        assert!(ran.err.contains(message), "{command:?}: {}", ran.err);
    }
    assert_eq!(
        (stage.states(), server.posts()),
        (vec!["accepted".to_owned()], 1)
    );
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

#[test]
fn the_answer_of_a_task_that_is_done_without_a_url_is_kept() {
    let stage = Stage::new();
    let server = accepting(r#"{"id":"video_1","status":"completed","artefact":"somewhere/else"}"#);
    let arguments = [
        &["generate", "request.json", "--timeout", "60"][..],
        &FAST[..],
    ]
    .concat();
    let ran = stage.run(&server.url, &arguments);
    assert_eq!(ran.code, 7, "{}", ran.err);
    assert_eq!(stage.states(), ["completed"]);
    let shown = stage.run(&server.url, &["jobs", "show", "1"]);
    let object = shown.json();
    let history = object["history"].as_array().unwrap();
    let kept = history.iter().find_map(|line| line["answer"].as_str());
    assert!(kept.unwrap().contains("somewhere/else"), "{}", shown.out);
    // For people, too.
    let shown = stage.run(&server.url, &["jobs", "show", "1", "--format", "human"]);
    assert!(shown.out.contains("somewhere/else"), "{}", shown.out);
}

#[test]
fn the_answer_of_a_task_that_failed_is_kept() {
    let stage = Stage::new();
    let server = accepting(
        r#"{"id":"video_1","status":"failed","error":{"message":"not this one"},"trace":"its number 5"}"#,
    );
    let ran = stage.run(
        &server.url,
        &[&["generate", "request.json"], &FAST[..]].concat(),
    );
    assert_eq!(ran.code, 6, "{}", ran.err);
    let shown = stage.run(&server.url, &["jobs", "show", "1"]);
    let object = shown.json();
    let history = object["history"].as_array().unwrap();
    let kept = history.iter().find_map(|line| line["answer"].as_str());
    assert!(kept.unwrap().contains("its number 5"), "{}", shown.out);
}

#[test]
fn a_journal_is_a_file_whatever_it_is_called() {
    // SQLite would keep these in memory only, and the second run would pay again.
    for name in [":memory:", "file::memory:", "file:x.sqlite3?mode=memory"] {
        let (stage, service) = (Stage::new(), Service::new());
        let submit = ["submit", "request.json", "--journal", name];
        for _ in 0..2 {
            let ran = stage.run(service.url(), &submit);
            assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        }
        assert_eq!(service.charges(), 1, "{name}");
        assert!(stage.folder.path().join(name).is_file(), "{name}");
    }
}

#[test]
fn the_journal_is_in_the_state_folder_of_the_platform() {
    let (stage, service) = (Stage::new(), Service::new());
    let home = stage.folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut command = stage.command(service.url(), &["submit", "request.json"]);
    command
        .env_remove("TOAPIS_JOURNAL")
        .env_remove("XDG_STATE_HOME")
        .env("HOME", &home)
        .env("LOCALAPPDATA", &home)
        .env("APPDATA", &home)
        .env("USERPROFILE", &home);
    let done = ran(&mut command);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(!stage.journal().exists());
    #[cfg(target_os = "linux")]
    assert!(home.join(".local/state/kling/journal.sqlite3").is_file());
    // An option takes precedence over the variable.
    stage.run(
        service.url(),
        &["submit", "request.json", "--journal", "other.sqlite3"],
    );
    assert!(stage.folder.path().join("other.sqlite3").is_file());
    assert!(!stage.journal().exists());
}

fn generate(more: &[&str]) -> Vec<String> {
    [&["generate", "request.json"], more, &FAST]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn an_existing_file_is_an_error_before_anything_is_paid_for() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("a.mp4", "mine");
    let video = || fs::read(stage.folder.path().join("a.mp4")).unwrap();
    let run = |more: &[&str]| {
        let arguments = generate(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        stage.run(service.url(), &arguments)
    };
    let refused = run(&["-o", "a.mp4"]);
    assert_eq!((refused.code, service.charges()), (2, 0), "{}", refused.err);
    assert!(refused.err.contains("--keep-both"), "{}", refused.err);
    assert_eq!(video(), b"mine");
    let kept = run(&["-o", "a.mp4", "--keep-both"]);
    assert_eq!(stage.file(&kept), "a (2).mp4", "{}", kept.err);
    assert_eq!(video(), b"mine");
    // The video already exists: nothing is paid for, so this is not an error.
    let given = run(&["-o", "a.mp4"]);
    assert_eq!((given.code, service.charges()), (0, 1), "{}", given.err);
    assert_eq!(video(), b"mine");
    let replaced = run(&["-o", "a.mp4", "--overwrite", "--again"]);
    assert_eq!(stage.file(&replaced), "a.mp4", "{}", replaced.err);
    assert_eq!(service.charges(), 2);
    assert_ne!(video(), b"mine");
    #[cfg(unix)]
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let file = fs::metadata(stage.folder.path().join(name)).unwrap();
        file.permissions().mode()
    };
    // A copy is a file like any other.
    let copied = run(&["-o", "b.mp4"]);
    assert_eq!((copied.code, service.charges()), (0, 2), "{}", copied.err);
    assert_eq!(mode("b.mp4"), mode("request.json"));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_found_before_anything_is_paid_for() {
    use std::os::unix::fs::PermissionsExt as _;
    let (stage, service) = (Stage::new(), Service::new());
    let closed = stage.folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    stage.folder.write("file", "");
    // An administrator can write into that folder too.
    let is_closed = fs::write(closed.join("a"), "").is_err();
    for (arguments, code) in [
        (["-o", "closed/a.mp4"], 8),
        (["--output-dir", "closed"], 8),
        (["--output-dir", "file"], 8),
        (["-o", "missing/a.mp4"], 8),
        (["-o", "closed"], 2),
        (["-o", "/dev/null"], 2),
    ] {
        if code == 8 && arguments[1].starts_with("closed") && !is_closed {
            continue;
        }
        let arguments = generate(&arguments);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = stage.run(service.url(), &arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert_eq!(service.emulator().request_count(), 0, "{arguments:?}");
    }
    assert!(stage.states().is_empty());
}

#[test]
fn a_video_never_takes_the_place_of_what_the_command_works_with() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("the.key", CANARY);
    for output in [
        "journal.sqlite3",
        "./journal.sqlite3-wal",
        "the.key",
        "request.json",
    ] {
        let arguments = generate(&["-o", output, "--overwrite", "--key-file", "the.key"]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = stage.run(service.url(), &arguments);
        assert_eq!(
            (ran.code, service.charges()),
            (2, 0),
            "{output}: {}",
            ran.err
        );
        assert!(ran.err.contains("uses that file"), "{}", ran.err);
    }
}

#[test]
fn a_video_goes_to_the_standard_output_and_its_object_beside_it() {
    let (stage, service) = (Stage::new(), Service::new());
    let run = |more: &[&str]| {
        stage
            .command(
                service.url(),
                &[&["generate", "request.json"], more, &FAST].concat(),
            )
            .output()
            .unwrap()
    };
    let piped = run(&["-o", "-"]);
    let message = String::from_utf8(piped.stderr).unwrap();
    assert_eq!(piped.status.code(), Some(0), "{message}");
    let object: serde_json::Value = serde_json::from_str(message.lines().last().unwrap()).unwrap();
    assert_eq!(object["bytes"], piped.stdout.len());
    assert_eq!(object.get("file"), None);
    assert_eq!(piped.stdout.get(4..8), Some(&b"ftyp"[..]));
    assert!(stage.files().is_empty(), "{:?}", stage.files());
    // It is not saved anywhere, so it is fetched again, and after that served from disk.
    let saved = run(&["-o", "a.mp4"]);
    assert_eq!(saved.status.code(), Some(0));
    let again = run(&["-o", "-"]);
    assert_eq!((again.status.code(), again.stdout), (Some(0), piped.stdout));
    assert_eq!(service.charges(), 1);
    // A failure is also reported on standard error.
    let failed = run(&["-o", "-", "--again", "--timeout", "0.000001"]);
    let message = String::from_utf8(failed.stderr).unwrap();
    assert_eq!(
        (failed.status.code(), failed.stdout.len()),
        (Some(10), 0),
        "{message}"
    );
    let object: serde_json::Value = serde_json::from_str(message.lines().last().unwrap()).unwrap();
    assert_eq!(object["state"], "intent");
}
