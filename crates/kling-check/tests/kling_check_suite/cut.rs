//! Texts that break off: what is there is checked, and what may have followed is not reported as missing.

use std::collections::BTreeSet;

use kling_check::Checker;
use kling_json::{Document, Kind};

use crate::support::{fixture_texts, keeping_all, lines, shortened};

/// This many fixtures are cut.
const CUT: usize = 20;

/// Returns objects without missing members, to be cut at every place.
fn whole_requests(checker: &Checker) -> Vec<String> {
    let is_whole = |text: &String| {
        let document = Document::read(text.as_str());
        let is_json = document.error().is_none() && document.root().kind() == Kind::Object;
        let report = checker.check(&document);
        let mut rules = report.findings().iter().map(|found| found.rule().id());
        is_json && rules.all(|rule| rule != "missing-field")
    };
    let texts = fixture_texts().filter(|text| text.len() < 2_000);
    let whole: Vec<String> = texts.filter(is_whole).collect();
    let step = whole.len() / CUT;
    whole.into_iter().step_by(step).take(CUT).collect()
}

#[test]
fn a_text_cut_anywhere_has_one_syntax_error_and_lacks_nothing() {
    let checker = keeping_all(Checker::embedded());
    let texts = whole_requests(&checker);
    assert_eq!(texts.len(), CUT);
    let (mut cuts, mut others) = (0, 0);
    for text in &texts {
        let document = Document::read(text.as_str());
        let all: BTreeSet<String> = lines(&checker.check(&document)).into_iter().collect();
        // The request may be followed by white space.
        let end = document.root().span().end;
        for at in (0..end).filter(|at| text.is_char_boundary(*at)) {
            let cut = Document::read(&text[..at]);
            let found = lines(&checker.check(&cut));
            let (syntax, rest): (Vec<_>, Vec<_>) = found
                .iter()
                .partition(|line| line.contains(" json-syntax "));
            assert_eq!(syntax, ["error json-syntax (root)"], "{}", &text[..at]);
            for line in rest {
                // Any finding in a part is also a finding in the whole.
                assert!(all.contains(line), "{line}: {}", &text[..at]);
                assert!(
                    !line.contains(" missing-field "),
                    "{}",
                    shortened(cut.text())
                );
                others += 1;
            }
            cuts += 1;
        }
    }
    println!("{cuts} cuts; {others} other findings");
    assert!(cuts > 2_000 && others > 200, "{cuts}, {others}");
}
