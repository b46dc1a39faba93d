//! A run that is stopped for a while, as by Ctrl-Z or a laptop that is closed, and others of the same request meanwhile.

use std::fs;

use rustix::process::Signal;

use crate::service::raw::{self, Raw, accepted, answer, host};
use crate::service::signals::Running;
use crate::service::stage::{FAST, Service, Stage};

const GENERATE: [&str; 4] = ["generate", "request.json", "-o", "a.mp4"];

/// Returns the bytes of a video.
fn video() -> Vec<u8> {
    let (stage, service) = (Stage::new(), Service::new());
    let made = stage.run(service.url(), &[&GENERATE[..], &FAST].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    fs::read(stage.folder.path().join("a.mp4")).unwrap()
}

/// A service whose answers are held back, each in two halves; if `is_lost`, a submit is not answered.
fn halting(video: Vec<u8>, is_lost: bool) -> Raw {
    Raw::in_parts(2, true, move |request| {
        if request.starts_with("POST ") {
            if is_lost {
                Vec::new()
            } else {
                accepted("video_1")
            }
        } else if request.starts_with("GET /v.mp4 ") {
            raw::video(&video)
        } else {
            let url = format!("http://{}/v.mp4", host(request));
            let own = request
                .split([' ', '/'])
                .find(|part| part.starts_with("kling-"));
            let own = own.map_or_else(String::new, |own| {
                format!(r#""client_business_id":"{own}","#)
            });
            let task = format!(r#"{{"id":"video_1",{own}"status":"completed","url":"{url}"}}"#);
            answer("200 OK", &task)
        }
    })
}

#[test]
fn a_run_that_is_stopped_keeps_its_job_whenever_that_is() {
    let video = video();
    // The submit, if its answer is lost the look-up, the status and the video: before each half of the answer.
    for (is_lost, moments) in [(false, 6), (true, 8)] {
        for moment in 0..moments {
            let (stage, server) = (Stage::new(), halting(video.clone(), is_lost));
            let arguments = [&GENERATE[..], &FAST].concat();
            let running = Running::start(&stage, &server.url, &arguments);
            for _ in 0..moment {
                server.wait_for_request();
                server.go();
            }
            server.wait_for_request();
            running.stop();
            let pid = running.pid().as_raw_nonzero();
            for other in [&arguments[..], &["jobs", "resume", "1"]] {
                let held = stage.run(&server.url, other);
                assert_eq!(held.code, 8, "{moment} {other:?}: {}", held.err);
                let holder = format!("process {pid} on ");
                assert!(held.err.contains(&holder), "{moment}: {}", held.err);
            }
            for _ in moment..moments {
                server.go();
            }
            running.signal(Signal::CONT);
            let (code, told) = running.end();
            assert_eq!(code, 0, "{moment}: {told}");
            assert_eq!(
                (server.posts(), stage.states()),
                (1, vec!["saved".to_owned()])
            );
            assert_eq!(stage.files(), ["a.mp4"]);
            let saved = fs::read(stage.folder.path().join("a.mp4")).unwrap();
            assert!(saved == video, "{moment}: another video");
        }
    }
}
