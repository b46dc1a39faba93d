//! Words as they are written in messages.

/// Words as a list in prose: `a`, `a or b`, `a, b or c`.
pub(crate) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_read_as_prose() {
        let words: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(alternatives(&words[..1]), "a");
        assert_eq!(alternatives(&words[..2]), "a or b");
        assert_eq!(alternatives(&words), "a, b or c");
    }
}
