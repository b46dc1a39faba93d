//! Submits that fail before a connection is made.

use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::submit_rows;
use crate::support::http::answer;
use crate::support::matrix::Observed;
use crate::support::server::{Server, closed_port};
use crate::support::subject::{Aim, Seen, Subject};
use crate::support::tls::{Authority, Certificate};
use crate::support::{ACCEPTED, CANARY};

submit_rows!(
    s01_the_name_has_no_address,
    s03_connection_refused,
    s04_connection_never_answered,
    s05_no_way_to_the_network,
    s06_certificate_not_to_be_trusted,
    s07_handshake_breaks_off,
    s08_handshake_hangs,
    s09_proxy_refuses,
);

const SOON: Duration = Duration::from_millis(300);

/// One attempt that no server must see.
async fn unseen(subject: &dyn Subject, case: &str, aim: Aim) -> Observed {
    Observed {
        case: case.to_owned(),
        attempts: 1,
        posts: 0,
        charges: 0,
        seen: subject.submit(&aim, 1).await,
    }
}

/// One attempt at a server.
async fn at(subject: &dyn Subject, case: &str, server: &Server, aim: Aim) -> Observed {
    let seen = subject.submit(&aim, 1).await;
    Observed {
        case: case.to_owned(),
        attempts: 1,
        posts: server.ledger.posts(),
        charges: server.ledger.charges(),
        seen,
    }
}

pub(crate) async fn s01_the_name_has_no_address(subject: &dyn Subject) -> Vec<Observed> {
    let root = Authority::new(Certificate::Good).root;
    let aim = Aim::at("https://x.invalid")
        .trusting(&root)
        .connecting_in(Duration::from_secs(3));
    vec![unseen(subject, "a name that never exists", aim).await]
}

pub(crate) async fn s03_connection_refused(subject: &dyn Subject) -> Vec<Observed> {
    let aim = Aim::at(closed_port());
    vec![unseen(subject, "a closed port", aim).await]
}

/// A listener whose queue is full: further connections get no answer on Linux, and are refused elsewhere.
pub(crate) struct FullQueue {
    listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl FullQueue {
    pub(crate) async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(Ok(stream)) = tokio::time::timeout(SOON, TcpStream::connect(address)).await {
            queued.push(stream);
            assert!(queued.len() < 1000, "the queue never fills");
        }
        Self {
            listener,
            _queued: queued,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }
}

pub(crate) async fn s04_connection_never_answered(subject: &dyn Subject) -> Vec<Observed> {
    let full = FullQueue::new().await;
    let aim = Aim::at(full.url()).connecting_in(SOON);
    vec![unseen(subject, "a full queue", aim).await]
}

pub(crate) async fn s05_no_way_to_the_network(subject: &dyn Subject) -> Vec<Observed> {
    let root = Authority::new(Certificate::Good).root;
    // TCP has no broadcast: the kernel reports at once that there is no route.
    let aim = Aim::at("https://255.255.255.255")
        .trusting(&root)
        .connecting_in(Duration::from_secs(3));
    vec![unseen(subject, "an address without a way", aim).await]
}

pub(crate) async fn s06_certificate_not_to_be_trusted(subject: &dyn Subject) -> Vec<Observed> {
    let mut observed = Vec::new();
    let stranger = Authority::new(Certificate::Good).root;
    for certificate in [
        Certificate::Good,
        Certificate::Expired,
        Certificate::WrongName,
    ] {
        let authority = Authority::new(certificate);
        let server = Server::start_tls(authority.acceptor(&["http/1.1"]), |mut conn| async move {
            conn.read().await;
            conn.ledger.charge();
            conn.send_last(&answer(200, ACCEPTED)).await;
        })
        .await;
        let root = if certificate == Certificate::Good {
            &stranger
        } else {
            &authority.root
        };
        let case = format!("{certificate:?}");
        let seen = at(
            subject,
            &case,
            &server,
            Aim::at(server.url()).trusting(root),
        )
        .await;
        assert_eq!(
            seen.seen,
            [Seen::NotSent {
                configuration: true
            }],
            "{case}"
        );
        observed.push(seen);
    }
    observed
}

pub(crate) async fn s07_handshake_breaks_off(subject: &dyn Subject) -> Vec<Observed> {
    let root = Authority::new(Certificate::Good).root;
    let mut observed = Vec::new();
    for reset in [false, true] {
        let server = Server::start(move |mut conn| async move {
            conn.read_some().await;
            if reset {
                conn.reset();
            }
        })
        .await;
        let aim = Aim::at(server.url().replace("http:", "https:")).trusting(&root);
        let seen = at(subject, if reset { "reset" } else { "end" }, &server, aim).await;
        assert_eq!(
            seen.seen,
            [Seen::NotSent {
                configuration: false
            }]
        );
        observed.push(seen);
    }
    observed
}

pub(crate) async fn s08_handshake_hangs(subject: &dyn Subject) -> Vec<Observed> {
    let root = Authority::new(Certificate::Good).root;
    let server = Server::start(|mut conn| async move { conn.drain().await }).await;
    let aim = Aim::at(server.url().replace("http:", "https:"))
        .trusting(&root)
        .connecting_in(SOON);
    vec![at(subject, "silence", &server, aim).await]
}

pub(crate) async fn s09_proxy_refuses(subject: &dyn Subject) -> Vec<Observed> {
    let root = Authority::new(Certificate::Good).root;
    let mut observed = Vec::new();
    for (status, configuration) in [(407, true), (502, false)] {
        let proxy = Server::answering(move |_, _| answer(status, "")).await;
        let aim = Aim::at("https://toapis.example.com")
            .trusting(&root)
            .through(proxy.url());
        let seen = at(subject, &status.to_string(), &proxy, aim).await;
        assert_eq!(seen.seen, [Seen::NotSent { configuration }], "{status}");
        let asked = proxy.ledger.requests();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].method, "CONNECT");
        assert!(
            !format!("{asked:?}").contains(CANARY),
            "the proxy saw the key"
        );
        observed.push(seen);
    }
    observed
}
