//! What the page fetches for whoever watches is nothing that a client did.

use std::time::Duration;

use crate::client::{completed, fault, get, manual, submitted};

#[tokio::test]
async fn watching_a_video_is_no_download() {
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
