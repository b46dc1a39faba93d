//! What reaches a terminal: colour if wanted, and nothing by which the input could affect it.

use std::process::Stdio;

use crate::support::{CLEAN, ERROR, Folder, pipe, program, run};

/// Characters that a terminal or an editor acts on: escape sequences, a bell, C1 controls, bidirectional and
/// zero-width characters, tags.
const NASTY: &str = "\u{1b}[31m\u{7}\u{9b}\u{85}\u{202e}\u{2066}\u{200b}\u{200d}\u{feff}\u{ad}\u{e0041}\u{7f}\u{2028}";

#[track_caller]
fn assert_harmless(text: &str) {
    let nasty = |character: char| {
        character != '\n'
            && (character.is_control()
                || NASTY.contains(character) && !('!'..='~').contains(&character))
    };
    assert_eq!(text.find(nasty), None, "{text:?}");
}

#[test]
fn nothing_of_a_request_reaches_the_terminal() {
    let escaped = NASTY
        .encode_utf16()
        .fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"));
    let raw: String = NASTY
        .chars()
        .filter(|character| *character >= ' ')
        .collect();
    let texts = [
        CLEAN.replace("\"prompt\"", &format!("\"{escaped}\": 1, \"prompt\"")),
        ERROR.replace('7', &format!("\"{escaped}\"")),
        ERROR.replace("boat", &format!("boat{raw}")),
        ERROR.replace("kling-v3", &escaped),
        CLEAN.replace(
            '}',
            &format!(", \"image_urls\": [\"https://{escaped}/a.png\", \"{escaped}\"]}}"),
        ),
        format!("{{\"model\": {NASTY}"),
        format!("{NASTY}{ERROR}"),
    ];
    for text in &texts {
        for format in ["human", "summary", "json", "jsonl"] {
            let ran = pipe(&["check", "--format", format], text);
            assert_eq!(ran.code, 1, "{text:?}");
            assert_harmless(&ran.out);
            assert_harmless(&ran.err);
        }
        let bill = pipe(&["bill"], text);
        assert_harmless(&bill.out);
    }
}

#[test]
fn json_escapes_and_keeps_what_is_odd() {
    let folder = Folder::new();
    folder.write("a\u{202e}\u{1b}.json", ERROR);
    let ran = folder.run(&["check", "--format", "json", "."]);
    assert_harmless(&ran.out);
    assert!(
        ran.out.contains("\"file\":\"a\\u202e\\u001b.json\""),
        "{}",
        ran.out
    );
    assert_eq!(ran.json()["diagnostics"][0]["file"], "a\u{202e}\u{1b}.json");
}

#[test]
fn names_and_arguments_are_shown_safely() {
    let folder = Folder::new();
    let name = format!("a{NASTY}.json");
    folder.write(&name, ERROR);
    for format in ["human", "summary", "github"] {
        let ran = folder.run(&["check", "--format", format, &name]);
        assert!(ran.out.contains("a\\u{1b}[31m\\u{7}"), "{}", ran.out);
        assert_harmless(&ran.out);
    }
    let missing = format!("missing{NASTY}");
    for arguments in [
        ["check", &missing],
        ["explain", &missing],
        ["models", &missing],
        ["schema", &missing],
        ["man", &missing],
        ["completions", &missing],
        ["check", &format!("--allow={missing}")],
        ["check", &format!("--model={missing}")],
        ["check", &format!("--spec={missing}")],
        ["check", &format!("--{missing}")],
    ] {
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert_harmless(&ran.err);
    }
}

#[test]
fn colour_is_for_terminals_and_who_asks_for_it() {
    assert!(!pipe(&["check"], ERROR).out.contains('\u{1b}'));
    assert!(
        !pipe(&["check", "--color", "never"], ERROR)
            .out
            .contains('\u{1b}')
    );
    let coloured = pipe(&["check", "--color", "always"], ERROR).out;
    assert!(
        coloured.starts_with("\u{1b}[1m\u{1b}[31merror[wrong-value]\u{1b}[0m\u{1b}[1m: "),
        "{coloured:?}"
    );
    let plain: String = coloured
        .split('\u{1b}')
        .map(|part| {
            part.split_once('m')
                .filter(|(sgr, _)| sgr.starts_with('['))
                .map_or(part, |(_, text)| text)
        })
        .collect();
    assert_eq!(plain, pipe(&["check"], ERROR).out);
    assert!(
        !pipe(&["check", "--color", "always", "--format", "json"], ERROR)
            .out
            .contains('\u{1b}')
    );
}

#[test]
fn no_color_does_not_override_an_option_for_colour() {
    let folder = Folder::with(&[("a.json", ERROR)]);
    for (arguments, coloured) in [(&["--color", "always"][..], true), (&[], false)] {
        let output = program(folder.path())
            .args(["check", "a.json"])
            .args(arguments)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.stdout.contains(&0x1b), coloured);
    }
}

#[test]
fn carets_are_under_wide_and_odd_characters() {
    let out = pipe(
        &["check"],
        "{\"model\": \"kling-v3\", \"prompt\": \"日本\u{200b}\u{301}\", \t\"duration\": 7}",
    )
    .out;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[3],
        "1 | {\"model\": \"kling-v3\", \"prompt\": \"日本\u{fffd}\u{301}\",     \"duration\": 7}"
    );
    assert_eq!(
        lines[4].find('^').unwrap(),
        "1 | {\"model\": \"kling-v3\", \"prompt\": \"....?\",     \"duration\": ".len()
    );
}

#[test]
fn a_long_line_is_cut_around_its_mark() {
    let text = CLEAN
        .replace("pond", &"pond ".repeat(300))
        .replace('}', ", \"duration\": 7, \"mode\": \"std\"}");
    let out = pipe(&["check", "--allow", "notes"], text).out;
    let line = out.lines().find(|line| line.starts_with("1 | ")).unwrap();
    assert!(
        line.starts_with("1 | …") && line.ends_with(", \"duration\": 7, \"mode\": \"std\"}"),
        "{line}"
    );
    // There would be room at the end for the mark of a cut.
    assert_eq!(line.chars().count(), 79, "{line}");
}

#[test]
fn help_goes_to_the_standard_output_and_faults_to_the_other() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    let fault = run(&["chekc"]);
    assert_eq!((fault.code, fault.out.as_str()), (2, ""));
    assert!(fault.err.contains("check"), "{}", fault.err);
}
