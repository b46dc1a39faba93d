//! One request per line.

use crate::support::{CLEAN, ERROR, Folder, pipe, run_in};

const ARGUMENTS: [&str; 4] = ["check", "--lines", "--format", "json"];

#[test]
fn a_bad_line_shifts_nothing() {
    let text = format!("{CLEAN}\nno json\n{ERROR}\n[]\n{{\"model\": \"kling-v3\"}}\n");
    let ran = pipe(&ARGUMENTS, text);
    let expected = [
        "-#1 json-syntax 2:1",
        "-#2 wrong-value 3:61",
        "-#3 not-an-object 4:1",
        "-#4 missing-field 5:1",
    ];
    assert_eq!(
        (ran.code, ran.findings()),
        (1, expected.map(str::to_owned).to_vec())
    );
    assert_eq!(ran.json()["summary"]["requests"], 5);
}

#[test]
fn blank_lines_are_lines_without_requests() {
    let text = format!("\n  \t\n{CLEAN}\n\r\n{ERROR}\n\n{ERROR}");
    let ran = pipe(&ARGUMENTS, text);
    assert_eq!(
        ran.findings(),
        ["-#1 wrong-value 5:61", "-#2 wrong-value 7:61"]
    );
    assert_eq!(ran.json()["summary"]["requests"], 3);
}

#[test]
fn spans_are_those_of_the_file() {
    let text = format!("{CLEAN}\r\n\r\n{ERROR}\r\n{ERROR}");
    let report = pipe(&ARGUMENTS, &text).json();
    for found in report["diagnostics"].as_array().unwrap() {
        let offset = |end: &str| usize::try_from(found["span"][end].as_u64().unwrap()).unwrap();
        assert_eq!(&text[offset("start")..offset("end")], "7");
    }
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 2);
}

#[test]
fn a_file_of_lines_is_known_by_its_name() {
    let text = format!("{CLEAN}\n{ERROR}\n");
    let folder = Folder::with(&[("a.jsonl", &text), ("b.ndjson", &text), ("c.txt", &text)]);
    let ran = folder.run(&["check", "--format", "json", "a.jsonl", "b.ndjson", "c.txt"]);
    let expected = [
        "a.jsonl#1 wrong-value 2:61",
        "b.ndjson#1 wrong-value 2:61",
        "c.txt#0 json-syntax 2:1",
    ];
    assert_eq!(ran.findings(), expected);
    let ran = folder.run(&["check", "--format", "json", "--lines", "c.txt"]);
    assert_eq!(ran.findings(), ["c.txt#1 wrong-value 2:61"]);
}

#[test]
fn a_byte_order_mark_is_a_fault_of_the_first_line_alone() {
    let ran = pipe(&ARGUMENTS, format!("\u{feff}{CLEAN}\n{CLEAN}\n"));
    assert_eq!(ran.findings(), ["-#0 json-syntax 1:1"]);
}

#[test]
fn invalid_utf8_is_an_error_of_its_line_only() {
    let mut text = format!("{CLEAN}\n").into_bytes();
    text.extend_from_slice(b"{\"model\": \"caf\xe9\"}\n");
    text.extend_from_slice(format!("{ERROR}\n{CLEAN}\n").as_bytes());
    let ran = pipe(&ARGUMENTS, text);
    assert_eq!(
        ran.findings(),
        ["-#1 json-syntax 2:15", "-#2 wrong-value 3:61"]
    );
}

#[test]
fn a_line_over_the_limit_is_passed_over_alone() {
    let long = format!(
        r#"{{"model": "kling-v3", "prompt": "{}"}}"#,
        "long ".repeat(200_000)
    );
    let text = format!("{ERROR}\n{long}\n\n{ERROR}\n{long}\r\n{long}");
    for limit in ["200", "300000", "999999"] {
        let ran = pipe(
            &[
                "check",
                "--lines",
                "--format",
                "json",
                "--max-request-size",
                limit,
            ],
            &text,
        );
        let expected = [
            "-#0 wrong-value 1:61",
            "-#1 request-too-large 2:1",
            "-#2 wrong-value 4:61",
            "-#3 request-too-large 5:1",
            "-#4 request-too-large 6:1",
        ];
        assert_eq!(ran.findings(), expected, "limit {limit}");
        let start = ERROR.len() + 1;
        assert_eq!(
            ran.json()["diagnostics"][1]["span"]["start"],
            start,
            "limit {limit}"
        );
    }
    let exact = long.len().to_string();
    let ran = pipe(
        &[
            "check",
            "--lines",
            "--format",
            "json",
            "--max-request-size",
            &exact,
        ],
        &text,
    );
    let rules: Vec<_> = ran
        .findings()
        .iter()
        .map(|found| found.split(' ').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(
        rules,
        [
            "wrong-value",
            "too-long",
            "wrong-value",
            "too-long",
            "too-long"
        ]
    );
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let mut text = String::new();
    for number in 0..4_000 {
        match number % 7 {
            0 => text.push_str(ERROR),
            1 => text.push_str("no json"),
            2 => {}
            3 => text.push_str(&CLEAN.replace("pond", &"pond ".repeat(number % 1499))),
            _ => text.push_str(CLEAN),
        }
        text.push_str(if number % 3 == 0 { "\r\n" } else { "\n" });
    }
    assert!(
        text.len() > 1 << 20,
        "the text has to be longer than several blocks"
    );
    let folder = Folder::with(&[("a.jsonl", &text), ("b.json", ERROR), ("c.jsonl", &text)]);
    for format in ["human", "json", "jsonl", "summary"] {
        let run = |threads: &str| {
            run_in(
                folder.path(),
                &[
                    "check",
                    "--threads",
                    threads,
                    "--format",
                    format,
                    "a.jsonl",
                    "b.json",
                    "c.jsonl",
                ],
                b"",
            )
        };
        let one = run("1");
        assert_eq!(one.code, 1);
        assert!(one.out.contains("b.json"), "{format}");
        for threads in ["2", "8"] {
            assert!(
                run(threads) == one,
                "{format} with {threads} threads differs from one thread"
            );
        }
    }
}

#[test]
fn what_comes_slowly_is_checked_as_it_comes() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;

    let folder = Folder::new();
    let mut child = crate::support::program(folder.path())
        .args(["check", "--lines", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for index in 0..3 {
        writeln!(stdin, "{ERROR}").unwrap();
        stdin.flush().unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(
            answer.contains(&format!(r#""request":{index},"#)),
            "{answer}"
        );
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn requests_on_lines_of_their_own_are_not_to_be_removed() {
    let text = format!("{CLEAN}\n{ERROR}\n{CLEAN}\n");
    let folder = Folder::with(&[("a.txt", &text), ("b.json", &text)]);
    for file in ["a.txt", "b.json"] {
        let ran = folder.run(&["check", file]);
        assert_eq!(ran.code, 1);
        assert!(
            ran.out.contains(
                "= help: if each line is a request, use `kling check --lines`, or name the file `.jsonl`\n"
            ),
            "{}",
            ran.out
        );
        assert!(!ran.out.contains("remove what follows"), "{}", ran.out);
    }
    // On the same line, or with something else, it is no list of requests.
    for rest in [
        format!(" {ERROR}"),
        "\nand more".to_owned(),
        "\n}".to_owned(),
    ] {
        let ran = pipe(&["check", "-"], format!("{CLEAN}{rest}"));
        assert!(ran.out.contains("remove what follows"), "{}", ran.out);
    }
}
