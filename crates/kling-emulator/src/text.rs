//! Foreign texts as they are shown and logged: as much of them as somebody reads.

/// The longest text of a fault, in characters.
pub(crate) const FAULT: usize = 80;

/// The longest place in a request, in characters.
pub(crate) const PLACE: usize = 200;

/// The text, or its beginning with a sign that there is more; at most so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut beginning: String = text.chars().take(most.saturating_sub(1)).collect();
    beginning.push('…');
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_and_what_is_longer_is_cut() {
        assert_eq!(shortened("né", 2), "né");
        assert_eq!(shortened("née", 2), "n…");
        assert_eq!(shortened("a", 0), "…");
        assert_eq!(shortened(&"x".repeat(900_000), 80).chars().count(), 80);
    }
}
