//! Local images in a request.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

fn request(image: &str) -> String {
    format!(
        "{{\n  \"model\": \"kling-v3\",\n  \"prompt\": \"a boat\",\n  \"image_urls\": [\"{image}\"]\n}}\n"
    )
}

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [
        &["generate", "requests/r.json", "-o", "a.mp4"],
        more,
        &FAST[..],
    ]
    .concat()
}

#[test]
fn an_image_is_uploaded_and_its_address_put_in_its_place() {
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("requests/r.json", request("images/a.gif"));
    stage.folder.write("requests/images/a.gif", GIF);
    let before = fs::read(stage.folder.path().join("requests/r.json")).unwrap();
    let ran = stage.run(service.url(), &generate(&[]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    // The bill is printed before anything is uploaded or paid for.
    let first = ran.err.lines().next().unwrap();
    assert_eq!(first, "checked; it is billed as 720P, 5 s");
    assert_eq!(
        fs::read(stage.folder.path().join("requests/r.json")).unwrap(),
        before
    );
    let sent = stage.run(service.url(), &["jobs", "show", "1"]).json();
    let sent = sent["request"].as_str().unwrap();
    let start = format!(
        "{{\n  \"model\": \"kling-v3\",\n  \"prompt\": \"a boat\",\n  \"image_urls\": [\"{}/",
        service.url()
    );
    assert!(sent.starts_with(&start), "{sent}");
    assert!(
        sent.contains("\"],\n  \"client_business_id\": \"kling-"),
        "{sent}"
    );
    // A different image under the same name is a different job; the same image is not.
    let submitted = |arguments: &[&str]| stage.run(service.url(), arguments).code;
    stage
        .folder
        .write("requests/images/a.gif", [GIF, b"\0"].concat());
    assert_eq!(submitted(&generate(&["--overwrite"])), 0);
    assert_eq!(service.charges(), 2);
    // For `submit` a local path is an error, as for `check`.
    assert_eq!(submitted(&["submit", "requests/r.json"]), 1);
}

#[test]
fn an_image_outside_of_the_folder_has_to_be_allowed() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("requests/r.json", request("../a.gif"));
    stage.folder.write("a.gif", GIF);
    let ran = stage.run(service.url(), &generate(&[]));
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(ran.err.contains("--allow-outside"), "{}", ran.err);
    assert_eq!(service.emulator().request_count(), 0);
    let ran = stage.run(service.url(), &generate(&["--allow-outside"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn nothing_is_paid_for_when_an_image_cannot_be_used() {
    for (content, fault, code) in [
        (&b"no image"[..], "", 8),
        (b"", "", 8),
        (GIF, "upload:success-false", 3),
        (GIF, "upload:url", 7),
        (GIF, "upload:status=400", 3),
    ] {
        let (stage, service) = (Stage::new(), Service::with(fault));
        stage.folder.write("requests/r.json", request("a.gif"));
        stage.folder.write("requests/a.gif", content);
        let ran = stage.run(service.url(), &generate(&[]));
        assert_eq!(
            (ran.code, service.charges()),
            (code, 0),
            "{fault} {}",
            ran.err
        );
    }
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("requests/r.json", request("missing.gif"));
    assert_eq!(stage.run(service.url(), &generate(&[])).code, 8);
    // If there is another error, nothing is uploaded.
    stage.folder.write(
        "requests/r.json",
        request("missing.gif").replace("a boat", ""),
    );
    assert_eq!(stage.run(service.url(), &generate(&[])).code, 1);
    assert_eq!(service.emulator().request_count(), 0);
}

#[test]
fn an_image_that_is_replaced_meanwhile_is_uploaded_as_it_was_read() {
    let stage = Stage::new();
    let image = |text: &str| [GIF, text.as_bytes()].concat();
    stage.folder.write("requests/r.json", request("a.gif"));
    stage.folder.write("requests/a.gif", image("the first"));
    let place = stage.folder.path().join("requests/a.gif");
    let uploads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&uploads);
    let server = Raw::start(false, move |request| {
        if request.contains("the first") || request.contains("the second") {
            seen.lock().unwrap().push(request.to_owned());
            let url = "https://files.toapis.com/a.gif";
            return answer(
                "200 OK",
                &format!(r#"{{"success":true,"data":{{"url":"{url}"}}}}"#),
            );
        }
        if request.starts_with("POST ") {
            return accepted("video_1");
        }
        if request.contains("/video_1 ") {
            return answer("401 Unauthorized", "{}");
        }
        // The request is known by its image, which is not uploaded yet.
        fs::write(&place, [GIF, b"the second"].concat()).unwrap();
        answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
    });
    let run = |more: &[&str]| stage.run(&server.url, &generate(more));
    let made = run(&["--client-id", "order-7"]);
    assert!(made.err.contains("accepted as video_1"), "{}", made.err);
    let uploads = uploads.lock().unwrap();
    assert_eq!(uploads.len(), 1);
    assert!(uploads[0].contains("the first"), "{}", uploads[0]);
    // With that image it is the same request.
    stage.folder.write("requests/a.gif", image("the first"));
    let again = run(&[]);
    assert!(again.err.contains("job 1 of this request"), "{}", again.err);
}
