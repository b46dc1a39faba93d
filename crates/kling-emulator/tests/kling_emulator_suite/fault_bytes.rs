//! Answers that are broken on the wire, and the law that no fault breaks more than it should.

use std::time::Duration;

use kling_emulator::{CATALOGUE, Fault, Limits, Phase};

use crate::client::{
    BODY, Ending, SUBMIT, charges, completed, fault, get, manual, post, raw, request, submitted,
};

fn submit() -> Vec<u8> {
    request("POST", SUBMIT, &[], BODY.as_bytes())
}

#[tokio::test]
async fn half_answers_are_charged() {
    let emulator = manual().start().await.unwrap();
    let answer_to = async |text: &str| {
        emulator.inject(fault(text));
        let before = charges(&emulator);
        let received = raw(&emulator, &submit()).await;
        assert_eq!(charges(&emulator) - before, 1, "{text}");
        received
    };
    assert_eq!(answer_to("submit:half-status").await.text(), "HTTP/1.1 20");
    assert_eq!(emulator.requests().pop().unwrap().status, None);
    let head = answer_to("submit:half-head").await.text();
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("\r\n\r\n"),
        "{head}"
    );

    let cut = answer_to("submit:cut@60%").await.answer();
    assert!(cut.declared_length().unwrap() > cut.body.len() as u64);
    assert!(cut.body.starts_with(b"{\"id\":\"video_"));
    assert_eq!(answer_to("submit:reset-at@0%").await.ending, Ending::Reset);
    let chunked = answer_to("submit:cut-chunked").await.answer();
    assert_eq!(chunked.header("transfer-encoding"), Some("chunked"));
    assert!(!chunked.body.ends_with(b"0\r\n\r\n"));
    let unframed = answer_to("submit:cut-unframed").await.answer();
    assert_eq!(
        (unframed.declared_length(), unframed.header("connection")),
        (None, Some("close"))
    );
    let long = answer_to("submit:wrong-length=+5").await.answer();
    assert_eq!(long.declared_length(), Some(long.body.len() as u64 + 5));
    assert!(long.json()["id"].is_string());
}

#[tokio::test]
async fn slow_and_huge_answers() {
    let emulator = manual().start().await.unwrap();
    let answer_to = async |text: &str| {
        emulator.inject(fault(text));
        raw(&emulator, &submit()).await
    };
    assert!(answer_to("submit:drip=0").await.answer().json()["id"].is_string());
    let idle = answer_to("submit:close-idle=1").await.answer();
    assert!(idle.json()["id"].is_string() && idle.header("connection").is_none());
    let flood = answer_to("submit:flood=500").await;
    assert_eq!(
        flood.text().matches("HTTP/1.1 103 Early Hints").count(),
        500
    );
    assert_eq!(flood.answer().status, 200);
    let long = answer_to("submit:long-head=64").await;
    assert!(long.bytes.len() > 64 * 1024);
    assert!(long.answer().json()["id"].is_string());
    let huge = answer_to("submit:huge=3").await.answer();
    assert_eq!(
        (huge.declared_length(), huge.body.len()),
        (Some(3 << 20), 3 << 20)
    );
    let bomb = answer_to("submit:gzip-bomb=64").await.answer();
    assert_eq!(bomb.header("content-encoding"), Some("gzip"));
    assert_eq!(bomb.declared_length(), Some(bomb.body.len() as u64));
    assert_eq!(charges(&emulator), 6);
}

/// A value that keeps the effect of a kind small enough for a test.
fn small(kind: &str) -> &'static str {
    match kind {
        "drip" | "close-idle" => "=0",
        "huge" | "refuse" => "=1",
        _ => "",
    }
}

#[tokio::test]
async fn no_fault_lasts_longer_than_it_is_to() {
    let mut limits = Limits::default();
    limits.hang = Duration::from_millis(20);
    let emulator = manual().limits(limits).start().await.unwrap();
    let target = completed(&emulator).await;
    let id = submitted(&emulator).await;
    let mut tried = 0;
    for kind in CATALOGUE {
        for phase in kind.phases {
            let text = format!("{phase}:{}{}", kind.name, small(kind.name));
            assert!(emulator.inject(fault(&text)));
            let (method, target, body) = match phase {
                Phase::Connect | Phase::Submit | Phase::Job | Phase::Any => ("POST", SUBMIT, BODY),
                Phase::Poll => ("GET", &*format!("{SUBMIT}/{id}"), ""),
                Phase::Upload => ("POST", "/v1/uploads/images", "no form"),
                Phase::Download => ("GET", &*target, ""),
                Phase::Balance => ("GET", "/v1/balance", ""),
            };
            if kind.name != "refuse" {
                raw(&emulator, &request(method, target, &[], body.as_bytes())).await;
            }
            while tokio::net::TcpStream::connect(emulator.address())
                .await
                .is_err()
            {
                tokio::task::yield_now().await;
            }
            let state = get(&emulator, "/_emulator/state").await.json();
            assert_eq!(
                state["faults"]["pending"].as_array().unwrap().len(),
                0,
                "{text}"
            );
            assert_eq!(get(&emulator, "/v1/balance").await.status, 200, "{text}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

#[tokio::test]
async fn what_the_catalogue_names_is_what_is_read() {
    for kind in CATALOGUE {
        for phase in kind.phases {
            let text = format!("{phase}:{}", kind.name);
            let fault: Fault = text.parse().unwrap();
            assert_eq!((fault.phase(), fault.name()), (*phase, kind.name));
            assert_eq!(fault.to_string(), text);
        }
    }
}

#[tokio::test]
async fn faults_can_be_given_at_the_start_and_repeat_with_their_seed() {
    let run = async |seed| {
        let faults: kling_emulator::Faults = "balance:status=500*forever?40%".parse().unwrap();
        let emulator = manual().seed(seed).faults(faults).start().await.unwrap();
        let mut answer_to = Vec::new();
        for _ in 0..40 {
            answer_to.push(get(&emulator, "/v1/balance").await.status);
        }
        answer_to
    };
    let first = run(3).await;
    assert_eq!(first, run(3).await);
    assert_ne!(first, run(4).await);
    assert!(first.contains(&200) && first.contains(&500));
}

#[tokio::test]
async fn posting_again_after_a_lost_answer_is_a_double_charge() {
    let emulator = manual().start().await.unwrap();
    emulator.inject(fault("submit:reset-after-read"));
    raw(&emulator, &submit()).await;
    assert_eq!(emulator.ledger().double_charges(), 0);
    assert_eq!(post(&emulator, SUBMIT, BODY).await.status, 200);
    assert_eq!(emulator.ledger().double_charges(), 1);
}
