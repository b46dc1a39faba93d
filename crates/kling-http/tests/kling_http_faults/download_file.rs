//! Downloads and their target files.

use std::sync::Arc;

use kling_http::DownloadOptions;
use kling_http::download::Existing;

use crate::download::{
    ETAG, assert_saved, closing, download, files, options, range_start, rest, task,
};
use crate::support::client;
use crate::support::http::{answer, answer_until_close, answer_with};
use crate::support::server::{Conn, Server};
use crate::support::video::video;

crate::rows!(d11_too_large, d13_target_is_there, d14_hostile_id);

#[tokio::test]
async fn d11_too_large() {
    let bytes = video(5000);
    for answer in [
        answer_with(200, ETAG, &bytes),
        answer_until_close(200, ETAG, &bytes),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = closing(move |_, _| answer.clone()).await;
        let task = task("video_1", &format!("{}/x.mp4", server.url()));
        let small = DownloadOptions {
            max_bytes: 1000,
            ..options(folder.path())
        };
        let error = client(&server.url())
            .download(&task, &small)
            .await
            .unwrap_err();
        assert!(error.is_too_large(), "{error:?}");
        assert_eq!(files(folder.path()), Vec::<String>::new());
    }
}

#[tokio::test]
async fn d13_target_is_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cat.mp4"), "mine").unwrap();
    let server = closing(|request, _| {
        let media = 50_000 + request.path.len();
        answer_with(200, ETAG, &video(media))
    })
    .await;
    let client = client(&server.url());
    let to_cat = DownloadOptions::to_file(folder.path().join("cat.mp4"));
    let tasks = ["a", "bb", "ccc"].map(|id| task(id, &format!("{}/{id}", server.url())));
    let (a, b, c) = tokio::join!(
        client.download(&tasks[0], &to_cat),
        client.download(&tasks[1], &to_cat),
        client.download(&tasks[2], &to_cat),
    );
    let saved = [a, b, c].map(|saved| saved.unwrap().file);
    for (length, file) in (2..).zip(&saved) {
        assert_eq!(std::fs::read(file).unwrap(), video(50_000 + length));
    }
    let expected = ["cat (2).mp4", "cat (3).mp4", "cat (4).mp4", "cat.mp4"];
    assert_eq!(files(folder.path()), expected);
    assert_eq!(
        std::fs::read(folder.path().join("cat.mp4")).unwrap(),
        b"mine"
    );
}

#[tokio::test]
async fn what_is_there_is_replaced_only_if_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("cat.mp4");
    std::fs::write(&target, "mine").unwrap();
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |request, _| match range_start(request) {
        None => answer_with(200, ETAG, &content),
        Some(_) => answer(416, ""),
    })
    .await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let with = |existing| DownloadOptions {
        existing,
        ..DownloadOptions::to_file(&target)
    };
    let refused = client.download(&task, &with(Existing::Refuse)).await;
    let error = refused.unwrap_err();
    assert!(error.is_local_io(), "{error:?}");
    assert_eq!(std::fs::read(&target).unwrap(), b"mine");
    let there = files(folder.path());
    // Next to the file there are the part and its note.
    assert_eq!(there.len(), 3);
    assert!(error.to_string().contains(&there[1]), "{error}");
    // The part that was kept is not fetched again.
    let saved = client.download(&task, &with(Existing::Overwrite)).await;
    assert_eq!(saved.unwrap().file, target);
    assert!(std::fs::read(&target).unwrap() == bytes);
    assert_eq!(files(folder.path()), ["cat.mp4"]);
    assert!(range_start(&server.ledger.requests()[1]).is_some());
}

#[tokio::test]
async fn d14_hostile_id() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("videos");
    std::fs::create_dir(&folder).unwrap();
    // Each video is different: two of these ids produce the same name.
    let server = closing(|_, number| answer_with(200, ETAG, &video(100 + number))).await;
    let client = client(&server.url());
    for id in [
        "../escape",
        "/etc/escape",
        "..\\escape",
        "a\u{202e}b\u{7}",
        "CON",
        ".hidden",
        &"x".repeat(500),
    ] {
        let task = task(id, &format!("{}/../../y.mp4", server.url()));
        let saved = client.download(&task, &options(&folder)).await.unwrap();
        assert_eq!(saved.file.parent(), Some(folder.as_path()), "{id}");
        let name = saved.file.file_name().unwrap().to_str().unwrap();
        assert!(
            name.len() <= 255 && !name.starts_with('.') && !name.chars().any(char::is_control),
            "{name}"
        );
    }
    assert_eq!(files(outer.path()), ["videos"]);
    assert_eq!(files(&folder).len(), 7);
}

#[tokio::test]
async fn a_missing_folder_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = closing(|_, _| answer(200, "")).await;
    let error = download(&server, &folder.path().join("none"))
        .await
        .unwrap_err();
    assert!(error.is_local_io(), "{error:?}");
    assert_eq!(server.ledger.connections(), 0, "asked for all the same");
}

#[tokio::test]
async fn progress_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(300_000);
    let total = bytes.len() as u64;
    let server = closing(move |_, _| answer_with(200, ETAG, &bytes)).await;
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = seen.clone();
    let options = DownloadOptions {
        on_progress: Some(Arc::new(move |progress| {
            sink.lock().unwrap().push(progress);
        })),
        ..options(folder.path())
    };
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    client(&server.url())
        .download(&task, &options)
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|progress| progress.bytes));
    assert!(seen.iter().all(|progress| progress.total == Some(total)));
    assert_eq!(seen.last().unwrap().bytes, total);
}

#[tokio::test]
async fn a_dropped_download_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(1_000_000);
    let content = bytes.clone();
    let server = Server::start(move |mut conn: Conn| {
        let content = content.clone();
        async move {
            let request = conn.read().await.unwrap();
            match range_start(&request) {
                None => {
                    let whole = answer_with(200, ETAG, &content);
                    let _ = conn.send(&whole[..700_000]).await;
                    conn.drain().await;
                }
                Some(from) => conn.send_last(&rest(&content, from, ETAG)).await,
            }
        }
    })
    .await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let watched = DownloadOptions {
        on_progress: Some(Arc::new(move |progress| {
            let _ = sender.send(progress.bytes);
        })),
        ..options(folder.path())
    };
    {
        let first = client.download(&task, &watched);
        tokio::pin!(first);
        loop {
            tokio::select! {
                done = &mut first => panic!("the server sends no more: {done:?}"),
                Some(bytes) = receiver.recv() => if bytes > 690_000 { break },
            }
        }
    }
    assert_saved(
        client.download(&task, &options(folder.path())).await,
        folder.path(),
        &bytes,
    );
    let from = range_start(&server.ledger.requests()[1]).unwrap();
    assert!(from > 0, "nothing was kept");
}
