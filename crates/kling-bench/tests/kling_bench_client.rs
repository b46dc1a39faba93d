//! The client measurements, with too little data to measure anything.

use std::process::Command;

#[test]
fn both_tables_are_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_kling-bench"))
        .args(["--quick", "client", "--tasks", "20", "--questions", "64"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let row = |name: &str| {
        text.lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap_or_else(|| panic!("no row {name}: {text}"))
    };
    assert!(row("hyper-util").contains(">= 0.75"), "{text}");
    assert!(row("kling-http").contains('1'), "{text}");
    if cfg!(target_os = "linux") {
        assert!(
            row("20 tasks, asked for every 1 s").contains("<= 2"),
            "{text}"
        );
        // Asked for repeatedly, not only once.
        let rate = row("20 tasks, asked for every 0.2 s")
            .split_whitespace()
            .rev()
            .nth(2)
            .and_then(|cell| cell.parse::<f64>().ok());
        assert!(rate.is_some_and(|rate| rate > 0.0), "{text}");
    }
}

#[test]
fn the_process_with_the_client_says_when_there_is_no_service() {
    let output = Command::new(env!("CARGO_BIN_EXE_kling-bench"))
        .args(["waiting", "--base-url", "ftp://127.0.0.1", "--tasks", "1"])
        .args(["--first-poll", "1", "--interval", "1", "--times", "1"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("kling-bench: "), "{text}");
}
