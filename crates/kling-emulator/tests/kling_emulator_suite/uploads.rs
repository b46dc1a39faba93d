//! Uploads: what is accepted, what is refused, and that an uploaded file can be used.

use kling_emulator::{Emulator, Limits, mp4};
use serde_json::json;

use crate::client::{Answer, SUBMIT, charges, fault, get, manual, post, send};

const UPLOAD: &str = "/v1/uploads/images";
const UPLOAD_VIDEO: &str = "/v1/uploads/videos";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut part = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n"
    )
    .into_bytes();
    part.extend_from_slice(bytes);
    part.extend_from_slice(b"\r\n");
    part
}

async fn upload(emulator: &Emulator, parts: &[(&str, &[u8])]) -> Answer {
    upload_at(UPLOAD, emulator, parts).await
}

async fn upload_video(emulator: &Emulator, bytes: &[u8]) -> Answer {
    upload_at(UPLOAD_VIDEO, emulator, &[("file", bytes)]).await
}

async fn upload_at(path: &str, emulator: &Emulator, parts: &[(&str, &[u8])]) -> Answer {
    let mut body: Vec<u8> = parts
        .iter()
        .flat_map(|(name, bytes)| part(name, bytes))
        .collect();
    body.extend_from_slice(b"--edge--\r\n");
    let form = [("Content-Type", "multipart/form-data; boundary=edge")];
    send(emulator, "POST", path, &form, &body).await
}

#[tokio::test]
async fn an_uploaded_image_is_kept_and_can_be_used() {
    let emulator = manual().start().await.unwrap();
    let answer = upload(&emulator, &[("purpose", b"generation"), ("file", PNG)]).await;
    assert_eq!(answer.status, 200);
    let reported = answer.json();
    assert_eq!(
        json!([
            reported["success"],
            reported["data"]["mime_type"],
            reported["data"]["size"]
        ]),
        json!([true, "image/png", PNG.len()])
    );
    let url = reported["data"]["url"].as_str().unwrap();
    let kept = get(&emulator, url.strip_prefix(emulator.url()).unwrap()).await;
    assert_eq!(kept.body, PNG);
    assert_eq!(kept.header("content-type"), Some("image/png"));

    // The checker would refuse a private host; the emulator's own host is exempt.
    let body = json!({"model": "kling-v3", "prompt": "a boat", "image_urls": [url]});
    assert_eq!(post(&emulator, SUBMIT, &body.to_string()).await.status, 200);
    let elsewhere = json!({"model": "kling-v3", "prompt": "a boat", "image_urls": ["http://127.0.0.1:9/x.png"]});
    assert_eq!(
        post(&emulator, SUBMIT, &elsewhere.to_string()).await.status,
        400
    );
    assert_eq!(
        emulator.requests()[0].body,
        format!("({} bytes of multipart/form-data)", 165 + PNG.len())
    );
}

/// A real MP4.
fn video() -> Vec<u8> {
    mp4::write(&mp4::Video {
        seconds: 3,
        width: 1280,
        height: 720,
        sound: true,
    })
    .unwrap()
}

#[tokio::test]
async fn an_uploaded_video_is_kept_and_can_be_used() {
    let emulator = manual().start().await.unwrap();
    let video = video();
    let answer = upload_video(&emulator, &video).await;
    assert_eq!(answer.status, 200);
    let reported = answer.json();
    assert_eq!(
        json!([
            reported["success"],
            reported["message"],
            reported["data"]["mime_type"],
            reported["data"]["size"]
        ]),
        json!([true, "", "video/mp4", video.len()])
    );
    let url = reported["data"]["url"].as_str().unwrap();
    let target = url.strip_prefix(emulator.url()).unwrap();
    let (time, id) = target
        .strip_prefix("/files/uploads/1/videos/")
        .and_then(|name| name.strip_suffix(".mp4")?.split_once('_'))
        .unwrap();
    assert!(time.parse::<u64>().is_ok(), "{target}");
    assert_eq!(reported["data"]["id"], id);
    let kept = get(&emulator, target).await;
    assert_eq!(kept.body, video);
    assert_eq!(kept.header("content-type"), Some("video/mp4"));

    let body = json!({"model": "kling-v3-omni", "prompt": "as in <<<video_1>>>", "video_list": [{"video_url": url}]});
    assert_eq!(post(&emulator, SUBMIT, &body.to_string()).await.status, 200);
}

#[tokio::test]
async fn what_is_not_a_video_is_refused() {
    let emulator = manual().start().await.unwrap();
    let mut large = video();
    large.resize(50 * 1024 * 1024 + 1, 0);
    let answers = [
        upload_video(&emulator, PNG).await,
        upload_video(&emulator, b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska").await,
        upload_video(&emulator, b"").await,
        upload_video(&emulator, &large).await,
        upload(&emulator, &[("file", &video())]).await,
    ];
    let answers: Vec<_> = answers
        .iter()
        .map(|answer| (answer.status, answer.json()))
        .collect();
    insta::assert_json_snapshot!(answers);

    large.truncate(50 * 1024 * 1024);
    assert_eq!(upload_video(&emulator, &large).await.status, 200);
    large.resize(53 * 1024 * 1024, 0);
    assert_eq!(upload_video(&emulator, &large).await.status, 413);
}

#[tokio::test]
async fn videos_can_be_uploaded_in_the_editions_that_say_so() {
    let mut large = video();
    large.resize(2 * 1024 * 1024, 0);
    for (edition, status) in [
        ("2026-04", 404),
        ("2026-04-zh", 404),
        ("seed", 200),
        ("2026-06", 200),
        ("2026-09-zh", 200),
    ] {
        let emulator = manual().edition(edition).unwrap().start().await.unwrap();
        emulator.inject(fault("upload:status=502"));
        let uploaded = upload(&emulator, &[("file", PNG)]).await;
        assert_eq!(uploaded.status, 502, "{edition}");
        let uploaded = upload_video(&emulator, &large).await;
        assert_eq!(uploaded.status, status, "{edition}");
        let other = get(&emulator, "/elsewhere").await.json()["error"]["message"].to_string();
        assert_eq!(other.contains(UPLOAD_VIDEO), status == 200, "{other}");
    }
}

#[tokio::test]
async fn faults_of_video_uploads() {
    let (emulator, video) = (manual().start().await.unwrap(), video());
    emulator.inject(fault("upload:success-false"));
    let answer = upload_video(&emulator, &video).await;
    assert_eq!(
        (answer.status, answer.json()["success"].as_bool()),
        (200, Some(false))
    );
    emulator.inject(fault("upload:url=file:///etc/passwd"));
    let answer = upload_video(&emulator, &video).await;
    assert_eq!(answer.json()["data"]["url"], "file:///etc/passwd");
    emulator.inject(fault("upload:status=502"));
    assert_eq!(upload_video(&emulator, &video).await.status, 502);
    assert_eq!(upload_video(&emulator, &video).await.status, 200);
    assert_eq!(charges(&emulator), 0);
}

#[tokio::test]
async fn what_is_not_an_image_is_refused() {
    let emulator = manual().start().await.unwrap();
    let large = [PNG, vec![0; 10 * 1024 * 1024].as_slice()].concat();
    let body = [
        upload(&emulator, &[("file", b"RIFF\0\0\0\0WAVE")]).await,
        upload(&emulator, &[("file", b"")]).await,
        upload(&emulator, &[("file", &large)]).await,
        upload(&emulator, &[("image", PNG)]).await,
        upload(&emulator, &[("file", PNG), ("file", PNG)]).await,
        post(&emulator, UPLOAD, "{}").await,
    ];
    let body: Vec<_> = body
        .iter()
        .map(|answer| (answer.status, answer.json()))
        .collect();
    insta::assert_json_snapshot!(body);

    let largest = [PNG, vec![0; 10 * 1024 * 1024 - PNG.len()].as_slice()].concat();
    assert_eq!(upload(&emulator, &[("file", &largest)]).await.status, 200);
    let beyond = vec![0; 13 * 1024 * 1024];
    assert_eq!(upload(&emulator, &[("file", &beyond)]).await.status, 413);
}

#[tokio::test]
async fn a_missing_key_has_the_other_shape_of_an_error() {
    let emulator = manual().key("sk-1").start().await.unwrap();
    let answer = upload(&emulator, &[("file", PNG)]).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].as_u64()),
        (401, Some(401))
    );
}

#[tokio::test]
async fn the_oldest_uploads_make_room() {
    let mut limits = Limits::default();
    limits.stored_upload_bytes = PNG.len() * 2;
    let emulator = manual().limits(limits).start().await.unwrap();
    let mut targets = Vec::new();
    for _ in 0..3 {
        let url = upload(&emulator, &[("file", PNG)]).await.json()["data"]["url"].clone();
        targets.push(
            url.as_str()
                .unwrap()
                .strip_prefix(emulator.url())
                .unwrap()
                .to_owned(),
        );
    }
    let mut found = Vec::new();
    for target in &targets {
        found.push(get(&emulator, target).await.status);
    }
    assert_eq!(found, [404, 200, 200]);
}

#[tokio::test]
async fn faults_of_uploads() {
    let emulator = manual().start().await.unwrap();
    emulator.inject(fault("upload:success-false"));
    let answer = upload(&emulator, &[("file", PNG)]).await;
    assert_eq!(
        (answer.status, answer.json()["success"].as_bool()),
        (200, Some(false))
    );
    emulator.inject(fault("upload:url=file:///etc/passwd"));
    let answer = upload(&emulator, &[("file", PNG)]).await;
    assert_eq!(answer.json()["data"]["url"], "file:///etc/passwd");
    emulator.inject(fault("upload:status=502"));
    assert_eq!(upload(&emulator, &[("file", PNG)]).await.status, 502);
    assert_eq!(upload(&emulator, &[("file", PNG)]).await.status, 200);
    assert_eq!(charges(&emulator), 0);
}
