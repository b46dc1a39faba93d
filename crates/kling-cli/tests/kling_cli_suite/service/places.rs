//! Where results go: pipes that are closed, disks that are full, folders of the platform.

use std::fs;
use std::process::Stdio;

use crate::service::raw::{Raw, accepted};
use crate::service::stage::{Service, Stage, ran};

#[test]
fn l12_a_result_that_nobody_reads_is_told_and_recorded() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let mut child = stage
        .command(&server.url, &["submit", "request.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.wait_for_request();
    // The reader goes away while the request is out.
    drop(child.stdout.take());
    server.go();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(8), "{told}");
    assert!(told.contains("\"id\":\"video_1\""), "{told}");
    assert_eq!(
        (server.posts(), stage.states()),
        (1, vec!["accepted".to_owned()])
    );
}

#[cfg(target_os = "linux")]
#[test]
fn l12_a_full_disk_behind_the_standard_output_is_told() {
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
    // An option counts before the variable.
    stage.run(
        service.url(),
        &["submit", "request.json", "--journal", "other.sqlite3"],
    );
    assert!(stage.folder.path().join("other.sqlite3").is_file());
    assert!(!stage.journal().exists());
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("a.mp4", "mine");
    let ran = stage.run(
        service.url(),
        &[
            "generate",
            "request.json",
            "-o",
            "a.mp4",
            "--first-poll",
            "0.05",
            "--poll-interval",
            "0.05",
        ],
    );
    assert_eq!(ran.json()["file"], "a (2).mp4", "{}", ran.err);
    assert_eq!(
        fs::read(stage.folder.path().join("a.mp4")).unwrap(),
        b"mine"
    );
}
