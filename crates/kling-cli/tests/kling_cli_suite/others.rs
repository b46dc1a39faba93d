//! The commands other than `check` and `bill`.

use std::fs;

use crate::support::{Folder, run};

#[test]
fn an_unknown_name_is_a_fault_with_a_suggestion() {
    let check = |arguments: &[&str], message: &str| {
        let ran = run(arguments);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (2, "", message),
            "{arguments:?}"
        );
    };
    check(
        &["explain", "wrong-vlaue"],
        "error: `wrong-vlaue` is not a rule; did you mean `wrong-value`?\n",
    );
    check(
        &["explain", "repeated-frames"],
        "error: `repeated-frames` is not a rule; did you mean `repeated-frame`?\n",
    );
    check(
        &["explain", "xyzzy"],
        "error: `xyzzy` is not a rule; `kling explain` lists the rules\n",
    );
    check(
        &["models", "kling-v3-omin"],
        "error: `kling-v3-omin` is not the id of a known model; did you mean `kling-v3-omni`? The models are \
         `kling-v3-omni`, `kling-v3` and `kling-v3-fast`\n",
    );
    check(
        &["models", "veo"],
        "error: `veo` is not the id of a known model; the models are `kling-v3-omni`, `kling-v3` and `kling-v3-fast`\n",
    );
    check(
        &["schema", "reprot"],
        "error: `reprot` is not a schema; did you mean `report`?\n",
    );
    check(
        &["man", "chekc"],
        "error: `chekc` is not a command; did you mean `check`?\n",
    );
}

#[test]
fn every_listed_rule_can_be_explained() {
    let list = run(&["explain"]).out;
    assert!(list.lines().count() > 40);
    for line in list.lines() {
        let id = line.split_whitespace().next().unwrap();
        let ran = run(&["explain", id]);
        assert_eq!(ran.code, 0, "{id}");
        assert!(
            ran.out.starts_with(&format!("{id}\n")) && ran.out.contains("message: "),
            "{}",
            ran.out
        );
    }
}

#[test]
fn every_schema_is_printed_and_written() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["schema", "--all", "out/schemas"]).code, 0);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path().join("out/schemas")).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .strip_suffix(".schema.json")
            .unwrap()
            .to_owned();
        let printed = run(&["schema", &name]);
        assert_eq!(fs::read_to_string(&path).unwrap(), printed.out, "{name}");
        assert!(jsonschema::meta::is_valid(&printed.json()), "{name}");
        names.push(name);
    }
    names.sort();
    assert_eq!(
        names,
        [
            #[cfg(feature = "client")]
            "answers",
            "any",
            "config",
            "contract",
            "kling-v3",
            "kling-v3-fast",
            "kling-v3-omni",
            "report"
        ]
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_a_fault() {
    let folder = Folder::with(&[("file", "")]);
    for command in ["schema", "man"] {
        let ran = folder.run(&[command, "--all", "file/below"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(
            ran.err.starts_with("error: cannot write `file/below`: "),
            "{}",
            ran.err
        );
    }
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.out.contains("max-request-size"), "{shell}");
    }
    assert_eq!(run(&["completions", "cmd"]).code, 2);
}

#[test]
fn man_pages_say_what_the_help_says() {
    assert!(run(&["man"]).out.contains(".TH kling 1"));
    let page = run(&["man", "check"]).out;
    assert!(
        page.contains(".TH kling-check 1") && page.contains("\\-\\-max\\-request\\-size"),
        "{page}"
    );
    assert_eq!(run(&["man", "check", "--all", "x"]).code, 2);
}
