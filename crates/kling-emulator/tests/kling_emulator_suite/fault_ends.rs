//! Connections that end too early, in every way and at every moment.

use std::time::Duration;

use kling_emulator::{Emulator, Limits};

use crate::client::{
    BODY, Ending, SUBMIT, charges, fault, get, manual, post, raw, request, submitted,
};

/// An emulator whose silent faults are short.
async fn impatient() -> Emulator {
    let mut limits = Limits::default();
    limits.hang = Duration::from_millis(50);
    manual().limits(limits).start().await.unwrap()
}

fn submit() -> Vec<u8> {
    request("POST", SUBMIT, &[], BODY.as_bytes())
}

#[tokio::test]
async fn a_submit_without_an_answer_is_charged_if_it_was_read() {
    let emulator = impatient().await;
    for (text, ending, charged) in [
        ("submit:close-before-read", None, 0),
        ("submit:reset-before-read", Some(Ending::Reset), 0),
        ("submit:hang-before-read", None, 0),
        ("submit:close-mid-read", None, 0),
        ("submit:reset-mid-read", Some(Ending::Reset), 0),
        ("submit:hang-mid-read", None, 0),
        ("submit:close-after-read", Some(Ending::Closed), 1),
        ("submit:reset-after-read", Some(Ending::Reset), 1),
        ("submit:hang-after-read", Some(Ending::Closed), 1),
    ] {
        emulator.inject(fault(text));
        let before = charges(&emulator);
        let received = raw(&emulator, &submit()).await;
        assert_eq!(received.text(), "", "{text}");
        if let Some(ending) = ending {
            assert_eq!(received.ending, ending, "{text}");
        }
        assert_eq!(charges(&emulator) - before, charged, "{text}");
        let exchange = emulator.requests().pop().unwrap();
        assert_eq!(exchange.status, None, "{text}");
        assert_eq!(exchange.complete, charged == 1, "{text}");
        assert_eq!(exchange.fault.as_deref(), Some(text));
        assert_eq!(exchange.charged.is_some(), charged == 1, "{text}");
    }
    submitted(&emulator).await;
}

#[tokio::test]
async fn connections_end_before_anything_is_read() {
    let emulator = impatient().await;
    for (text, ending) in [
        ("connect:close", None),
        ("connect:reset", Some(Ending::Reset)),
        ("connect:hang", None),
    ] {
        emulator.inject(fault(text));
        let received = raw(&emulator, &submit()).await;
        assert_eq!(received.text(), "", "{text}");
        if let Some(ending) = ending {
            assert_eq!(received.ending, ending, "{text}");
        }
    }
    // The request was never read, so it does not count.
    assert_eq!((emulator.request_count(), charges(&emulator)), (0, 0));
    submitted(&emulator).await;
}

#[tokio::test]
async fn a_closed_port_refuses_until_it_is_opened() {
    let emulator = impatient().await;
    emulator.inject(fault("connect:refuse=3600000"));
    // The port closes on the next turn of the listener.
    while tokio::net::TcpStream::connect(emulator.address())
        .await
        .is_ok()
    {}
    let refused = tokio::net::TcpStream::connect(emulator.address()).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionRefused
    );
    // The system does not assign the port to another process in the meantime.
    #[cfg(target_os = "linux")]
    {
        let other = tokio::net::TcpSocket::new_v4().unwrap();
        let taken = other.bind(emulator.address());
        assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    }
    emulator.clear_faults();
    while tokio::net::TcpStream::connect(emulator.address())
        .await
        .is_err()
    {
        tokio::task::yield_now().await;
    }
    submitted(&emulator).await;
    // A port that opens again by itself.
    emulator.inject(fault("connect:refuse=1"));
    while tokio::net::TcpStream::connect(emulator.address())
        .await
        .is_err()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_may_come_before_the_request_is_read() {
    let emulator = impatient().await;
    for (text, status) in [("submit:early", 413), ("submit:early=400", 400)] {
        emulator.inject(fault(text));
        // The body is never sent in full.
        let mut bytes = submit();
        bytes.truncate(bytes.len() - 10);
        let answer = raw(&emulator, &bytes).await.answer();
        assert_eq!(
            (answer.status, answer.header("connection")),
            (status, Some("close"))
        );
    }
    assert_eq!(charges(&emulator), 0);
}

#[tokio::test]
async fn a_fault_may_be_asked_for_by_a_header() {
    let emulator = impatient().await;
    let with = |text: &'static str| {
        request(
            "POST",
            SUBMIT,
            &[("X-Emulator-Fault", text)],
            BODY.as_bytes(),
        )
    };
    emulator.inject(fault("submit:status=503"));
    let received = raw(&emulator, &with("submit:reset-after-read")).await;
    assert_eq!(
        (received.text().as_str(), received.ending),
        ("", Ending::Reset)
    );
    let answer = raw(&emulator, &with("any:status=418")).await.answer();
    assert_eq!(answer.status, 418);
    let answer = raw(&emulator, &with("job:fail=x")).await.answer();
    assert_eq!(answer.status, 200);
    for wrong in ["nonsense", "poll:status=500", "submit:status=12"] {
        let answer = raw(&emulator, &with(wrong)).await.answer();
        assert_eq!(answer.status, 400);
        assert!(
            answer.json()["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with("X-Emulator-Fault: ")
        );
    }
    // The waiting fault still waits: it is for requests without the header.
    assert_eq!(post(&emulator, SUBMIT, BODY).await.status, 503);
}

#[tokio::test]
async fn a_burst_of_errors_ends() {
    let emulator = impatient().await;
    let id = submitted(&emulator).await;
    emulator.inject(fault("poll:pass"));
    emulator.inject(fault("poll:status=503*3"));
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(get(&emulator, &format!("{SUBMIT}/{id}")).await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 503, 200]);
}
