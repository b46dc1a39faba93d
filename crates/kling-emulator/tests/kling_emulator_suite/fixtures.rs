//! Every fixture through the emulator: its answers and charges match `service` of the findings.

use std::fs;
use std::path::{Path, PathBuf};

use kling_check::Checker;
use kling_emulator::Emulator;
use kling_json::{Buffer, Document};
use kling_spec::Service;

use crate::client::{Answer, SUBMIT, charges, manual, send};

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether any finding says that the service refuses the request, and whether any is an error.
fn expected(checker: &Checker, text: &[u8]) -> (bool, bool) {
    let document = Document::read_bytes(text, Buffer::default());
    let report = checker.check(&document);
    let mut findings = report.findings().iter();
    let refuses = findings.any(|found| found.service() == Service::Refuses);
    (refuses, report.has_errors())
}

async fn submit(emulator: &Emulator, body: &[u8]) -> (Answer, usize) {
    let before = charges(emulator);
    let json = [("Content-Type", "application/json")];
    let answer = send(emulator, "POST", SUBMIT, &json, body).await;
    (answer, charges(emulator) - before)
}

#[tokio::test]
async fn what_is_refused_and_what_is_charged_is_what_the_contracts_say() {
    let checker = Checker::embedded();
    let emulator = manual().start().await.unwrap();
    let strict = manual().strict(true).start().await.unwrap();
    let (mut refusals, mut ignored, mut taken) = (0, 0, 0);
    for path in fixtures() {
        let body = fs::read(&path).unwrap();
        let name = path.display();
        let (refuses, has_errors) = expected(&checker, &body);
        let (answer, charged) = submit(&emulator, &body).await;
        assert_eq!(
            (answer.status, charged),
            if refuses { (400, 0) } else { (200, 1) },
            "{name}"
        );
        let (in_strict, charged) = submit(&strict, &body).await;
        let refuses_strictly = refuses || has_errors;
        assert_eq!(
            (in_strict.status, charged),
            if refuses_strictly { (400, 0) } else { (200, 1) },
            "{name}"
        );
        match (refuses, has_errors) {
            (true, _) => {
                assert!(
                    answer.json()["error"]["message"]
                        .as_str()
                        .is_some_and(|text| !text.is_empty()),
                    "{name}"
                );
                refusals += 1;
            }
            (false, true) => ignored += 1,
            (false, false) => {
                let ledger = emulator.ledger();
                let charge = ledger.charges().last().unwrap();
                let document = Document::read_bytes(&body, Buffer::default());
                let bill = checker.check(&document).bill();
                assert_eq!(
                    bill.map(|bill| (bill.spec, bill.seconds)),
                    Ok((charge.spec.as_str(), charge.seconds)),
                    "{name}"
                );
                taken += 1;
            }
        }
    }
    assert!(
        refusals > 50 && ignored > 20 && taken > 50,
        "{refusals} {ignored} {taken}"
    );
}
