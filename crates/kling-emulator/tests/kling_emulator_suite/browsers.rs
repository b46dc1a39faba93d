//! What a browser sends on behalf of another origin's page has no effect.

use serde_json::json;

use crate::client::{BODY, SUBMIT, charges, completed, fault, get, manual, send};

/// Returns the number of waiting faults.
async fn waiting(emulator: &kling_emulator::Emulator) -> usize {
    let state = get(emulator, "/_emulator/state").await.json();
    state["faults"]["pending"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_image_on_a_foreign_page_uses_up_no_fault() {
    let emulator = manual().start().await.unwrap();
    let id = crate::client::submitted(&emulator).await;
    for text in ["balance:html", "poll:html", "submit:html", "any:status=503"] {
        emulator.inject(fault(text));
    }
    let poll = format!("{SUBMIT}/{id}");
    let own = [
        "/_emulator/state",
        "/_emulator/ledger",
        "/_emulator/events",
        "/_emulator/faults",
        "/_emulator/loop",
        "/_emulator/page/page.js",
    ];
    for site in [
        "cross-site",
        "same-site",
        "Same-Origin",
        "",
        "no one knows",
        "\u{fe}",
    ] {
        for target in ["/v1/balance", &poll, SUBMIT, "/files", "/nowhere"]
            .iter()
            .chain(&own)
        {
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                let headers = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors")];
                let status = send(&emulator, method, target, &headers, b"").await.status;
                assert_eq!(status, 403, "{site:?}: {method} {target}");
            }
        }
    }
    let two = [
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    assert_eq!(
        send(&emulator, "GET", "/v1/balance", &two, b"")
            .await
            .status,
        403
    );
    let origin = [("Sec-Fetch-Site", "none"), ("Origin", "\u{e9}")];
    assert_eq!(
        send(&emulator, "GET", "/v1/balance", &origin, b"")
            .await
            .status,
        403
    );
    assert_eq!((waiting(&emulator).await, charges(&emulator)), (4, 1));

    for site in ["same-origin", "none"] {
        let headers = [("Sec-Fetch-Site", site)];
        let status = send(&emulator, "GET", &poll, &headers, b"").await.status;
        assert!([200, 503].contains(&status), "{status}");
        let headers = [("Sec-Fetch-Site", site), ("Origin", emulator.url())];
        send(&emulator, "POST", SUBMIT, &headers, BODY.as_bytes()).await;
    }
    // The poll and the submit each took their fault, and the next poll took the one for any request.
    assert_eq!(waiting(&emulator).await, 1);
}

#[tokio::test]
async fn a_link_to_the_page_and_a_video_on_a_foreign_page_are_let_through_without_a_fault() {
    let emulator = manual().start().await.unwrap();
    let video = completed(&emulator).await;
    emulator.inject(fault("download:status=503"));
    let foreign = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "no-cors"),
    ];
    for target in ["/", &video] {
        assert_eq!(
            send(&emulator, "GET", target, &foreign, b"").await.status,
            200
        );
        assert_eq!(
            send(&emulator, "POST", target, &foreign, b"").await.status,
            403
        );
    }
    // A page that wants to read the answer sends its origin.
    let reads = [foreign[0], ("Origin", "https://example.com")];
    assert_eq!(
        send(&emulator, "GET", &video, &reads, b"").await.status,
        403
    );
    assert_eq!(get(&emulator, &video).await.status, 503);
}

#[tokio::test]
async fn a_poster_says_which_task_it_is_of() {
    let emulator = manual().start().await.unwrap();
    completed(&emulator).await;
    let task = emulator.ledger().charges()[0].task.clone();
    let poster = get(&emulator, &format!("/_emulator/posters/{task}")).await;
    assert_eq!(
        (poster.status, poster.header("content-type")),
        (200, Some("image/svg+xml"))
    );
    assert!(
        poster
            .header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert!(
        String::from_utf8(poster.body)
            .unwrap()
            .contains("a paper boat")
    );
    assert_eq!(get(&emulator, "/_emulator/posters/none").await.status, 404);
}

#[tokio::test]
async fn what_is_written_bit_by_bit_is_asked_for_with_get() {
    let emulator = manual().start().await.unwrap();
    for target in ["/_emulator/ledger", "/_emulator/events"] {
        for method in ["POST", "HEAD", "PUT"] {
            assert_eq!(send(&emulator, method, target, &[], b"").await.status, 405);
        }
    }
    let old = b"GET /_emulator/ledger HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let answer = crate::client::raw(&emulator, old).await.answer();
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(answer.json()["entries"], json!([]));
}
