//! Downloads of files that are not MP4 or are mislabelled by their host, and of tasks with several videos.

use kling_http::download::VideoKind;
use kling_http::{DownloadOptions, Task};
use serde_json::json;

use crate::download::{ETAG, closing, download, files, options, task};
use crate::support::client;
use crate::support::http::answer_with;
use crate::support::video::{boxed, quicktime, video, webm};

#[tokio::test]
async fn every_kind_of_video_gets_its_extension_and_oddities_are_reported() {
    let plain = "content-type: text/plain; charset=utf-8\r\n";
    let with_box = [boxed(*b"free", b"made by hand"), video(1000)].concat();
    for (head, bytes, name, kind, warning) in [
        (ETAG, video(1000), "video_1.mp4", VideoKind::Mp4, None),
        ("", video(1000), "video_1.mp4", VideoKind::Mp4, None),
        (
            plain,
            video(1000),
            "video_1.mp4",
            VideoKind::Mp4,
            Some("`text/plain`"),
        ),
        (
            "content-encoding: br\r\n",
            video(1000),
            "video_1.mp4",
            VideoKind::Mp4,
            Some("compressed (`br`)"),
        ),
        (
            ETAG,
            with_box,
            "video_1.mp4",
            VideoKind::Mp4,
            Some("does not begin with the boxes"),
        ),
        (
            ETAG,
            quicktime(1000),
            "video_1.mov",
            VideoKind::Mov,
            Some("QuickTime"),
        ),
        (
            ETAG,
            webm(100),
            "video_1.webm",
            VideoKind::WebM,
            Some("WebM"),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let content = bytes.clone();
        let server = closing(move |_, _| answer_with(200, head, &content)).await;
        let saved = download(&server, folder.path()).await.unwrap();
        assert_eq!(saved.file, folder.path().join(name));
        assert_eq!((saved.kind, saved.seconds), (kind, Some(5.25)));
        assert_eq!(
            saved.warnings.len(),
            usize::from(warning.is_some()),
            "{saved:?}"
        );
        if let Some(warning) = warning {
            assert!(saved.warnings[0].contains(warning), "{saved:?}");
        }
        assert!(std::fs::read(&saved.file).unwrap() == bytes);
        assert_eq!(files(folder.path()), [name]);
    }
}

#[tokio::test]
async fn what_is_not_known_to_be_a_video_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = closing(|_, number| {
        let kind = if number < 2 {
            "RIFF\0\0\0\0AVI "
        } else {
            "#EXTM3U\n"
        };
        answer_with(200, ETAG, kind.as_bytes())
    })
    .await;
    for kept in [
        "video_1.mp4.part",
        "video_1.mp4.part",
        "video_1.mp4 (2).part",
    ] {
        let error = download(&server, folder.path()).await.unwrap_err();
        assert!(error.is_media(), "{error:?}");
        assert!(error.to_string().contains(&format!("/{kept}`")), "{error}");
    }
    let there = files(folder.path());
    assert_eq!(there, ["video_1.mp4 (2).part", "video_1.mp4.part"]);
    let first = std::fs::read(folder.path().join("video_1.mp4.part")).unwrap();
    assert_eq!(first, b"RIFF\0\0\0\0AVI ");
}

#[tokio::test]
async fn several_videos_of_a_task_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let server = closing(|request, _| {
        answer_with(
            200,
            ETAG,
            &video(if request.path == "/a" { 100 } else { 200 }),
        )
    })
    .await;
    let client = client(&server.url());
    let urls = ["a", "b"].map(|path| json!({"url": format!("{}/{path}", server.url())}));
    let both: Task = serde_json::from_value(json!({"id": "video_1", "status": "completed",
        "result": {"data": urls}}))
    .unwrap();
    let of = |video, target: DownloadOptions| DownloadOptions { video, ..target };
    for (number, media) in [(0, 100), (1, 200)] {
        let to_folder = of(number, options(folder.path()));
        let saved = client.download(&both, &to_folder).await.unwrap();
        let name = format!("video_1 {}.mp4", number + 1);
        assert_eq!(saved.file, folder.path().join(name));
        assert!(std::fs::read(&saved.file).unwrap() == video(media));
        let to_file = of(
            number,
            DownloadOptions::to_file(folder.path().join("cat.v.mp4")),
        );
        let saved = client.download(&both, &to_file).await.unwrap();
        let name = format!("cat.v {}.mp4", number + 1);
        assert_eq!(saved.file, folder.path().join(name));
    }
    assert_eq!(files(folder.path()).len(), 4);
    let third = of(2, options(folder.path()));
    let error = client.download(&both, &third).await.unwrap_err();
    assert!(
        error.is_answer() && error.to_string().contains("2 videos"),
        "{error}"
    );
    // A single video gets no number.
    let alone = task("video_2", &format!("{}/a", server.url()));
    let saved = client.download(&alone, &options(folder.path())).await;
    assert_eq!(saved.unwrap().file, folder.path().join("video_2.mp4"));
}

/// When the host refuses a URL, the number selects the video in the fresh answer too.
#[tokio::test]
async fn a_fresh_address_is_that_of_the_same_video() {
    let folder = tempfile::tempdir().unwrap();
    let server = closing(|request, _| match request.path.as_str() {
        "/old" => answer_with(403, "", b""),
        "/new" => answer_with(200, ETAG, &video(200)),
        path if path.starts_with("/v1/") => {
            let host = request.header("host").unwrap();
            let urls = ["first", "new"].map(|path| json!({"url": format!("http://{host}/{path}")}));
            let task = json!({"id": "video_1", "status": "completed", "result": {"data": urls}});
            answer_with(200, "", task.to_string().as_bytes())
        }
        path => panic!("{path} was asked for"),
    })
    .await;
    let urls = ["first", "old"].map(|path| json!({"url": format!("{}/{path}", server.url())}));
    let both: Task = serde_json::from_value(json!({"id": "video_1", "status": "completed",
        "result": {"data": urls}}))
    .unwrap();
    let second = DownloadOptions {
        video: 1,
        ..options(folder.path())
    };
    let saved = client(&server.url()).download(&both, &second).await;
    assert_eq!(saved.unwrap().file, folder.path().join("video_1 2.mp4"));
}
