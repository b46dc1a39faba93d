//! Downloads that break off, are resumed, and are checked.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use kling_http::{DownloadOptions, Error, Saved, Task};
use serde_json::json;

use crate::support::client;
use crate::support::http::{Request, answer, answer_until_close, answer_with};
use crate::support::server::{Conn, Server};
use crate::support::video::video;

crate::rows!(
    d01_cut_with_a_length,
    d02_cut_without_a_length,
    d03_range_ignored,
    d04_another_part,
    d05_range_not_satisfiable,
    d07_page_instead_of_a_video,
    d08_wrong_length_empty_or_compressed,
    d10_drip_and_stall,
);

pub(crate) const ETAG: &str = "etag: \"v1\"\r\ncontent-type: video/mp4\r\n";

/// A completed task whose video is at this URL.
pub(crate) fn task(id: &str, url: &str) -> Task {
    serde_json::from_value(json!({"id": id, "status": "completed", "model": "kling-v3",
        "result": {"data": [{"url": url}]}}))
    .unwrap()
}

/// A server that answers each request, by its number, with some bytes, and then closes.
pub(crate) async fn closing<F>(answer: F) -> Server
where
    F: Fn(&Request, usize) -> Vec<u8> + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    let taken = Arc::new(AtomicUsize::new(0));
    Server::start(move |mut conn: Conn| {
        let (answer, taken) = (answer.clone(), taken.clone());
        async move {
            if let Some(request) = conn.read().await {
                let number = taken.fetch_add(1, SeqCst);
                conn.send_last(&answer(&request, number)).await;
            }
        }
    })
    .await
}

pub(crate) fn options(folder: &Path) -> DownloadOptions {
    DownloadOptions {
        stall_timeout: Duration::from_secs(5),
        ..DownloadOptions::to_folder(folder)
    }
}

pub(crate) async fn download(server: &Server, folder: &Path) -> Result<Saved, Error> {
    let task = task("video_1", &format!("{}/x.mp4?sig=secret", server.url()));
    let result = client(&server.url())
        .download(&task, &options(folder))
        .await;
    if let Err(error) = &result {
        assert!(
            !format!("{error:?} {error}").contains("secret"),
            "{error:?}"
        );
    }
    result
}

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Asserts that a video was saved with these bytes, as the only file in its folder.
#[track_caller]
pub(crate) fn assert_saved(saved: Result<Saved, Error>, folder: &Path, bytes: &[u8]) {
    let saved = saved.unwrap();
    assert_eq!(saved.file, folder.join("video_1.mp4"));
    assert_eq!(
        (saved.bytes, saved.seconds),
        (bytes.len() as u64, Some(5.25))
    );
    assert!(
        std::fs::read(&saved.file).unwrap() == bytes,
        "other bytes were saved"
    );
    assert_eq!(files(folder), ["video_1.mp4"]);
}

/// A whole answer without this many bytes at its end.
pub(crate) fn cut(mut answer: Vec<u8>, missing: usize) -> Vec<u8> {
    answer.truncate(answer.len() - missing);
    answer
}

/// The rest of a video from here, as an answer to a range request.
pub(crate) fn rest(video: &[u8], from: usize, headers: &str) -> Vec<u8> {
    let range = format!(
        "content-range: bytes {from}-{}/{}\r\n{headers}",
        video.len() - 1,
        video.len()
    );
    answer_with(206, &range, &video[from..])
}

pub(crate) fn range_start(request: &Request) -> Option<usize> {
    request
        .header("range")?
        .strip_prefix("bytes=")?
        .strip_suffix('-')?
        .parse()
        .ok()
}

#[tokio::test]
async fn d01_cut_with_a_length() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(300_000);
    let content = bytes.clone();
    let server = closing(move |request, _| match range_start(request) {
        None => cut(answer_with(200, ETAG, &content), 200_000),
        Some(from) => rest(&content, from, ETAG),
    })
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );
    let requests = server.ledger.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].header("if-range"), Some("\"v1\""));
    assert_eq!(requests[1].header("authorization"), None);
    assert_eq!(requests[1].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_later_call_continues() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(300_000);
    let content = bytes.clone();
    let server = closing(
        move |request, number| match (number, range_start(request)) {
            (0, None) => cut(answer_with(200, ETAG, &content), 1000),
            (1, _) => answer(500, ""),
            (_, Some(from)) => rest(&content, from, ETAG),
            (_, None) => panic!("from the beginning"),
        },
    )
    .await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let once = DownloadOptions {
        attempts: 1,
        ..options(folder.path())
    };
    let error = client.download(&task, &once).await.unwrap_err();
    assert_eq!(error.status(), Some(500), "{error:?}");
    assert!(
        files(folder.path())
            .iter()
            .any(|name| name.contains(".part"))
    );
    assert_saved(client.download(&task, &once).await, folder.path(), &bytes);
}

#[tokio::test]
async fn d02_cut_without_a_length() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |request, number| {
        assert_eq!(range_start(request), None);
        let whole = answer_until_close(200, ETAG, &content);
        if number == 0 {
            cut(whole, 20_000)
        } else {
            whole
        }
    })
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );

    let folder = tempfile::tempdir().unwrap();
    let content = bytes.clone();
    let server = closing(move |_, _| cut(answer_until_close(200, ETAG, &content), 20_000)).await;
    let error = download(&server, folder.path()).await.unwrap_err();
    assert!(error.is_media(), "{error:?}");
    assert_eq!(files(folder.path()), ["video_1.mp4.part"]);
    assert_eq!(server.ledger.requests().len(), 3);
}

#[tokio::test]
async fn d03_range_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |_, number| {
        let whole = answer_with(200, ETAG, &content);
        if number == 0 {
            cut(whole, 20_000)
        } else {
            whole
        }
    })
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );
    assert!(range_start(&server.ledger.requests()[1]).is_some());
}

#[tokio::test]
async fn d04_another_part() {
    let bytes = video(50_000);
    let total = bytes.len();
    for headers in [
        format!("content-range: bytes 0-{}/{total}\r\n{ETAG}", total - 1),
        format!(
            "content-range: bytes 30000-{}/{}\r\n{ETAG}",
            total,
            total + 1
        ),
        format!(
            "content-range: bytes {{from}}-{}/{total}\r\netag: \"v2\"\r\n",
            total - 1
        ),
        format!(
            "content-range: bytes {{from}}-{}/{total}\r\n{ETAG}",
            total - 2
        ),
        // The answer does not say which video the part belongs to, or not reliably.
        format!("content-range: bytes {{from}}-{}/{total}\r\n", total - 1),
        format!(
            "content-range: bytes {{from}}-{}/{total}\r\netag: W/\"v1\"\r\n",
            total - 1
        ),
        ETAG.to_owned(),
        "content-range: nonsense\r\n".to_owned(),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let content = bytes.clone();
        let case = headers.clone();
        let server = closing(
            move |request, number| match (number, range_start(request)) {
                (0, _) => cut(answer_with(200, ETAG, &content), 20_000),
                (1, Some(from)) => {
                    let headers = headers.replace("{from}", &from.to_string());
                    answer_with(206, &headers, &content[from..])
                }
                (_, None) => answer_with(200, ETAG, &content),
                (_, Some(_)) => panic!("not from the beginning"),
            },
        )
        .await;
        let saved = download(&server, folder.path()).await;
        assert_eq!(server.ledger.requests().len(), 3, "{case}");
        assert_saved(saved, folder.path(), &bytes);
    }
}

#[tokio::test]
async fn d05_range_not_satisfiable() {
    let bytes = video(50_000);
    // The file is complete, although a longer video was announced.
    let folder = tempfile::tempdir().unwrap();
    let content = bytes.clone();
    let server = closing(move |request, _| match range_start(request) {
        None => {
            let mut longer = content.clone();
            longer.extend_from_slice(b"0123456789");
            cut(answer_with(200, ETAG, &longer), 10)
        }
        Some(_) => answer_with(
            416,
            &format!("content-range: bytes */{}\r\n", content.len()),
            b"",
        ),
    })
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );

    // The video has changed in the meantime.
    let folder = tempfile::tempdir().unwrap();
    let content = bytes.clone();
    let server = closing(
        move |request, number| match (number, range_start(request)) {
            (0, _) => cut(answer_with(200, ETAG, &content), 20_000),
            (_, Some(_)) => answer_with(416, "content-range: bytes */7\r\n", b""),
            (_, None) => answer_with(200, ETAG, &content),
        },
    )
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );

    // The host never accepts a range: the download ends.
    let folder = tempfile::tempdir().unwrap();
    let server = closing(|_, _| answer(416, "")).await;
    assert!(download(&server, folder.path()).await.is_err());
    assert_eq!(server.ledger.requests().len(), 5);
}

#[tokio::test]
async fn d07_page_instead_of_a_video() {
    let long = format!(
        "<!doctype html><title>expired</title>{}",
        "x".repeat(100_000)
    );
    for (kind, page) in [
        (
            "text/html; charset=utf-8",
            "<html><body>expired</body></html>",
        ),
        ("video/mp4", "<html>expired</html>"),
        ("video/mp4", &long),
        ("application/json", r#"{"code":404,"msg":"expired"}"#),
        (
            "",
            "<?xml version=\"1.0\"?><Error><Message>expired</Message></Error>",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let head = format!("content-type: {kind}\r\n");
        let bytes = answer_with(200, &head, page.as_bytes());
        let server = closing(move |_, _| bytes.clone()).await;
        let error = download(&server, folder.path()).await.unwrap_err();
        assert!(error.is_media(), "{error:?}");
        assert!(error.to_string().contains("expired"), "{error}");
        assert_eq!(files(folder.path()), Vec::<String>::new());
        assert_eq!(server.ledger.requests().len(), 1);
    }
}

#[tokio::test]
async fn d08_wrong_length_empty_or_compressed() {
    let bytes = video(1000);
    let short = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        bytes.len() - 100
    )
    .into_bytes();
    for (case, bytes, kept) in [
        (
            "a length that is too short",
            [short, bytes.clone()].concat(),
            true,
        ),
        ("a length of 0", answer(200, ""), false),
        ("nothing", answer_until_close(200, "", b""), false),
        (
            "compressed",
            answer_with(
                200,
                "content-encoding: gzip\r\n",
                b"\x1f\x8b\x08\0 and so on",
            ),
            true,
        ),
        (
            "something after the last box",
            answer_with(200, "", &[bytes.clone(), b"...".to_vec()].concat()),
            true,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = closing(move |_, _| bytes.clone()).await;
        let error = download(&server, folder.path()).await.unwrap_err();
        assert!(error.is_media(), "{case}: {error:?}");
        let there = files(folder.path());
        assert_eq!(
            there,
            if kept { &["video_1.mp4.part"][..] } else { &[] },
            "{case}"
        );
        assert_eq!(
            error.to_string().contains("video_1.mp4.part`"),
            kept,
            "{case}: {error}"
        );
    }
}

#[tokio::test]
async fn d10_drip_and_stall() {
    // In small pieces that together take longer than the stall limit: saved.
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(1000);
    let content = answer_with(200, ETAG, &bytes);
    let server = Server::start(move |mut conn: Conn| {
        let content = content.clone();
        async move {
            conn.read().await;
            for drop in content.chunks(50) {
                if conn.send(drop).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    })
    .await;
    let client_here = client(&server.url());
    let task_here = task("video_1", &format!("{}/x.mp4", server.url()));
    let quick = DownloadOptions {
        stall_timeout: Duration::from_secs(2),
        ..options(folder.path())
    };
    assert_saved(
        client_here.download(&task_here, &quick).await,
        folder.path(),
        &bytes,
    );
    assert_eq!(server.ledger.requests().len(), 1, "it was asked for again");

    // A stall is a fault, and the download is resumed.
    let folder = tempfile::tempdir().unwrap();
    let content = bytes.clone();
    let server = Server::start(move |mut conn: Conn| {
        let content = content.clone();
        async move {
            let request = conn.read().await.unwrap();
            match range_start(&request) {
                None => {
                    let _ = conn.send(&cut(answer_with(200, ETAG, &content), 500)).await;
                    conn.drain().await;
                }
                Some(from) => conn.send_last(&rest(&content, from, ETAG)).await,
            }
        }
    })
    .await;
    let task_here = task("video_1", &format!("{}/x.mp4", server.url()));
    let quick = DownloadOptions {
        stall_timeout: Duration::from_millis(600),
        ..options(folder.path())
    };
    assert_saved(
        client(&server.url()).download(&task_here, &quick).await,
        folder.path(),
        &bytes,
    );
}
