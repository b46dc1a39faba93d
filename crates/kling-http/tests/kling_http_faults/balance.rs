//! Requests for the balance.

use crate::support::client;
use crate::support::http::answer;
use crate::support::server::Server;

#[tokio::test]
async fn the_balance() {
    let body =
        r#"{"success":true,"remain_balance":10.5,"used_balance":2.3,"unlimited_quota":false}"#;
    let server = Server::answering(move |_, _| answer(200, body)).await;
    let balance = client(&server.url()).balance().await.unwrap();
    assert_eq!(balance.remain_balance.unwrap().as_f64(), Some(10.5));
    assert_eq!(balance.unlimited_quota, Some(false));

    let server =
        Server::answering(|_, _| answer(200, r#"{"success":false,"message":"closed"}"#)).await;
    let error = client(&server.url()).balance().await.unwrap_err();
    assert!(
        error.is_status() && error.to_string().contains("closed"),
        "{error}"
    );
    assert_eq!(server.ledger.requests().len(), 1);
}
