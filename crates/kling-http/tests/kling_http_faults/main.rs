//! Every fault of `matrix.toml` is produced by a server on loopback, one test per row, named after it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod asking;
mod balance;
mod canary;
mod clock;
mod download;
mod download_at_once;
mod download_file;
mod download_formats;
mod download_hosts;
mod download_resume;
mod poll;
mod questions;
mod rate_limits;
mod reasons;
mod settings;
mod submit_answer;
mod submit_connect;
mod submit_cut;
mod submit_protocol;
mod submit_status;
mod unhardened;
mod upload;

/// The tests of rows, by name: each begins with the row's id.
const TESTS: &[&[&str]] = &[
    clock::TESTS,
    download::TESTS,
    download_file::TESTS,
    download_hosts::TESTS,
    poll::TESTS,
    settings::TESTS,
    submit_answer::TESTS,
    submit_connect::TESTS,
    submit_cut::TESTS,
    submit_protocol::TESTS,
    submit_status::TESTS,
    upload::TESTS,
];

/// Tests of submits: each scenario runs with this crate's client and is checked against its row.
macro_rules! submit_rows {
    ($($name:ident),* $(,)?) => {
        pub(crate) const TESTS: &[&str] = &[$(stringify!($name)),*];

        mod rows {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let observed = super::$name(&crate::support::subject::Hardened).await;
                    let id = stringify!($name)[..3].to_uppercase();
                    let violations = crate::support::matrix::violations(&id, &observed);
                    assert!(violations.is_empty(), "{violations:#?}");
                }
            )*
        }
    };
}
pub(crate) use submit_rows;

/// Other tests of rows: a list of their names.
macro_rules! rows {
    ($($name:ident),* $(,)?) => {
        pub(crate) const TESTS: &[&str] = &[$(stringify!($name)),*];
        // Fails to compile if a name in the list is not a test.
        $(const _: fn() = $name;)*
    };
}
pub(crate) use rows;

#[test]
fn every_row_has_a_test_and_every_test_a_row() {
    let rows = support::matrix::rows();
    let mut tested: Vec<String> = TESTS
        .iter()
        .flat_map(|names| names.iter())
        .map(|name| name[..3].to_uppercase())
        .collect();
    tested.sort();
    tested.dedup();
    let untested: Vec<&String> = rows
        .iter()
        .filter(|(id, row)| row.elsewhere.is_none() && !tested.contains(id))
        .map(|(id, _)| id)
        .collect();
    assert!(untested.is_empty(), "without a test: {untested:?}");
    let unknown: Vec<&String> = tested.iter().filter(|id| !rows.contains_key(*id)).collect();
    assert!(unknown.is_empty(), "no row: {unknown:?}");
}
