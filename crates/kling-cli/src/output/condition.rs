//! Conditions of contracts in words.

use kling_spec::{Condition, Path};

/// Formats a condition as a clause: `` `mode` is "std" ``.
pub(crate) fn clause(condition: &Condition) -> String {
    match condition {
        Condition::Present(path) => format!("`{path}` is given"),
        Condition::Const(path, value) => format!("`{path}` is {value}"),
        Condition::MaxItems(lists, most) => format!("{} have at most {most} items", names(lists)),
        Condition::Contains(list, item) => {
            format!("`{list}` has an item in which {}", clause(item))
        }
        Condition::MaxContains(list, item, most) => {
            format!(
                "`{list}` has at most {most} items in which {}",
                clause(item)
            )
        }
        Condition::Not(inner) => format!("it is not the case that {}", clause(inner)),
        Condition::AllOf(several) => joined(several, " and "),
        Condition::AnyOf(several) => joined(several, " or "),
    }
}

fn names(lists: &[Path]) -> String {
    lists
        .iter()
        .map(|list| format!("`{list}`"))
        .collect::<Vec<_>>()
        .join(" and ")
}

fn joined(several: &[Condition], word: &str) -> String {
    several.iter().map(clause).collect::<Vec<_>>().join(word)
}
