//! The pages that the contracts follow: each says what its contract says.

use std::collections::BTreeSet;
use std::fs;

use kling_spec::EMBEDDED;

use crate::support::{page, pages, run_on};

#[test]
fn every_contract_says_what_its_page_says() {
    let mut seen = BTreeSet::new();
    for contract in EMBEDDED {
        for edition in contract.editions() {
            let ran = run_on(&page(contract.id, edition), contract.id, edition);
            assert_eq!(ran.failure, None, "{}", ran.messages);
            assert_eq!(ran.patch, "");
            assert!(ran.messages.contains("no differences"), "{}", ran.messages);
            seen.insert(format!("{}/{edition}", contract.id));
        }
    }
    // No page is left over.
    let folders = fs::read_dir(pages())
        .unwrap()
        .map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    let names = files.map(|file| {
        let path = file.unwrap().path();
        let name = path.strip_prefix(pages()).unwrap().with_extension("");
        name.to_str().unwrap().to_owned()
    });
    assert_eq!(names.collect::<BTreeSet<_>>(), seen);
}

#[test]
fn a_page_of_another_edition_differs() {
    for contract in EMBEDDED {
        for edition in contract.editions() {
            for other in contract.editions().filter(|other| *other != edition) {
                let ran = run_on(&page(contract.id, other), contract.id, edition);
                assert!(ran.failure.is_some(), "{} {edition} {other}", contract.id);
            }
        }
    }
}

#[test]
fn what_a_copy_does_not_show_is_noted() {
    let ran = run_on(&page("kling-v3", "seed"), "kling-v3", "seed");
    let notes: Vec<&str> = ran
        .messages
        .lines()
        .filter(|line| line.starts_with("note: "))
        .collect();
    assert_eq!(
        notes,
        [
            "note: the copy of the page does not show the names of the parameters, so new ones are not seen",
            "note: the copy of the page does not show types",
            "note: the copy of the page does not show which parameters are required",
            "note: the copy of the page does not show defaults",
        ]
    );
    let folded = page("kling-v3", "2026-06");
    let (start, end) = (
        folded.find("<details><summary>Fields of an image").unwrap(),
        folded.find("</details>").unwrap(),
    );
    let ran = run_on(
        &format!("{}{}", &folded[..start], &folded[end..]),
        "kling-v3",
        "2026-06",
    );
    assert_eq!(ran.failure, None, "{}", ran.messages);
    assert!(
        ran.messages.starts_with(
            "note: the copy of the page does not show what is in `image_with_roles`\n"
        )
    );
}

/// A later edition of each model, from the page alone: what a person would write by hand beside the rules.
#[test]
fn a_patch_of_the_next_page_loads_and_leaves_no_differences() {
    for contract in EMBEDDED {
        for edition in contract.editions() {
            for other in contract.editions().filter(|other| *other != edition) {
                let text = page(contract.id, other);
                let ran = run_on(&text, contract.id, edition);
                let subject = xtask::drift::Subject::new(contract.id, edition).unwrap();
                let shown = format!(
                    "{} {edition} {other}\n{}\n{}",
                    contract.id, ran.messages, ran.patch
                );
                let patched = subject
                    .patched(&ran.patch)
                    .unwrap_or_else(|error| panic!("{error}\n{shown}"));
                let rest = xtask::drift::drift(&text, &patched).unwrap();
                assert_eq!(rest.differences, [], "{shown}");
            }
        }
    }
}
