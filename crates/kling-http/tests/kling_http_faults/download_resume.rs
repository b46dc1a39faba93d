//! What allows a download to be resumed, and what does not.

use crate::download::{ETAG, assert_saved, closing, cut, download, files, range_start, rest};
use crate::support::http::answer_with;
use crate::support::video::video;

/// With an empty file the missing part is the whole video, whether a range was requested or not.
#[tokio::test]
async fn a_part_that_is_the_whole_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |_, _| rest(&content, 0, ETAG)).await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );
    assert_eq!(server.ledger.requests().len(), 1);
}

/// A weak tag, or a date that is not reliable, does not allow it: the video is fetched again.
#[tokio::test]
async fn a_download_is_resumed_only_with_a_strong_validator() {
    const MODIFIED: &str = "last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    const LATER: &str = "date: Mon, 07 Nov 1994 08:49:37 GMT\r\n";
    for (headers, goes_on) in [
        ("etag: W/\"v1\"\r\n".to_owned(), false),
        (MODIFIED.to_owned(), false),
        (format!("{MODIFIED}{LATER}"), true),
        (format!("etag: W/\"v1\"\r\n{MODIFIED}{LATER}"), false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let bytes = video(50_000);
        let (content, case) = (bytes.clone(), headers.clone());
        let server = closing(
            move |request, number| match (number, range_start(request)) {
                (0, _) => cut(answer_with(200, &headers, &content), 20_000),
                (_, Some(from)) => rest(&content, from, &headers),
                (_, None) => answer_with(200, &headers, &content),
            },
        )
        .await;
        let saved = download(&server, folder.path()).await;
        let asked = range_start(&server.ledger.requests()[1]).is_some();
        assert_eq!(asked, goes_on, "{case}");
        assert_saved(saved, folder.path(), &bytes);
    }
}

/// An empty answer does not destroy the existing part, which can be continued.
#[tokio::test]
async fn a_part_outlives_an_empty_answer() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(50_000);
    let content = bytes.clone();
    let server = closing(move |request, number| match number {
        0 => {
            let mut whole = answer_with(200, ETAG, &content);
            whole.truncate(30_000);
            whole
        }
        1 => answer_with(200, "", b""),
        _ => {
            let from = range_start(request).unwrap();
            rest(&content, from, ETAG)
        }
    })
    .await;
    let error = download(&server, folder.path()).await.unwrap_err();
    assert!(error.is_media(), "{error:?}");
    let saved = download(&server, folder.path()).await.unwrap();
    assert!(std::fs::read(&saved.file).unwrap() == bytes);
    assert_eq!(files(folder.path()), ["video_1.mp4"]);
}
