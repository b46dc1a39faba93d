//! Names and numbers on the command line: completion, suggestions, and units.

use crate::support::{CLEAN, pipe, run};

#[test]
fn scripts_complete_what_the_program_knows() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).out;
        for name in [
            "audio-with-video-list",
            "wrong-value",
            "warnings",
            "kling-v3-omni",
            "answers",
            "sarif",
            "reset-after-read",
            "resume",
        ] {
            // The scripts for fish have no values for arguments, only for options.
            let has_it = shell != "fish" || name != "answers";
            assert_eq!(script.contains(name), has_it, "{shell}: {name}");
        }
    }
}

#[test]
fn a_name_of_a_contract_of_ones_own_is_still_taken() {
    let ran = run(&["explain", "no-rule-of-ours"]);
    assert_eq!(
        ran.err,
        "error: `no-rule-of-ours` is not a rule; `kling explain` lists the rules\n"
    );
}

#[test]
fn commands_of_commands_have_man_pages() {
    let page = run(&["man", "jobs", "resume"]).out;
    assert!(page.contains(".TH kling-jobs-resume 1"), "{page}");
    assert!(page.contains("never sent again"), "{page}");
    let fault = run(&["man", "jobs", "resum"]);
    assert_eq!(
        (fault.code, fault.err.as_str()),
        (
            2,
            "error: `resum` is not a command; did you mean `resume`?\n"
        )
    );
}

#[test]
fn a_slip_in_a_fault_has_a_suggestion() {
    for (fault, message) in [
        (
            "submit:reset-after-raed",
            "did you mean `submit:reset-after-read`?",
        ),
        (
            "submt:reset-after-read",
            "did you mean `submit:reset-after-read`?",
        ),
        (
            "poll:status=503*3,poll:statsu=503",
            "did you mean `poll:status`?",
        ),
        ("submit:nothing-like-it", "the names for submit are "),
        ("poll:status=x", "is not a status"),
    ] {
        let ran = run(&["emulator", "--port", "0", "--fault", fault]);
        assert_eq!(ran.code, 2, "{fault}");
        assert!(ran.err.contains(message), "{}", ran.err);
        assert!(
            ran.err
                .ends_with("; `kling emulator --list-faults` lists all of them\n"),
            "{}",
            ran.err
        );
        let named = fault.rsplit(',').next().unwrap();
        assert_eq!(ran.err.matches(named).count(), 1, "{}", ran.err);
    }
}

#[test]
fn bytes_have_units() {
    let text = CLEAN.replace("pond", &"pond ".repeat(400));
    for (limit, code) in [("1kB", 1), ("1KiB", 1), ("10MB", 0), ("3000", 0)] {
        let ran = pipe(
            &["check", "--allow", "notes", "--max-request-size", limit],
            &text,
        );
        assert_eq!(ran.code, code, "{limit}: {}", ran.out);
    }
    for arguments in [
        ["check", "--max-request-size", "10XB"],
        ["lsp", "--max-request-size", "0"],
        ["download", "--max-bytes", "much"],
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2);
        assert!(
            ran.err
                .contains("give a number of bytes above 0, such as `500000`, `10MB` or `8MiB`"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_time_is_printed_with_its_form() {
    let ran = run(&["wait", "order-7", "--timeout", "5min"]);
    assert!(
        ran.err
            .contains("give seconds without a unit, such as `90` or `1.5`"),
        "{}",
        ran.err
    );
}

#[cfg(feature = "client")]
#[test]
fn a_wrong_command_line_is_reported_to_programs_too() {
    for arguments in [
        &["jobs", "show", "abc"][..],
        &["generate", "r.json", "--timeout", "0"],
        &["submit", "r.json", "--client-id", "a b", "--format", "json"],
        &["--color", "never", "status"],
        &["status", ""],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        let reason = ran.json()["reason"].clone();
        let reason = reason.as_str().unwrap();
        assert!(!reason.is_empty() && !reason.contains("Usage"), "{reason}");
    }
    // Nothing is added to the output of other commands, or to that for people.
    for arguments in [
        &["check", "--format", "nonsense"][..],
        &["jobs", "show", "abc", "--format=human"],
    ] {
        assert_eq!(run(arguments).out, "", "{arguments:?}");
    }
}

#[test]
fn an_unknown_model_has_the_same_message_everywhere_and_no_number_is_taken_for_another() {
    let models = "the models are `kling-v3-omni`, `kling-v3` and `kling-v3-fast`";
    for (id, message) in [
        (
            "kling-v3-omi",
            format!(
                "did you mean `kling-v3-omni`? {}",
                models.replacen('t', "T", 1)
            ),
        ),
        ("kling-v3.0", models.to_owned()),
        ("kling-v4", models.to_owned()),
        ("waves-1", models.to_owned()),
    ] {
        let message = format!("is not the id of a known model; {message}\n");
        let ran = run(&["models", id]);
        assert_eq!(
            (ran.code, ran.err),
            (2, format!("error: `{id}` {message}")),
            "{id}"
        );
        let ran = run(&["check", "--model", id, "-"]);
        assert_eq!(ran.err, format!("error: --model: `{id}` {message}"));
        let is_suggested = id == "kling-v3-omi";
        let ran = run(&["schema", id]);
        assert_eq!(
            ran.err.contains("did you mean"),
            is_suggested,
            "{}",
            ran.err
        );
    }
}

#[test]
fn the_limits_of_uploads_are_those_that_the_service_names() {
    let help = run(&["upload", "--help"]).out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for limit in ["at most 10 MB", "at most 50 MB"] {
        assert!(help.contains(limit), "{help}");
    }
    let limits = run(&["doctor"]).json()["checks"].clone();
    let limits = limits.as_array().unwrap().last().unwrap().clone();
    let message = limits["message"].as_str().unwrap();
    for limit in ["images up to 10 MB", "videos up to 50 MB"] {
        assert!(message.contains(limit), "{limits}");
    }
}

#[test]
fn every_part_of_a_name_is_in_the_help() {
    let help = run(&["download", "--help"]).out;
    for part in ["{id}", "{model}", "{date}", "{index}"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn man_pages_have_the_usual_sections() {
    for command in [&["man"][..], &["man", "check"], &["man", "jobs", "resume"]] {
        let page = run(command).out;
        assert!(!page.contains("EXTRA"), "{command:?}: {page}");
        let sections: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix(".SH "))
            .collect();
        let place = |name: &str| sections.iter().position(|section| *section == name);
        assert!(place("EXAMPLES").is_some(), "{command:?}: {sections:?}");
        if command.len() > 1 {
            assert!(place("\"EXIT STATUS\"") < place("EXAMPLES"), "{sections:?}");
            assert!(!page.contains("Exit codes: "), "{page}");
        }
        assert!(!page.contains("\nExamples:"), "{page}");
    }
}
