//! `kling check --fix`, `--unsafe-fixes` and `--diff`.

use std::fs;
use std::process::Command;

use crate::support::{CLEAN, Folder, pipe, program, run_in};

/// Two mistakes that can be fixed without guessing, and one that cannot.
const SLIPS: &str = r#"{
  "model": "kling-v3",
  "prompt": "a paper boat",
  "duration": "5",
  "aspect_ratio": "16:9",
  "seconds": 5
}
"#;
const LINE: &str = r#"{"model": "Kling-V3", "prompt": "a paper boat", "duration": 5.0}"#;
const LINE_FIXED: &str = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 5}"#;

#[test]
fn files_are_fixed_in_place_and_the_rest_is_reported() {
    let folder = Folder::with(&[
        (
            "a.json",
            "{\"model\": \"kling-v3\",\n \"prompt\": \"x\", \"duration\": \"5\", \"mode\": \"best\"}\n",
        ),
        ("clean.json", CLEAN),
        ("package.json", r#"{"name": "x", "duration": "5"}"#),
        (
            "broken.json",
            r#"{"model": "kling-v3", "prompt": "x", "duration": "5",}"#,
        ),
    ]);
    let before = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let untouched = ["clean.json", "package.json", "broken.json"].map(before);
    let ran = folder.run(&["check", "--fix", "--format", "json", "."]);
    assert_eq!(
        before("a.json"),
        "{\"model\": \"kling-v3\",\n \"prompt\": \"x\", \"duration\": 5, \"mode\": \"best\"}\n"
    );
    assert_eq!(
        ["clean.json", "package.json", "broken.json"].map(before),
        untouched
    );
    assert_eq!(
        ran.findings(),
        [
            "a.json#0 wrong-value 2:40",
            "broken.json#0 wrong-type 1:50",
            "broken.json#0 json-syntax 1:53"
        ]
    );
    assert!(
        ran.err.starts_with("fixed 1 finding in 1 file"),
        "{}",
        ran.err
    );
    assert_eq!(ran.code, 1);
    let again = folder.run(&["check", "--fix", "a.json"]);
    assert!(again.err.starts_with("nothing was fixed"), "{}", again.err);
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["a.json", "broken.json", "clean.json", "package.json"]
    );
}

#[test]
fn lines_are_fixed_one_by_one() {
    let long = format!(
        "{{\"model\": \"kling-v3\", \"prompt\": \"{}\", \"duration\": \"5\"}}",
        "x".repeat(400)
    );
    let text = format!("{LINE}\r\n\nno json\n{long}\n{CLEAN}\n{LINE}");
    let folder = Folder::with(&[("a.jsonl", &text)]);
    let ran = folder.run(&["check", "--fix", "--max-request-size", "300", "a.jsonl"]);
    let fixed = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(
        fixed,
        format!("{LINE_FIXED}\r\n\nno json\n{long}\n{CLEAN}\n{LINE_FIXED}")
    );
    assert!(
        ran.err.starts_with("fixed 4 findings in 1 file"),
        "{}",
        ran.err
    );
}

#[test]
fn a_diff_changes_nothing_and_can_be_applied() {
    let folder = Folder::with(&[
        ("a.json", SLIPS),
        ("b.jsonl", &format!("{CLEAN}\n{LINE}\n")),
    ]);
    let ran = folder.run(&["check", "--diff", "--unsafe-fixes", "."]);
    assert_eq!(ran.code, 1);
    for (name, text) in [
        ("a.json", SLIPS.to_owned()),
        ("b.jsonl", format!("{CLEAN}\n{LINE}\n")),
    ] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
    assert!(
        ran.out.contains("--- a/a.json\n+++ b/a.json\n@@ "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!(
            "@@ -1,2 +1,2 @@\n {CLEAN}\n-{LINE}\n+{LINE_FIXED}\n"
        )),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("would fix "), "{}", ran.err);
    fs::write(folder.path().join("d.patch"), &ran.out).unwrap();
    let patched = Command::new("git")
        .args(["apply", "d.patch"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(patched.success(), "{}", ran.out);
    let by_patch = ["a.json", "b.jsonl"].map(|name| fs::read(folder.path().join(name)).unwrap());
    fs::write(folder.path().join("a.json"), SLIPS).unwrap();
    fs::write(folder.path().join("b.jsonl"), format!("{CLEAN}\n{LINE}\n")).unwrap();
    folder.run(&["check", "--unsafe-fixes", "a.json", "b.jsonl"]);
    assert_eq!(
        ["a.json", "b.jsonl"].map(|name| fs::read(folder.path().join(name)).unwrap()),
        by_patch
    );
    let ran = folder.run(&["check", "--diff", "--unsafe-fixes", "a.json", "b.jsonl"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let folder = Folder::new();
    let ran = run_in(folder.path(), &["check", "--fix", "-"], LINE.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (0, LINE_FIXED));
    let lines = format!("{LINE}\nno json\n");
    let ran = run_in(
        folder.path(),
        &["check", "--fix", "--lines", "-"],
        lines.as_bytes(),
    );
    assert_eq!((ran.code, ran.out), (1, format!("{LINE_FIXED}\nno json\n")));
    let ran = run_in(
        folder.path(),
        &["check", "--diff", "--lines", "-"],
        lines.as_bytes(),
    );
    assert_eq!(
        (ran.code, ran.out),
        (
            1,
            format!("--- a/-\n+++ b/-\n@@ -1,2 +1,2 @@\n-{LINE}\n+{LINE_FIXED}\n no json\n")
        )
    );
}

#[test]
fn what_cannot_be_read_as_a_request_is_reported_and_never_checked_in_part() {
    let odd = b"{\"model\":\"kling-v3\",\"prompt\":\"A \xff\",\"duration\":\"5\"}";
    let folder = Folder::new();
    folder.write("odd.json", odd);
    for option in ["--fix", "--diff"] {
        let output = program(folder.path())
            .args(["check", option, "-"])
            .stdin(fs::File::open(folder.path().join("odd.json")).unwrap())
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}: {message}");
        assert!(message.contains("it is not valid UTF-8"), "{message}");
        assert!(!message.contains("nothing to check"), "{message}");
    }
    // The rest of a text that is too long is not a request.
    let long = CLEAN.replace('}', &format!("{}}}", " ".repeat(100)));
    let ran = pipe(&["check", "--max-request-size", "60", "--fix", "-"], long);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(!ran.err.contains("json-syntax"), "{}", ran.err);
}

#[test]
fn no_safe_fix_makes_one_address_of_two_or_drops_a_resolution() {
    for member in [
        r#""image_urls": "https://example.com/a.png,https://example.com/b.png""#,
        r#""size": "1080x1920""#,
    ] {
        let text = CLEAN.replace('}', &format!(", {member}}}"));
        let ran = pipe(&["check", "--fix", "-"], &text);
        assert_eq!((ran.code, ran.out), (1, text), "{}", ran.err);
    }
}

#[test]
fn allowed_findings_are_not_fixed() {
    let folder = Folder::with(&[("a.json", LINE)]);
    let ran = folder.run(&["check", "--fix", "--allow", "number-notation", "a.json"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(
        fs::read_to_string(folder.path().join("a.json"))
            .unwrap()
            .contains("\"kling-v3\"")
    );
    assert!(
        fs::read_to_string(folder.path().join("a.json"))
            .unwrap()
            .contains("5.0")
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::with(&[("in/a.json", LINE)]);
    let (file, link) = (
        folder.path().join("in/a.json"),
        folder.path().join("link.json"),
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("in/a.json", &link).unwrap();
    assert_eq!(folder.run(&["check", "--fix", "link.json"]).code, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), LINE_FIXED);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let missing = folder.run(&["check", "--fix", "missing.json", "in/a.json"]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.err.contains("cannot read `missing.json`"),
        "{}",
        missing.err
    );
}

#[test]
fn a_read_only_file_is_left_alone_and_the_others_are_fixed() {
    let folder = Folder::with(&[("a.json", LINE), ("b.json", LINE)]);
    let file = folder.path().join("a.json");
    let writable = fs::metadata(&file).unwrap().permissions();
    let mut read_only = writable.clone();
    read_only.set_readonly(true);
    fs::set_permissions(&file, read_only).unwrap();
    let ran = folder.run(&["check", "--fix", "."]);
    fs::set_permissions(&file, writable).unwrap();
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err
            .contains("error: cannot fix `a.json`: it is read-only; "),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("fixed 2 findings in 1 file"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), LINE);
    let other = folder.path().join("b.json");
    assert_eq!(fs::read_to_string(other).unwrap(), LINE_FIXED);
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_stays_one_file() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = Folder::with(&[("a.json", LINE)]);
    let names = ["a.json", "b.json"].map(|name| folder.path().join(name));
    fs::hard_link(&names[0], &names[1]).unwrap();
    let number = fs::metadata(&names[0]).unwrap().ino();
    assert_eq!(folder.run(&["check", "--fix", "b.json"]).code, 0);
    for name in &names {
        assert_eq!(fs::read_to_string(name).unwrap(), LINE_FIXED);
        let metadata = fs::metadata(name).unwrap();
        assert_eq!((metadata.ino(), metadata.nlink()), (number, 2));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn attributes_access_lists_and_the_owner_stay() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    use rustix::io::Errno;
    use std::os::unix::fs::{MetadataExt as _, chown};
    /// Version 2: the owner reads and writes, user 4242 reads and writes, the group reads, others nothing.
    const ACCESS: [[u16; 4]; 5] = [
        [0x01, 6, 0xffff, 0xffff],
        [0x02, 6, 4242, 0],
        [0x04, 4, 0xffff, 0xffff],
        [0x10, 6, 0xffff, 0xffff],
        [0x20, 0, 0xffff, 0xffff],
    ];
    let folder = Folder::with(&[("a.json", LINE)]);
    let file = folder.path().join("a.json");
    // Only an administrator can change the owner of a file.
    let owner = if rustix::process::geteuid().is_root() {
        chown(&file, Some(4243), Some(4244)).unwrap();
        (4243, 4244)
    } else {
        let metadata = fs::metadata(&file).unwrap();
        (metadata.uid(), metadata.gid())
    };
    let mut access = vec![2, 0, 0, 0];
    access.extend(ACCESS.iter().flatten().flat_map(|part| part.to_le_bytes()));
    let attributes = [
        ("user.note", b"kept".to_vec()),
        ("user.empty", Vec::new()),
        ("system.posix_acl_access", access),
    ];
    for (name, value) in &attributes {
        match setxattr(&file, *name, value, XattrFlags::empty()) {
            // The file system may have no attributes: then there are none to keep.
            Ok(()) | Err(Errno::NOTSUP) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
    let read = || {
        attributes.clone().map(|(name, _)| {
            let mut value = [0; 100];
            let length = getxattr(&file, name, &mut value[..]);
            length.map(|length| value[..length].to_vec())
        })
    };
    let before = (read(), fs::metadata(&file).unwrap().mode());
    assert_eq!(folder.run(&["check", "--fix", "a.json"]).code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), LINE_FIXED);
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!((read(), metadata.mode()), before);
    assert_eq!((metadata.uid(), metadata.gid()), owner);
}
