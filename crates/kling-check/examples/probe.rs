//! probe
fn main() {
    let checker = kling_check::Checker::embedded();
    for name in ["zz", "moodel", "abcdefghij"] {
        let unknown: String = (0..200_000).map(|index| format!("\"{name}{index}\": 1, ")).collect();
        let text = format!("{{\"model\": \"kling-v3-omni\", {unknown} \"prompt\": \"x\"}}");
        let start = std::time::Instant::now();
        let report = checker.check(&text);
        println!("{name} {:?} {} {}", start.elapsed(), report.omitted.total(), text.len());
    }
}
