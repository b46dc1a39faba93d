//! Videos: complete and in parts, until they expire, and with everything that can go wrong.

use std::time::Duration;

use kling_emulator::Emulator;

use crate::client::{Answer, completed, fault, get, manual, raw, request, send};

async fn part(emulator: &Emulator, target: &str, headers: &[(&str, &str)]) -> Answer {
    send(emulator, "GET", target, headers, b"").await
}

#[tokio::test]
async fn a_video_is_given_in_parts() {
    let emulator = manual().start().await.unwrap();
    let target = completed(&emulator).await;
    let whole = get(&emulator, &target).await;
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let length = whole.body.len();
    let etag = whole.header("etag").unwrap();

    let first = part(&emulator, &target, &[("Range", "bytes=0-99")]).await;
    assert_eq!(first.status, 206);
    assert_eq!(
        first.header("content-range").unwrap(),
        format!("bytes 0-99/{length}")
    );
    let rest = part(
        &emulator,
        &target,
        &[("Range", "bytes=100-"), ("If-Range", etag)],
    )
    .await;
    assert_eq!(rest.header("etag"), Some(etag));
    assert_eq!([first.body, rest.body].concat(), whole.body);

    let date = whole.header("last-modified").unwrap();
    let known = part(
        &emulator,
        &target,
        &[("Range", "bytes=-1"), ("If-Range", date)],
    )
    .await;
    assert_eq!((known.status, known.body.len()), (206, 1));
    let changed = part(
        &emulator,
        &target,
        &[("Range", "bytes=9-"), ("If-Range", "\"old\"")],
    )
    .await;
    assert_eq!((changed.status, changed.body.len()), (200, length));
    let beyond = part(
        &emulator,
        &target,
        &[("Range", &format!("bytes={length}-"))],
    )
    .await;
    assert_eq!(beyond.status, 416);
    assert_eq!(
        beyond.header("content-range").unwrap(),
        format!("bytes */{length}")
    );
    let same = part(&emulator, &target, &[("If-None-Match", etag)]).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    let head = raw(&emulator, &request("HEAD", &target, &[], b""))
        .await
        .answer();
    assert_eq!(
        (head.declared_length(), head.body.len()),
        (Some(length as u64), 0)
    );
}

#[tokio::test]
async fn a_url_ends_after_a_day_and_with_a_wrong_signature() {
    let emulator = manual().start().await.unwrap();
    let target = completed(&emulator).await;
    let (path, _) = target.split_once('?').unwrap();
    for wrong in [
        path.to_owned(),
        format!("{path}?expires=99999999999&signature=0"),
        format!("{path}?expires=x&expires=y"),
        target.replace("signature=", "signature=0"),
    ] {
        assert_eq!(get(&emulator, &wrong).await.status, 403, "{wrong}");
    }
    assert_eq!(get(&emulator, "/files/videos/none.mp4").await.status, 404);
    assert_eq!(get(&emulator, &target).await.status, 200);
    emulator.advance(Duration::from_hours(24));
    let expired = get(&emulator, &target).await;
    assert_eq!(expired.status, 403);
    assert!(String::from_utf8_lossy(&expired.body).contains("Request has expired"));
}

#[tokio::test]
async fn faults_of_ranges() {
    let emulator = manual().start().await.unwrap();
    let target = completed(&emulator).await;
    let length = get(&emulator, &target).await.body.len();
    let range = [("Range", "bytes=100-")];
    let answer_to = async |text: &str| {
        emulator.inject(fault(text));
        part(&emulator, &target, &range).await
    };
    let ignored = answer_to("download:ignore-range").await;
    assert_eq!((ignored.status, ignored.body.len()), (200, length));
    let wrong = answer_to("download:wrong-range").await;
    assert_eq!(
        (
            wrong.status,
            wrong
                .header("content-range")
                .unwrap()
                .starts_with("bytes 1-")
        ),
        (206, true)
    );
    let total = answer_to("download:wrong-total").await;
    assert_eq!(
        total.header("content-range").unwrap(),
        format!("bytes 100-{}/999999999", length - 1)
    );
    assert_eq!(
        answer_to("download:wrong-etag").await.header("etag"),
        Some("\"another-video\"")
    );
    let end = answer_to("download:not-satisfiable").await;
    assert_eq!(
        (end.status, end.header("content-range")),
        (416, Some("bytes */1"))
    );
    for (text, status) in [
        ("download:expired", 403),
        ("download:expired=410", 410),
        ("download:expired=404", 404),
    ] {
        assert_eq!(answer_to(text).await.status, status);
    }
    let right = part(&emulator, &target, &range).await;
    assert_eq!((right.status, right.body.len()), (206, length - 100));
}

#[tokio::test]
async fn faults_of_files() {
    let emulator = manual().start().await.unwrap();
    let target = completed(&emulator).await;
    let whole = get(&emulator, &target).await.body;
    let answer_to = async |text: &str| {
        emulator.inject(fault(text));
        get(&emulator, &target).await
    };
    let cut = answer_to("download:cut@25%").await;
    assert_eq!(cut.declared_length(), Some(whole.len() as u64));
    assert_eq!(cut.body, whole[..whole.len() / 4]);
    let unframed = answer_to("download:cut-unframed@90%").await;
    assert_eq!(unframed.declared_length(), None);
    assert!(whole.starts_with(&unframed.body) && unframed.body.len() < whole.len());
    let typed = answer_to("download:content-type=text/html").await;
    assert_eq!(
        (typed.header("content-type"), &typed.body),
        (Some("text/html"), &whole)
    );
    assert!(
        answer_to("download:html")
            .await
            .body
            .starts_with(b"<!DOCTYPE")
    );
    assert!(answer_to("download:xml").await.body.starts_with(b"<?xml"));
    assert_eq!(answer_to("download:empty").await.body, b"");
    let short = answer_to("download:wrong-length=-10").await;
    assert_eq!(short.declared_length(), Some(whole.len() as u64 - 10));
    let packed = answer_to("download:gzip").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.body[10 + 5..][..100], whole[..100]);
    assert_eq!(answer_to("download:huge=1").await.body.len(), 1 << 20);
    assert_eq!(answer_to("download:drip=0").await.body, whole);
}
