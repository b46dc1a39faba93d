//! The workflow in the root's README: its text, and the scripts of its steps.

use crate::failure::{Failure, Result};

/// The beginning of the block in the README.
const OPENING: &str = "```yaml\n# .github/workflows/";

/// Returns the workflow in a README.
///
/// # Errors
/// There is none, or it does not end.
pub fn of_readme(readme: &str) -> Result<&str> {
    let text = readme
        .split_once(OPENING)
        .and_then(|(_, rest)| rest.split_once("\n```"));
    text.map(|(text, _)| text)
        .ok_or_else(|| Failure::new("the README shows no workflow"))
}

/// Returns the `run` script of each step.
pub fn scripts(workflow: &str) -> Vec<String> {
    let lines: Vec<&str> = workflow.lines().collect();
    let begins = lines.iter().enumerate().filter_map(|(number, line)| {
        let word = line.trim_start().trim_start_matches("- ");
        Some((number, indent(line), word.strip_prefix("run: ")?))
    });
    begins
        .map(|(number, column, first)| {
            if first != "|" {
                return format!("{first}\n");
            }
            let below = lines[number + 1..]
                .iter()
                .take_while(|line| line.is_empty() || indent(line) > column);
            let below: Vec<&str> = below.map(|line| line.trim_start()).collect();
            below.join("\n") + "\n"
        })
        .collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_read_whole() {
        let readme = "# x\n```yaml\n# .github/workflows/a.yml\nsteps:\n  - run: one\n  - name: x\n    run: |\n      two\n\n      three\n    env: {}\n```\n";
        let workflow = of_readme(readme).unwrap();
        assert_eq!(scripts(workflow), ["one\n", "two\n\nthree\n"]);
        assert!(of_readme("# x\n").is_err());
    }
}
