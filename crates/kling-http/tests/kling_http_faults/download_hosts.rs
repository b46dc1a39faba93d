//! Downloads from hosts that refuse, redirect, or must not be contacted.

use serde_json::json;

use crate::download::{ETAG, assert_saved, closing, download, files, options, task};
use crate::support::http::{answer, answer_with};
use crate::support::server::Server;
use crate::support::tls::{Authority, Certificate};
use crate::support::video::video;
use crate::support::{CANARY, builder, client};

crate::rows!(d06_expired, d09_redirects);

#[tokio::test]
async fn d06_expired() {
    let bytes = video(1000);
    for status in [403, 404, 410] {
        // The task has a fresh URL.
        let folder = tempfile::tempdir().unwrap();
        let content = bytes.clone();
        let server = Server::answering(move |request, _| {
            let fresh = format!("http://{}/fresh.mp4", request.header("host").unwrap());
            match request.path.as_str() {
                "/fresh.mp4" => answer_with(200, ETAG, &content),
                "/v1/videos/generations/video_1" => answer(
                    200,
                    &json!({"id": "video_1", "status": "completed", "url": fresh}).to_string(),
                ),
                _ => answer(status, "<Error>expired</Error>"),
            }
        })
        .await;
        assert_saved(
            download(&server, folder.path()).await,
            folder.path(),
            &bytes,
        );
        let keys = server
            .ledger
            .requests()
            .iter()
            .map(|request| request.header("authorization").is_some())
            .collect::<Vec<_>>();
        assert_eq!(
            keys,
            [false, true, false],
            "the key goes to the service alone"
        );

        // The fresh URL is refused too.
        let folder = tempfile::tempdir().unwrap();
        let server = Server::answering(move |request, _| {
            let same = format!("http://{}/x.mp4", request.header("host").unwrap());
            match request.path.as_str() {
                "/v1/videos/generations/video_1" => answer(
                    200,
                    &json!({"id": "video_1", "status": "completed", "url": same}).to_string(),
                ),
                _ => answer(status, ""),
            }
        })
        .await;
        let error = download(&server, folder.path()).await.unwrap_err();
        assert!(error.is_expired(), "{error:?}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(server.ledger.requests().len(), 3);
        assert_eq!(files(folder.path()), Vec::<String>::new());
    }
    // The task no longer has a URL.
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering(|request, _| match request.path.as_str() {
        "/v1/videos/generations/video_1" => answer(200, r#"{"id":"video_1","status":"completed"}"#),
        _ => answer(410, ""),
    })
    .await;
    assert!(
        download(&server, folder.path())
            .await
            .unwrap_err()
            .is_expired()
    );
}

#[tokio::test]
async fn d09_redirects() {
    let bytes = video(1000);
    // Redirected within this machine, in five hops, without the key.
    let folder = tempfile::tempdir().unwrap();
    let content = bytes.clone();
    let other = closing(move |_, _| answer_with(200, ETAG, &content)).await;
    let target = format!("location: {}/x.mp4\r\n", other.url());
    let server = Server::answering(move |_, number| match number {
        0..4 => answer_with(302, &format!("location: /{number}\r\n"), b""),
        _ => answer_with(307, &target, b""),
    })
    .await;
    assert_saved(
        download(&server, folder.path()).await,
        folder.path(),
        &bytes,
    );
    let requests = [server.ledger.requests(), other.ledger.requests()].concat();
    assert_eq!(requests.len(), 6);
    assert!(!format!("{requests:?}").contains(CANARY));

    for (case, location) in [
        ("in a circle", "/x.mp4"),
        ("to a private host", "http://10.0.0.1/x.mp4"),
        ("to a private host by https", "https://192.168.0.7/x.mp4"),
        (
            "to the cloud's own data",
            "http://169.254.169.254/latest/meta-data",
        ),
        ("to http elsewhere", "http://example.com/x.mp4"),
        ("to a file", "file:///etc/passwd"),
        ("with a password", "https://u:p@example.com/x.mp4"),
        ("without a target", "http://"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let headers = format!("location: {location}\r\n");
        let server = Server::answering(move |_, _| answer_with(302, &headers, b"")).await;
        let error = download(&server, folder.path()).await.unwrap_err();
        assert!(error.is_refused_address(), "{case}: {error:?}");
        assert!(server.ledger.requests().len() <= 6, "{case}");
        assert_eq!(files(folder.path()), Vec::<String>::new(), "{case}");
    }
}

#[tokio::test]
async fn a_video_by_tls() {
    let authority = Authority::new(Certificate::Good);
    let folder = tempfile::tempdir().unwrap();
    let bytes = video(1000);
    let content = bytes.clone();
    let server = Server::start_tls(authority.acceptor(&["h2", "http/1.1"]), move |mut conn| {
        let answer = answer_with(200, ETAG, &content);
        async move {
            if conn.read().await.is_some() {
                conn.send_last(&answer).await;
            }
        }
    })
    .await;
    let client = builder(&server.url())
        .root_certificate(authority.root.as_bytes())
        .build()
        .unwrap();
    let task = task("video_1", &format!("{}/x.mp4", server.url()));
    assert_saved(
        client.download(&task, &options(folder.path())).await,
        folder.path(),
        &bytes,
    );
}

#[tokio::test]
async fn a_url_that_is_not_followed_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let client = client("http://127.0.0.1:1");
    for url in [
        "http://10.0.0.1/x.mp4",
        "http://example.com/x.mp4",
        "file:///etc/passwd",
        "x.mp4",
    ] {
        let error = client
            .download(&task("video_1", url), &options(folder.path()))
            .await
            .unwrap_err();
        assert!(error.is_refused_address(), "{url}: {error:?}");
    }
    assert_eq!(files(folder.path()), Vec::<String>::new());
}
