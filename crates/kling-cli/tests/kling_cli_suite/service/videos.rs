//! Local videos in a request, and uploads of videos.

use std::fs;

use kling_emulator::mp4;

use crate::service::stage::{FAST, Service, Stage};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
const MAX_VIDEO_BYTES: u64 = 50 * 1024 * 1024;

/// A real MP4 of this many seconds.
fn video(seconds: u32) -> Vec<u8> {
    mp4::write(&mp4::Video {
        seconds,
        width: 1280,
        height: 720,
        sound: false,
    })
    .unwrap()
}

fn request(video: &str) -> String {
    format!(
        "{{\n  \"model\": \"kling-v3-omni\",\n  \"prompt\": \"as in <<<video_1>>>\",\n  \"video_list\": [{{\"video_url\": \"{video}\", \"refer_type\": \"feature\"}}]\n}}\n"
    )
}

/// A request with an image too.
fn with_image(video: &str, image: &str) -> String {
    let list =
        format!("],\n  \"metadata\": {{\"image_list\": [{{\"image_url\": \"{image}\"}}]}}\n}}");
    request(video)
        .replace("]\n}", &list)
        .replace("as in <<<video_1>>>", "<<<image_1>>> as in <<<video_1>>>")
}

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [
        &["generate", "requests/r.json", "-o", "a.mp4"],
        more,
        &FAST[..],
    ]
    .concat()
}

/// Returns the paths of the uploads that the service received.
fn uploads(service: &Service) -> Vec<String> {
    let requests = service.emulator().requests();
    let paths = requests.into_iter().map(|request| request.path);
    paths.filter(|path| path.contains("/uploads/")).collect()
}

#[test]
fn a_video_is_uploaded_and_its_address_put_in_its_place() {
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("requests/r.json", with_image("clips/a.mp4", "a.gif"));
    stage.folder.write("requests/clips/a.mp4", video(3));
    stage.folder.write("requests/a.gif", GIF);
    let ran = stage.run(service.url(), &generate(&[]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    // The bill is printed before anything is uploaded or paid for.
    let first = ran.err.lines().next().unwrap();
    assert_eq!(first, "checked; it is billed as 720P+Video, 5 s");
    let mut paths = uploads(&service);
    paths.sort();
    assert_eq!(paths, ["/v1/uploads/images", "/v1/uploads/videos"]);
    let sent = stage.run(service.url(), &["jobs", "show", "1"]).json();
    let sent: serde_json::Value = serde_json::from_str(sent["request"].as_str().unwrap()).unwrap();
    let url = sent["video_list"][0]["video_url"].as_str().unwrap();
    let start = format!("{}/files/uploads/1/videos/", service.url());
    assert!(url.starts_with(&start), "{url}");
    let image = sent["metadata"]["image_list"][0]["image_url"]
        .as_str()
        .unwrap();
    let start = format!("{}/files/uploads/1/", service.url());
    assert!(
        image.starts_with(&start) && !image.contains("videos"),
        "{image}"
    );
    // A second run neither uploads nor pays again; a different video under the same name is a different job.
    let ran = stage.run(service.url(), &generate(&[]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!((uploads(&service).len(), service.charges()), (2, 1));
    stage.folder.write("requests/clips/a.mp4", video(4));
    let ran = stage.run(service.url(), &generate(&["--overwrite"]));
    assert_eq!((ran.code, service.charges()), (0, 2), "{}", ran.err);
}

#[test]
fn a_video_is_known_by_its_content_and_not_by_its_name() {
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("requests/r.json", with_image("a.png", "b.mp4"));
    stage.folder.write("requests/a.png", video(3));
    stage.folder.write("requests/b.mp4", GIF);
    let ran = stage.run(service.url(), &generate(&[]));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn nothing_is_sent_when_a_file_is_not_what_its_place_takes() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("requests/a.gif", GIF);
    stage.folder.write("requests/a.mp4", video(3));
    stage.folder.write("requests/a.txt", "a text");
    stage.folder.write("requests/empty.mp4", "");
    stage.folder.write("requests/large.mp4", video(3));
    fs::File::options()
        .write(true)
        .open(stage.folder.path().join("requests/large.mp4"))
        .and_then(|file| file.set_len(MAX_VIDEO_BYTES + 1))
        .unwrap();
    for (text, reasons) in [
        (
            request("a.gif"),
            [
                "`a.gif`",
                "image/gif",
                "/video_list/0/video_url takes a video",
                "MP4, WebM or MOV",
            ],
        ),
        (
            with_image("a.mp4", "a.mp4"),
            [
                "`a.mp4`",
                "video/mp4",
                "/metadata/image_list/0/image_url takes an image",
                "JPEG, PNG",
            ],
        ),
        (
            request("./a.txt"),
            [
                "`./a.txt`",
                "neither an image nor a video",
                "MP4, WebM or MOV",
                "not sent",
            ],
        ),
        (
            request("large.mp4"),
            [
                "`large.mp4`",
                "larger than 50 MB",
                "make the video smaller",
                "not sent",
            ],
        ),
        (
            request("empty.mp4"),
            ["`empty.mp4`", "is empty", "a video", "not sent"],
        ),
        (
            request("missing.mp4"),
            [
                "`missing.mp4`",
                "cannot be read",
                "correct its path",
                "folder of the request",
            ],
        ),
    ] {
        stage.folder.write("requests/r.json", &text);
        let ran = stage.run(service.url(), &generate(&[]));
        assert_eq!(ran.code, 8, "{text} {}", ran.err);
        for reason in reasons {
            assert!(ran.err.contains(reason), "{reason}: {}", ran.err);
        }
    }
    assert_eq!(service.emulator().request_count(), 0);
    assert!(stage.states().is_empty());
}

#[test]
fn nothing_is_paid_for_when_a_video_cannot_be_uploaded() {
    for (edition, fault, code) in [
        ("seed", "upload:success-false", 3),
        ("seed", "upload:url", 7),
        ("seed", "upload:status=400", 3),
        // There it has no endpoint for videos.
        ("2026-04", "", 3),
    ] {
        let (stage, service) = (Stage::new(), Service::in_edition(edition));
        if !fault.is_empty() {
            service.inject(fault);
        }
        stage.folder.write("requests/r.json", request("a.mp4"));
        stage.folder.write("requests/a.mp4", video(3));
        let ran = stage.run(service.url(), &generate(&[]));
        assert_eq!(
            (ran.code, service.charges()),
            (code, 0),
            "{edition} {fault}: {}",
            ran.err
        );
        assert!(ran.err.contains("was not sent"), "{}", ran.err);
    }
}

#[test]
fn a_video_outside_of_the_folder_has_to_be_allowed() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("requests/r.json", request("../a.mp4"));
    stage.folder.write("a.mp4", video(3));
    let run = |more: &[&str]| {
        let command = ["generate", "requests/r.json", "-o", "b.mp4"];
        stage.run(service.url(), &[&command[..], more, &FAST[..]].concat())
    };
    let ran = run(&[]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(ran.err.contains("--allow-outside"), "{}", ran.err);
    assert_eq!(service.emulator().request_count(), 0);
    let ran = run(&["--allow-outside"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_video_is_uploaded_by_the_command_too() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("walk.mp4", video(3));
    let ran = stage.run(service.url(), &["upload", "walk.mp4"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let object = ran.json();
    let url = object["url"].as_str().unwrap();
    assert!(url.contains("/files/uploads/1/videos/"), "{url}");
    assert_eq!(object["type"], "video/mp4");
    assert_eq!(object["bytes"], video(3).len());
    service.inject("upload:status=400");
    let ran = stage.run(service.url(), &["upload", "walk.mp4"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let count = service.emulator().request_count();
    fs::File::options()
        .write(true)
        .open(stage.folder.path().join("walk.mp4"))
        .and_then(|file| file.set_len(MAX_VIDEO_BYTES + 1))
        .unwrap();
    let ran = stage.run(service.url(), &["upload", "walk.mp4"]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(ran.err.contains("larger than 50 MB"), "{}", ran.err);
    assert_eq!(service.emulator().request_count(), count);
}

#[test]
fn the_check_says_that_a_local_video_can_be_uploaded() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("r.json", request("a.mp4"));
    let ran = stage.run(service.url(), &["check", "--format", "human", "r.json"]);
    assert_eq!(ran.code, 1);
    let help = "`kling generate` uploads local files itself, and `kling upload FILE` prints the URL of an uploaded file";
    assert!(ran.out.contains(help), "{}", ran.out);
}

#[test]
#[cfg(feature = "emulator")]
fn a_video_is_uploaded_to_the_service_inside_the_process() {
    let stage = Stage::new();
    stage.folder.write("requests/r.json", request("a.mp4"));
    stage.folder.write("requests/a.mp4", video(3));
    let mut command = stage.command(
        "",
        &["generate", "requests/r.json", "-o", "a.mp4", "--emulator"],
    );
    command.env_remove("TOAPIS_BASE_URL");
    let ran = crate::service::stage::ran(&mut command);
    assert_eq!(ran.code, 0, "{}", ran.err);
}
