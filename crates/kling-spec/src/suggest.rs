//! "Did you mean": the known word nearest to a written one.

/// The candidate that `word` most probably stands for, if one is near enough.
///
/// Case, blanks, underscores and hyphens count for nothing; otherwise about a third of the letters
/// may differ. Of equally near candidates the one nearest in length is given, then the first.
///
/// ```
/// let known = ["aspect_ratio", "audio", "duration"];
/// assert_eq!(kling_spec::nearest("aspectRatio", known), Some("aspect_ratio"));
/// assert_eq!(kling_spec::nearest("durration", known), Some("duration"));
/// assert_eq!(kling_spec::nearest("seed", known), None);
/// ```
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // A distance is quadratic in the length: what is far longer than any name is no slip of one.
    if word.len() > 64 {
        return None;
    }
    let plain_word = plain(word);
    let length = plain_word.chars().count();
    let letters = Letters::of(word);
    let mut best: Option<((usize, usize), &str)> = None;
    for candidate in candidates {
        let candidate_length = candidate
            .chars()
            .filter(|character| counts(*character))
            .count();
        if length.abs_diff(candidate_length) > length.max(candidate_length) / 3 {
            // A distance is never less than the difference in length.
            continue;
        }
        if letters.distance(Letters::of(candidate)) > length.max(candidate_length) / 3 {
            continue;
        }
        let plain_candidate = plain(candidate);
        let distance = strsim::osa_distance(&plain_word, &plain_candidate);
        let rank = (distance, length.abs_diff(candidate_length));
        if distance <= length.max(candidate_length) / 3
            && best.is_none_or(|(least, _)| rank < least)
        {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The word without what people vary: case, blanks, underscores and hyphens.
pub(crate) fn plain(word: &str) -> String {
    word.chars()
        .filter(|character| counts(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How often each letter occurs, case aside; letters may share a count.
#[derive(Clone, Copy)]
struct Letters([u8; 32]);

impl Letters {
    fn of(word: &str) -> Self {
        let mut letters = [0_u8; 32];
        for letter in word
            .chars()
            .filter(|letter| counts(*letter))
            .flat_map(char::to_lowercase)
        {
            let count = &mut letters[letter as usize % 32];
            *count = count.saturating_add(1);
        }
        Self(letters)
    }

    /// What has to be changed at least to make one word of the other: less than their distance, or as much.
    fn distance(self, other: Self) -> usize {
        let (mut more, mut less) = (0, 0);
        for (left, right) in self.0.into_iter().zip(other.0) {
            more += usize::from(left.saturating_sub(right));
            less += usize::from(right.saturating_sub(left));
        }
        more.max(less)
    }
}

fn counts(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_case_and_separators_are_bridged() {
        let known = ["mode", "model", "prompt", "video_list"];
        assert_eq!(nearest("modle", known), Some("model"));
        assert_eq!(nearest("Prompt", known), Some("prompt"));
        assert_eq!(nearest("videolist", known), Some("video_list"));
        assert_eq!(nearest("video-lists", known), Some("video_list"));
    }

    #[test]
    fn a_far_or_huge_word_has_no_suggestion() {
        assert_eq!(nearest("negative", ["mode", "audio"]), None);
        assert_eq!(nearest(&"mode".repeat(1000), ["mode"]), None);
    }
}
