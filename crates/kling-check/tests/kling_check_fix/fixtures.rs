//! Each fixture of a fix becomes the file beside it: `NAME.fixed.json` by safe fixes, `NAME.unsafe.json` by all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kling_check::{Checker, Which};
use kling_json::Document;

/// Returns the texts of a folder, by file name without `.json`.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let name = name.strip_suffix(".json").unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let models = fs::read_dir(root).unwrap();
    let folders = models.map(|entry| entry.unwrap().path().join("fixes"));
    let mut folders: Vec<PathBuf> = folders.filter(|folder| folder.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn every_fixture_becomes_its_expected_text() {
    let checker = Checker::embedded();
    let (mut safe, mut guessed) = (0, 0);
    for folder in folders() {
        let texts = texts(&folder);
        for (name, text) in &texts {
            let place = format!("{}/{name}", folder.display());
            if let Some((origin, kind)) = name.split_once('.') {
                assert!(texts.contains_key(origin), "{place} is made from nothing");
                assert!(matches!(kind, "fixed" | "unsafe"), "{place}");
                continue;
            }
            let fixed = texts.get(&format!("{name}.fixed"));
            let all = texts.get(&format!("{name}.unsafe"));
            assert!(fixed.is_some() || all.is_some(), "{place} becomes nothing");
            safe += usize::from(fixed.is_some());
            guessed += usize::from(all.is_some());
            let fixed = fixed.unwrap_or(text);
            assert_eq!(checker.fix(text, Which::Safe).text, *fixed, "{place}");
            let all = all.unwrap_or(fixed);
            assert_eq!(checker.fix(text, Which::All).text, *all, "{place}");
        }
    }
    assert!(safe > 30 && guessed > 10, "{safe} safe, {guessed} guessed");
}

#[test]
fn what_people_read_of_each_fix() {
    let checker = Checker::embedded();
    let mut titles = String::new();
    for folder in folders() {
        let model = folder.parent().unwrap().file_name().unwrap();
        for (name, text) in texts(&folder) {
            if name.contains('.') {
                continue;
            }
            writeln!(titles, "{}/{name}", model.display()).unwrap();
            let document = Document::read(text);
            let report = checker.check(&document);
            for fix in report.fixes() {
                let safe = if fix.safe { "safe  " } else { "unsafe" };
                let rule = report.findings()[fix.finding].rule().id();
                writeln!(titles, "  {safe} {rule}: {}", fix.title).unwrap();
            }
        }
    }
    insta::assert_snapshot!("titles", titles);
}
