//! What the page fetches for its viewers does not count as a client's request, and shuts no client out.

use std::time::Duration;

use kling_emulator::{Emulator, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{PATIENCE, completed, connect, fault, get, manual, request, submitted};

/// Asks for events; returns the connection and the status.
async fn watcher(emulator: &Emulator) -> (TcpStream, u16) {
    let mut stream = connect(emulator).await;
    let events = request("GET", "/_emulator/events", &[], b"");
    stream.write_all(&events).await.unwrap();
    let mut line = [0; 12];
    let read = timeout(PATIENCE, stream.read_exact(&mut line)).await;
    read.unwrap().unwrap();
    let status = std::str::from_utf8(&line[9..]).unwrap().parse().unwrap();
    (stream, status)
}

#[tokio::test]
async fn watchers_have_a_limit_of_their_own() {
    let mut limits = Limits::default();
    limits.connections = 40;
    limits.event_streams = 3;
    let emulator = manual().limits(limits).start().await.unwrap();
    let mut watchers = Vec::new();
    for _ in 0..3 {
        watchers.push(watcher(&emulator).await);
    }
    assert!(watchers.iter().all(|(_, status)| *status == 200));
    for _ in 0..100 {
        assert_eq!(watcher(&emulator).await.1, 503);
        let answer = get(&emulator, "/_emulator/events").await;
        let message = answer.json()["error"]["message"].to_string();
        assert!(
            message.contains("3 pages and programs are watching already"),
            "{message}"
        );
    }
    submitted(&emulator).await;
    // A watcher that leaves makes room for another.
    watchers.pop();
    while watcher(&emulator).await.1 != 200 {}
    submitted(&emulator).await;
}

#[tokio::test]
async fn watchers_never_take_all_connections() {
    let mut limits = Limits::default();
    limits.connections = 8;
    limits.event_streams = 1000;
    let emulator = manual().limits(limits).start().await.unwrap();
    let mut watchers = Vec::new();
    for _ in 0..4 {
        watchers.push(watcher(&emulator).await);
    }
    assert!(watchers.iter().all(|(_, status)| *status == 200));
    assert_eq!(watcher(&emulator).await.1, 503);
    submitted(&emulator).await;
}

#[tokio::test]
async fn watching_a_video_is_not_a_download() {
    let emulator = manual().start().await.unwrap();
    assert_eq!(get(&emulator, "/_emulator/videos/none").await.status, 404);
    let target = completed(&emulator).await;
    let task = emulator.ledger().charges()[0].task.clone();
    let watched = format!("/_emulator/videos/{task}");
    let requests = emulator.request_count();

    assert!(emulator.inject(fault("download:status=503")));
    let video = get(&emulator, &watched).await;
    assert_eq!(
        (video.status, video.header("content-type")),
        (200, Some("video/mp4"))
    );
    assert_eq!(emulator.request_count(), requests);
    assert_eq!(get(&emulator, &target).await.status, 503, "still waited");
    assert_eq!(get(&emulator, &target).await.body, video.body);

    emulator.advance(Duration::from_hours(48));
    assert_eq!(get(&emulator, &target).await.status, 403);
    assert_eq!(get(&emulator, &watched).await.status, 200);
}

#[tokio::test]
async fn a_video_is_not_watched_before_it_is_made() {
    let emulator = manual().start().await.unwrap();
    let id = submitted(&emulator).await;
    let watched = format!("/_emulator/videos/{id}");
    assert_eq!(get(&emulator, &watched).await.status, 404);
    emulator.advance(Duration::from_hours(1));
    assert_eq!(get(&emulator, &watched).await.status, 200);
}
