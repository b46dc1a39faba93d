use std::io::Read;
use kling_check::json::v1::{Diagnostic, Place};
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let checker = kling_check::Checker::embedded();
    let (mut offset, mut lines) = (0u64, 0u64);
    let mut buffer = kling_json::Buffer::default();
    for (i, line) in text.lines().enumerate() {
        let document = kling_json::Document::read_into(line, buffer);
        {
            let report = checker.check(&document);
            let fixes = if std::env::args().nth(1).is_some() { report.fixes() } else { Vec::new() };
            for (n, d) in report.diagnostics().iter().enumerate() {
                let place = Place { file: "-", request: i as u64, offset, lines };
                let mut d = Diagnostic::new(place, report.model(), d);
                if let Some(fix) = fixes.iter().find(|f| f.finding == n) { d = d.with_fix(place, fix); }
                println!("{}", serde_json::to_string(&d).unwrap());
            }
            println!("{{\"bill\":{:?},\"output\":{:?}}}", report.bill().ok().map(|b| (b.spec.to_owned(), b.seconds)), report.output().is_some());
        }
        offset += line.len() as u64 + 1;
        lines += 1;
        buffer = document.into_buffer();
    }
}
