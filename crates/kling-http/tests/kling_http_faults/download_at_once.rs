//! Concurrent downloads of one file, and what another download or program has left at the paths they use.

use std::path::Path;

use crate::download::{ETAG, closing, files, options, task};
use crate::support::client;
use crate::support::http::answer_with;
use crate::support::server::{Conn, Server};
use crate::support::video::video;

/// Rounds, each with two to four downloads.
const ROUNDS: usize = 80;
const SIDE_BY_SIDE: usize = 16;

/// The name of the part of the task `video_1` for `video_1.mp4`.
const PART: &str = "video_1.mp4.4d2fc73d3e7666e8.part";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn downloads_of_one_file_end_whole_or_say_who_has_it() {
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |_, _| answer_with(200, ETAG, &content)).await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let round = |number: usize| {
        let (client, task, bytes) = (client.clone(), task.clone(), bytes.clone());
        async move {
            let folder = tempfile::tempdir().unwrap();
            let downloads: Vec<_> = (0..2 + number % 3)
                .map(|_| {
                    let (client, task) = (client.clone(), task.clone());
                    let options = options(folder.path());
                    tokio::spawn(async move { client.download(&task, &options).await })
                })
                .collect();
            for download in downloads {
                match download.await.unwrap() {
                    Ok(saved) => assert_eq!(saved.file, folder.path().join("video_1.mp4")),
                    Err(error) => assert!(
                        error.to_string().contains("is being downloaded by "),
                        "{error:?}"
                    ),
                }
            }
            assert_eq!(files(folder.path()), ["video_1.mp4"], "round {number}");
            let saved = std::fs::read(folder.path().join("video_1.mp4")).unwrap();
            assert!(saved == bytes, "round {number}: {} bytes", saved.len());
        }
    };
    // Several rounds run concurrently: a download that waits for another one only sleeps.
    for first in (0..ROUNDS).step_by(SIDE_BY_SIDE) {
        let rounds: Vec<_> = (first..first + SIDE_BY_SIDE)
            .map(|number| tokio::spawn(round(number)))
            .collect();
        for round in rounds {
            round.await.unwrap();
        }
    }
}

#[tokio::test]
async fn one_task_is_downloaded_by_one_program_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|mut conn: Conn| async move { conn.drain().await }).await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let options = options(folder.path());
    let first = client.download(&task, &options);
    tokio::pin!(first);
    let error = tokio::select! {
        biased;
        _ = &mut first => panic!("the server says nothing"),
        error = async {
            // The first download has begun once it has connected.
            while server.ledger.connections() == 0 {
                tokio::task::yield_now().await;
            }
            client.download(&task, &options).await.unwrap_err()
        } => error,
    };
    let owner = format!("is being downloaded by process {}", std::process::id());
    assert!(
        error.is_local_io() && error.to_string().ends_with(&owner),
        "{error:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn what_lies_where_the_part_goes_is_neither_followed_nor_waited_for() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    type Make = fn(&Path, &Path);
    let makes: [(&str, Make); 3] = [
        ("a link", |at, victim| {
            std::os::unix::fs::symlink(victim, at).unwrap();
        }),
        ("a pipe", |at, _| {
            mknodat(CWD, at, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        }),
        ("a folder", |at, _| std::fs::create_dir(at).unwrap()),
    ];
    let server = closing(|_, _| answer_with(200, ETAG, &video(1000))).await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    for (what, make) in makes {
        for name in [PART.to_owned(), format!("{PART}-info")] {
            let folder = tempfile::tempdir().unwrap();
            let victim = folder.path().join("victim");
            std::fs::write(&victim, "precious").unwrap();
            make(&folder.path().join(&name), &victim);
            let done = client.download(&task, &options(folder.path())).await;
            let error = done.unwrap_err();
            assert!(error.is_local_io(), "{error:?}");
            let message = error.to_string();
            assert!(
                message.contains(&name)
                    && message.contains(&format!("is {what}, not a regular file")),
                "{message}"
            );
            assert_eq!(std::fs::read(&victim).unwrap(), b"precious");
            let mut there = vec!["victim".to_owned(), name];
            there.sort();
            assert_eq!(files(folder.path()), there);
        }
    }
    assert_eq!(server.ledger.connections(), 0, "asked for all the same");
}

#[cfg(unix)]
#[tokio::test]
async fn another_name_of_a_file_where_the_part_goes_costs_that_file_nothing() {
    let bytes = video(1000);
    let content = bytes.clone();
    let server = closing(move |_, _| answer_with(200, ETAG, &content)).await;
    let client = client(&server.url());
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    for name in [PART.to_owned(), format!("{PART}-info")] {
        std::fs::hard_link(&victim, folder.path().join(name)).unwrap();
    }
    let saved = client.download(&task, &options(folder.path())).await;
    assert!(std::fs::read(saved.unwrap().file).unwrap() == bytes);
    assert_eq!(std::fs::read(&victim).unwrap(), b"precious");
    assert_eq!(files(folder.path()), ["victim", "video_1.mp4"]);
}

/// Stopped after the file got its final name, before the name of the part was removed: it is the video, and is not
/// fetched again.
#[cfg(unix)]
#[tokio::test]
async fn a_part_that_has_its_final_name_already_is_the_video() {
    let bytes = video(1000);
    let server = closing(|_, _| panic!("nothing is to be fetched")).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("video_1.mp4");
    std::fs::write(&target, &bytes).unwrap();
    std::fs::hard_link(&target, folder.path().join(PART)).unwrap();
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let saved = client(&server.url())
        .download(&task, &options(folder.path()))
        .await
        .unwrap();
    assert_eq!(saved.file, target);
    assert_eq!(
        (saved.bytes, saved.seconds),
        (bytes.len() as u64, Some(5.25))
    );
    assert_eq!(files(folder.path()), ["video_1.mp4"]);
}

/// Stopped after that, before the result was reported: the same bytes are not saved twice.
#[tokio::test]
async fn a_video_that_is_there_is_not_saved_again() {
    let bytes = video(100_000);
    let content = bytes.clone();
    let server = closing(move |_, _| answer_with(200, ETAG, &content)).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("video_1.mp4");
    std::fs::write(&target, &bytes).unwrap();
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    let saved = client(&server.url())
        .download(&task, &options(folder.path()))
        .await;
    assert_eq!(saved.unwrap().file, target);
    assert_eq!(files(folder.path()), ["video_1.mp4"]);
}
