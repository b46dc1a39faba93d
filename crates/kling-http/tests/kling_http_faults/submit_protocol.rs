//! Submits to servers that speak HTTP/2.

use crate::submit_rows;
use crate::support::ACCEPTED;
use crate::support::h2::{Break, serve, speak_h2_anyway};
use crate::support::http::answer;
use crate::support::matrix::Observed;
use crate::support::server::Server;
use crate::support::subject::{Aim, Hardened, Seen, Subject};
use crate::support::tls::{Authority, Certificate};

submit_rows!(
    s33_stream_refused_after_reading,
    s34_going_away_after_reading
);

async fn broken(subject: &dyn Subject, how: Break) -> Vec<Observed> {
    let authority = Authority::new(Certificate::Good);
    let mut observed = Vec::new();
    for (case, protocols, regardless) in [
        ("a server of HTTP/2 only", &["h2"][..], false),
        ("a server that speaks it regardless", &[][..], true),
    ] {
        let server = Server::start_tls(authority.acceptor(protocols), move |conn| async move {
            if regardless {
                speak_h2_anyway(conn, how).await;
            } else {
                serve(conn, how).await;
            }
        })
        .await;
        let aim = Aim::at(server.url()).trusting(&authority.root);
        let seen = subject.submit(&aim, 1).await;
        observed.push(Observed {
            case: case.to_owned(),
            attempts: 1,
            posts: server.ledger.posts(),
            charges: server.ledger.charges(),
            seen,
        });
    }
    observed
}

pub(crate) async fn s33_stream_refused_after_reading(subject: &dyn Subject) -> Vec<Observed> {
    broken(subject, Break::Refused).await
}

pub(crate) async fn s34_going_away_after_reading(subject: &dyn Subject) -> Vec<Observed> {
    broken(subject, Break::GoAway).await
}

/// HTTP/2 is not offered: a server that supports nothing else never sees the request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_is_not_offered() {
    let authority = Authority::new(Certificate::Good);
    let server = Server::start_tls(authority.acceptor(&["h2"]), |conn| {
        serve(conn, Break::Refused)
    })
    .await;
    let aim = Aim::at(server.url()).trusting(&authority.root);
    let seen = Hardened.submit(&aim, 1).await;
    assert_eq!(
        seen,
        [Seen::NotSent {
            configuration: true
        }]
    );
    assert_eq!(server.ledger.posts(), 0);

    // A server that supports both gets HTTP/1.1.
    let server = Server::start_tls(
        authority.acceptor(&["h2", "http/1.1"]),
        |mut conn| async move {
            if conn.read().await.is_some() {
                conn.send_last(&answer(200, ACCEPTED)).await;
            }
        },
    )
    .await;
    let aim = Aim::at(server.url()).trusting(&authority.root);
    let seen = Hardened.submit(&aim, 1).await;
    assert_eq!(seen, [Seen::Accepted("video_1".to_owned())]);
}
