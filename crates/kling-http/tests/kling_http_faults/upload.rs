//! Uploads of images and videos while things go wrong.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use kling_http::{MAX_IMAGE_BYTES, MAX_VIDEO_BYTES};

use crate::support::client;
use crate::support::http::answer;
use crate::support::server::{Server, closed_port};
use crate::support::video::{quicktime, video, webm};

crate::rows!(
    u01_reset_or_server_error,
    u01_video_after_a_server_error,
    u02_success_that_is_none,
    u02_video_that_is_refused,
    u03_file_that_is_not_sent,
    u04_hostile_url,
);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest of the image";
const DONE: &str = r#"{"success":true,"message":"","data":{"id":"upload_1","url":"https://files.toapis.com/a.png?x=1","mime_type":"image/png","size":25}}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[tokio::test]
async fn u01_reset_or_server_error() {
    let folder = Folder::new();
    let image = folder.file("private name.png", PNG);
    let taken = std::sync::Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |mut conn| {
        let taken = taken.clone();
        async move {
            loop {
                if taken.load(SeqCst) == 0 {
                    conn.read_head().await;
                    taken.fetch_add(1, SeqCst);
                    return conn.reset();
                }
                if conn.read().await.is_none() {
                    return;
                }
                let bytes = match taken.fetch_add(1, SeqCst) {
                    1 => answer(502, "<html></html>"),
                    2 => answer(200, "half"),
                    _ => answer(200, DONE),
                };
                if conn.send(&bytes).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let uploaded = client(&server.url()).upload(&image).await.unwrap();
    assert_eq!(uploaded.url, "https://files.toapis.com/a.png?x=1");
    assert_eq!(
        (uploaded.bytes, uploaded.mime_type.as_str()),
        (PNG.len() as u64, "image/png")
    );
    assert!(!format!("{uploaded:?}").contains("x=1"));
    let requests = server.ledger.requests();
    assert_eq!(requests.len(), 3);
    let body = String::from_utf8_lossy(&requests[2].body).into_owned();
    assert_eq!(requests[2].path, "/v1/uploads/images");
    assert!(
        body.contains("name=\"purpose\"\r\n\r\ngeneration"),
        "{body}"
    );
    assert!(
        body.contains("name=\"file\"; filename=\"image.png\"\r\nContent-Type: image/png"),
        "{body}"
    );
    assert!(!body.contains("private name"), "{body}");
}

/// The content decides where a file is sent and under which name, not its extension.
#[tokio::test]
async fn u01_video_after_a_server_error() {
    let folder = Folder::new();
    for (name, bytes, sent_name, mime_type) in [
        ("private.mp4", video(20), "video.mp4", "video/mp4"),
        ("private.png", video(20), "video.mp4", "video/mp4"),
        ("private", quicktime(20), "video.mov", "video/quicktime"),
        ("private.mp4", webm(20), "video.webm", "video/webm"),
    ] {
        let path = folder.file(name, &bytes);
        let server = Server::answering(|request, count| {
            assert_eq!(request.path, "/v1/uploads/videos");
            if count == 0 {
                return answer(503, "");
            }
            let data = serde_json::json!({"id": "upload_1", "url": "https://files.toapis.com/uploads/1/videos/1_a.mp4"});
            answer(200, &serde_json::json!({"success": true, "message": "", "data": data}).to_string())
        })
        .await;
        let uploaded = client(&server.url()).upload(&path).await.unwrap();
        assert_eq!(
            uploaded.url,
            "https://files.toapis.com/uploads/1/videos/1_a.mp4"
        );
        assert_eq!(
            (uploaded.bytes, uploaded.mime_type.as_str()),
            (bytes.len() as u64, mime_type)
        );
        let requests = server.ledger.requests();
        assert_eq!(requests.len(), 2);
        let body = &requests[1].body;
        let text = String::from_utf8_lossy(body);
        let head = format!("name=\"file\"; filename=\"{sent_name}\"\r\nContent-Type: {mime_type}");
        assert!(text.contains(&head), "{text}");
        assert!(
            text.contains("name=\"purpose\"\r\n\r\ngeneration"),
            "{text}"
        );
        assert!(!text.contains("private"), "{text}");
        assert!(
            body.windows(bytes.len()).any(|part| part == bytes),
            "{name}"
        );
    }
}

#[tokio::test]
async fn u02_success_that_is_none() {
    let folder = Folder::new();
    let image = folder.file("a.png", PNG);
    for (status, body) in [
        (
            200,
            r#"{"success":false,"message":"Unsupported image type."}"#,
        ),
        (
            400,
            r#"{"success":false,"message":"Unsupported image type."}"#,
        ),
        (
            401,
            r#"{"error":{"code":401,"message":"Unsupported image type.","type":"authentication_error"}}"#,
        ),
    ] {
        let server = Server::answering(move |_, _| answer(status, body)).await;
        let error = client(&server.url()).upload(&image).await.unwrap_err();
        assert!(error.is_status(), "{error:?}");
        assert!(
            error.to_string().contains("Unsupported image type."),
            "{error}"
        );
        assert_eq!(server.ledger.requests().len(), 1, "it is asked again");
    }
    let server = Server::answering(|_, _| answer(200, r#"{"success":true,"data":{}}"#)).await;
    let error = client(&server.url()).upload(&image).await.unwrap_err();
    assert!(error.is_answer(), "{error:?}");
}

#[tokio::test]
async fn u02_video_that_is_refused() {
    let folder = Folder::new();
    let path = folder.file("a.mp4", &video(20));
    for (status, message) in [
        (200, "Unsupported or invalid video."),
        (400, "Unsupported or invalid video."),
        (400, "Video too large. Maximum size is 50MB"),
    ] {
        let body = serde_json::json!({"success": false, "message": message}).to_string();
        let server = Server::answering(move |_, _| answer(status, &body)).await;
        let error = client(&server.url()).upload(&path).await.unwrap_err();
        assert!(error.is_status(), "{error:?}");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(server.ledger.requests().len(), 1, "it is asked again");
    }
    // The service of an early edition of its pages does not have the endpoint.
    let server = Server::answering(|_, _| answer(404, "")).await;
    let error = client(&server.url()).upload(&path).await.unwrap_err();
    assert_eq!((error.is_status(), error.status()), (true, Some(404)));
    let server = Server::answering(|_, _| answer(200, r#"{"success":true,"data":{}}"#)).await;
    let error = client(&server.url()).upload(&path).await.unwrap_err();
    assert!(error.is_answer(), "{error:?}");
    assert!(error.to_string().contains("the video"), "{error}");
}

#[tokio::test]
async fn u03_file_that_is_not_sent() {
    let folder = Folder::new();
    // No server listens: a connection error would show that something was to be sent.
    let client = client(&closed_port());
    let large = |name: &str, bytes: &[u8], length: u64| {
        let path = folder.file(name, bytes);
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(length).unwrap();
        path
    };
    for (case, path) in [
        ("empty", folder.file("empty.png", b"")),
        (
            "a page",
            folder.file("page.png", b"<html><body></body></html>"),
        ),
        (
            "a sound in the container of MP4",
            folder.file("a.mp4", b"\0\0\0\x18ftypM4A \0\0\0\0"),
        ),
        (
            "Matroska",
            folder.file("a.webm", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska"),
        ),
        ("too short", folder.file("short.png", b"\x89PN")),
        (
            "a sound in the same container as WebP",
            folder.file("a.webp", b"RIFF\0\0\0\0WAVEfmt "),
        ),
        ("too large", large("large.png", PNG, MAX_IMAGE_BYTES + 1)),
        (
            "too large",
            large("large.mp4", &video(9), MAX_VIDEO_BYTES + 1),
        ),
        ("a folder", folder.0.path().to_owned()),
    ] {
        let error = client.upload(&path).await.unwrap_err();
        assert!(error.is_input() || error.is_local_io(), "{case}: {error:?}");
    }
    let error = client
        .upload(folder.0.path().join("none.png"))
        .await
        .unwrap_err();
    assert!(error.is_local_io(), "{error:?}");
    // A video may be larger than an image.
    let large_bytes = video(usize::try_from(MAX_IMAGE_BYTES).unwrap() + 1);
    for (name, bytes) in [
        ("a.jpg", b"\xff\xd8\xff\xe0rest".as_slice()),
        ("a.gif", b"GIF89arest"),
        ("b.gif", b"GIF87arest"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("a.mp4", &video(9)),
        ("b.mp4", &large_bytes),
    ] {
        let error = client.upload(folder.file(name, bytes)).await.unwrap_err();
        assert!(error.is_connect(), "{name} is refused: {error:?}");
    }
    // Whoever is refused learns which formats there are, and how large a file may be.
    for (path, what, help) in [
        (
            folder.file("a.txt", b"a text"),
            "neither an image nor a video",
            "JPEG, PNG, WebP or GIF, or to MP4, WebM or MOV",
        ),
        (
            large("large.mov", &quicktime(9), MAX_VIDEO_BYTES + 1),
            "larger than 50 MB",
            "make the video smaller",
        ),
        (
            large("large.gif", b"GIF89a", MAX_IMAGE_BYTES + 1),
            "larger than 10 MB",
            "make the image smaller",
        ),
    ] {
        let error = client.upload(&path).await.unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        assert!(error.help().unwrap().contains(help), "{error:?}");
    }
}

#[tokio::test]
async fn u04_hostile_url() {
    let folder = Folder::new();
    let image = folder.file("a.png", PNG);
    for url in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://10.0.0.1/a.png",
        "https://169.254.169.254/a",
        "http://files.toapis.com/a.png",
        "a.png",
        "",
    ] {
        let body = serde_json::json!({"success": true, "data": {"url": url}}).to_string();
        let server = Server::answering(move |_, _| answer(200, &body)).await;
        let error = client(&server.url()).upload(&image).await.unwrap_err();
        assert!(error.is_refused_address(), "{url}: {error:?}");
    }
    // URLs on its own host are up to the service.
    let server = Server::answering(|request, _| {
        let host = request.header("host").unwrap();
        answer(
            200,
            &serde_json::json!({"data": {"url": format!("http://{host}/files/a.png")}}).to_string(),
        )
    })
    .await;
    let uploaded = client(&server.url()).upload(&image).await.unwrap();
    assert_eq!(uploaded.url, format!("{}/files/a.png", server.url()));
}
