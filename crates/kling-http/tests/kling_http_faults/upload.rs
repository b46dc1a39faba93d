//! Uploads of images while things go wrong.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use kling_http::MAX_IMAGE_BYTES;

use crate::support::client;
use crate::support::http::answer;
use crate::support::server::{Server, closed_port};

crate::rows!(
    u01_reset_or_server_error,
    u02_success_that_is_none,
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
    let uploaded = client(&server.url()).upload_image(&image).await.unwrap();
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
        let error = client(&server.url())
            .upload_image(&image)
            .await
            .unwrap_err();
        assert!(error.is_status(), "{error:?}");
        assert!(
            error.to_string().contains("Unsupported image type."),
            "{error}"
        );
        assert_eq!(server.ledger.requests().len(), 1, "it is asked again");
    }
    let server = Server::answering(|_, _| answer(200, r#"{"success":true,"data":{}}"#)).await;
    let error = client(&server.url())
        .upload_image(&image)
        .await
        .unwrap_err();
    assert!(error.is_answer(), "{error:?}");
}

#[tokio::test]
async fn u03_file_that_is_not_sent() {
    let folder = Folder::new();
    // No server listens: a connection error would show that something was to be sent.
    let client = client(&closed_port());
    let large = folder.file("large.png", PNG);
    std::fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(MAX_IMAGE_BYTES + 1)
        .unwrap();
    for (case, path) in [
        ("empty", folder.file("empty.png", b"")),
        (
            "a page",
            folder.file("page.png", b"<html><body></body></html>"),
        ),
        (
            "a video",
            folder.file("a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0"),
        ),
        ("too short", folder.file("short.png", b"\x89PN")),
        (
            "a sound in the same container as WebP",
            folder.file("a.webp", b"RIFF\0\0\0\0WAVEfmt "),
        ),
        ("too large", large),
        ("a folder", folder.0.path().to_owned()),
    ] {
        let error = client.upload_image(&path).await.unwrap_err();
        assert!(error.is_input() || error.is_local_io(), "{case}: {error:?}");
    }
    let error = client
        .upload_image(folder.0.path().join("none.png"))
        .await
        .unwrap_err();
    assert!(error.is_local_io(), "{error:?}");
    for (name, bytes) in [
        ("a.jpg", b"\xff\xd8\xff\xe0rest".as_slice()),
        ("a.gif", b"GIF89arest"),
        ("b.gif", b"GIF87arest"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 "),
    ] {
        let error = client
            .upload_image(folder.file(name, bytes))
            .await
            .unwrap_err();
        assert!(error.is_connect(), "{name} is refused: {error:?}");
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
        let error = client(&server.url())
            .upload_image(&image)
            .await
            .unwrap_err();
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
    let uploaded = client(&server.url()).upload_image(&image).await.unwrap();
    assert_eq!(uploaded.url, format!("{}/files/a.png", server.url()));
}
