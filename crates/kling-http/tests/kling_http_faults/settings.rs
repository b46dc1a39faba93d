//! What is refused before anything is sent, and what no text may contain.

use std::process::Command;
use std::time::Duration;

use kling_http::{Body, Client, Responsible, TaskRef, Timeouts};

use crate::support::http::answer;
use crate::support::server::{Server, closed_port};
use crate::support::{ACCEPTED, CANARY, PATIENT, assert_no_key, builder, client};

crate::rows!(s40_key_that_no_header_holds, s41_http_that_shows_the_key);

#[test]
fn s40_key_that_no_header_holds() {
    for key in [
        "",
        "sk-canary\n",
        "sk-canary\r\nx: y",
        "sk-\0canary",
        "sk-canaré",
        " sk-canary",
        "sk canary",
    ] {
        let error = Client::builder(key.into()).build().unwrap_err();
        assert!(error.is_config(), "{key:?}");
        assert_eq!(error.responsible(), Responsible::Caller);
        assert!(!format!("{error:?} {error}").contains("canar"), "{error:?}");
    }
}

#[test]
fn s41_http_that_shows_the_key() {
    let built = |base: &str, proxy: Option<&str>, insecure: bool| {
        let mut builder = Client::builder(CANARY.into())
            .base_url(base)
            .insecure_http(insecure);
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        builder.build()
    };
    let proxy = Some("http://127.0.0.1:3128");
    for (base, proxy) in [
        ("http://toapis.com", None),
        ("http://10.0.0.1", None),
        ("http://127.0.0.1:1", proxy),
        ("http://localhost:1/v1", proxy),
    ] {
        assert!(built(base, proxy, false).unwrap_err().is_config(), "{base}");
        assert!(built(base, proxy, true).is_ok(), "{base}");
    }
    for base in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
        assert!(built(base, None, false).is_ok(), "{base}");
    }
}

#[test]
fn other_settings_that_cannot_be() {
    let good = || builder("http://127.0.0.1:1");
    let timeouts = |connect| Timeouts { connect, ..PATIENT };
    for (case, builder) in [
        (
            "no connect timeout",
            good().timeouts(timeouts(Duration::ZERO)),
        ),
        (
            "too long a connect timeout",
            good().timeouts(timeouts(PATIENT.submit)),
        ),
        (
            "a header of the client's own",
            good().extra_header("Authorization", "Bearer x"),
        ),
        (
            "a header that proxies act on",
            good().extra_header("idempotency-key", "x"),
        ),
        (
            "a header with a line's end",
            good().extra_header("x-a", "secret-value\nx: y"),
        ),
        ("no name of a header", good().extra_header("x a", "y")),
        (
            "a proxy of another kind",
            good()
                .insecure_http(true)
                .proxy("socks5://u:secret-value@127.0.0.1"),
        ),
        ("no certificate", good().root_certificate("none")),
        ("a user agent with a line's end", good().user_agent("a\nb")),
        (
            "no key elsewhere",
            Client::keyless().base_url("https://toapis.com"),
        ),
    ] {
        let error = builder
            .build()
            .err()
            .unwrap_or_else(|| panic!("{case} is taken"));
        assert!(error.is_config(), "{case}: {error:?}");
        assert!(
            !format!("{error:?} {error}").contains("secret-value"),
            "{case}: {error:?}"
        );
    }
}

#[tokio::test]
async fn headers_go_to_the_service() {
    let server = Server::answering(|_, _| answer(200, ACCEPTED)).await;
    let client = builder(&server.url())
        .extra_header("X-Team", "films")
        .user_agent("studio/1")
        .build()
        .unwrap();
    let _ = client.submit(&Body::from_json_text("{}")).await;
    let request = &server.ledger.requests()[0];
    assert_eq!(request.header("x-team"), Some("films"));
    assert_eq!(request.header("user-agent"), Some("studio/1"));
}

#[tokio::test]
async fn without_a_key_none_is_sent() {
    let server = Server::answering(|_, _| answer(200, ACCEPTED)).await;
    let client = Client::keyless().base_url(server.url()).build().unwrap();
    let _ = client.submit(&Body::from_json_text("{}")).await;
    assert_eq!(server.ledger.requests()[0].header("authorization"), None);
}

#[tokio::test]
async fn an_invalid_id_is_not_looked_up() {
    let client = client(&closed_port());
    for id in ["", ".", "..", "a\nb", &"x".repeat(513)] {
        let error = client.status(&TaskRef::id(id)).await.unwrap_err();
        assert!(error.is_input(), "{id:?}: {error:?}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let builder = builder("http://127.0.0.1:1")
        .insecure_http(true)
        .proxy("http://u:hidden@127.0.0.1:2")
        .extra_header("x-a", "hidden");
    let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert_no_key(&shown);
    assert!(!shown.contains("hidden"), "{shown}");
}

/// Returns the client that a child process makes from these environment variables, as text.
fn from_env(variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "settings::what_the_environment_gives",
            "--nocapture",
        ])
        .env_remove("TOAPIS_API_KEY")
        .env_remove("TOAPIS_BASE_URL")
        .env("KLING_HTTP_CHILD", "1")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.split_once("client: "));
    line.unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[test]
fn what_the_environment_gives() {
    if std::env::var_os("KLING_HTTP_CHILD").is_some() {
        match Client::from_env() {
            Ok(client) => println!("client: {}", client.origin()),
            Err(error) => println!("client: {error}"),
        }
        return;
    }
    let key = ("TOAPIS_API_KEY", CANARY);
    assert_eq!(from_env(&[key]), "https://toapis.com");
    assert_eq!(
        from_env(&[key, ("TOAPIS_BASE_URL", "https://toapis.cn/v1")]),
        "https://toapis.cn"
    );
    assert_eq!(
        from_env(&[]),
        "the environment variable `TOAPIS_API_KEY` is not set"
    );
    assert_eq!(from_env(&[("TOAPIS_API_KEY", "")]), "the key is empty");
}
