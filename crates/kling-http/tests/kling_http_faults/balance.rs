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
    assert_eq!(balance.remain_balance.unwrap().to_string(), "10.5");
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

#[tokio::test]
async fn what_an_edition_adds_to_the_balance_is_kept() {
    let body = r#"{"success":true,"remain_balance":-1,"used_balance":0.1,"unlimited_quota":true,
        "remain_credits":40.25,"used_credits":"7.50","credits_per_usd":200,"note":"x"}"#;
    let server = Server::answering(move |_, _| answer(200, body)).await;
    let balance = client(&server.url()).balance().await.unwrap();
    assert!(balance.is_unlimited());
    assert_eq!(
        serde_json::to_string(&balance).unwrap(),
        r#"{"remain_balance":-1,"used_balance":0.1,"unlimited_quota":true,"remain_credits":40.25,"credits_per_usd":200,"note":"x","success":true,"used_credits":"7.50"}"#
    );

    // An earlier edition, and one that says it with a number alone.
    for (body, is_unlimited) in [
        (r#"{"remain_balance":-1}"#, true),
        (r#"{"remain_balance":-1,"unlimited_quota":false}"#, false),
        (r#"{"remain_balance":1,"remain_credits":null}"#, false),
    ] {
        let server = Server::answering(move |_, _| answer(200, body)).await;
        let balance = client(&server.url()).balance().await.unwrap();
        assert_eq!(balance.is_unlimited(), is_unlimited, "{body}");
        assert_eq!(balance.remain_credits, None, "{body}");
    }
}
