//! "Did you mean": the known word nearest to the one written.

/// Returns the candidate that `word` was most probably meant to be, if one is near enough.
///
/// Case, spaces, underscores and hyphens are ignored; otherwise about a third of the letters may differ. Of equally
/// near candidates, the one nearest in length is returned, or else the first.
///
/// ```
/// let known = ["aspect_ratio", "audio", "duration"];
/// assert_eq!(kling_spec::nearest("aspectRatio", known), Some("aspect_ratio"));
/// assert_eq!(kling_spec::nearest("durration", known), Some("duration"));
/// assert_eq!(kling_spec::nearest("seed", known), None);
/// ```
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let written = Word::asked(word)?;
    let known = candidates.into_iter();
    written.nearest(known.map(|candidate| (candidate, Word::new(candidate))))
}

/// Known words, prepared for many lookups.
///
/// ```
/// let words = kling_spec::Candidates::new(["aspect_ratio", "audio"]);
/// assert_eq!(words.nearest("aspectRatio"), Some("aspect_ratio"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Candidates(Vec<(String, Word)>);

impl Candidates {
    /// Prepares the words, which are given in order of preference.
    pub fn new<'c>(words: impl IntoIterator<Item = &'c str>) -> Self {
        Self(
            words
                .into_iter()
                .map(|word| (word.to_owned(), Word::new(word)))
                .collect(),
        )
    }

    /// Does the same as [`nearest`] among these words.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let written = Word::asked(word)?;
        written.nearest(self.0.iter().map(|(text, known)| (text.as_str(), known)))
    }
}

/// The maximum number of bytes of a word that is considered: a distance takes quadratic time, and a text far longer
/// than any name is not a misspelling of one.
const MOST_BYTES: usize = 64;

/// A word in the form in which it is compared.
#[derive(Debug, Clone)]
struct Word {
    /// The word without what writers vary: case, spaces, underscores and hyphens.
    plain: String,
    /// The number of its characters.
    length: usize,
    letters: Letters,
}

impl Word {
    fn new(word: &str) -> Self {
        let plain: String = word
            .chars()
            .filter(|character| !character.is_whitespace() && !matches!(character, '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        Self {
            length: plain.chars().count(),
            letters: Letters::of(&plain),
            plain,
        }
    }

    /// Prepares a word to look up, unless it is too long to be a slip.
    fn asked(word: &str) -> Option<Self> {
        (word.len() <= MOST_BYTES).then(|| Self::new(word))
    }

    /// Ranks how near another word is: the distance, then the difference in length; `None` if it is too far, or not
    /// nearer than `best`.
    fn rank(&self, other: &Self, best: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let most = self.length.max(other.length) / 3;
        let difference = self.length.abs_diff(other.length);
        if difference > most {
            return None;
        }
        // Both are lower bounds of the distance, and faster to compute.
        let least = self.letters.distance(&other.letters).max(difference);
        let is_nearer = |distance| best.is_none_or(|best| (distance, difference) < best);
        if least > most || !is_nearer(least) {
            return None;
        }
        let distance = strsim::osa_distance(&self.plain, &other.plain);
        (distance <= most && is_nearer(distance)).then_some((distance, difference))
    }

    /// Returns the nearest of several words; of equally near ones, the first.
    fn nearest<W>(
        &self,
        words: impl Iterator<Item = (W, impl std::borrow::Borrow<Self>)>,
    ) -> Option<W> {
        let mut nearest = None;
        for (text, known) in words {
            let best = nearest.as_ref().map(|(rank, _)| *rank);
            if let Some(rank) = self.rank(known.borrow(), best) {
                nearest = Some((rank, text));
            }
        }
        nearest.map(|(_, text)| text)
    }
}

/// How often each letter occurs; letters may share a count.
#[derive(Debug, Clone)]
struct Letters([u8; 32]);

impl Letters {
    fn of(word: &str) -> Self {
        let mut letters = [0_u8; 32];
        for letter in word.chars() {
            let count = &mut letters[letter as usize % 32];
            *count = count.saturating_add(1);
        }
        Self(letters)
    }

    /// Returns a lower bound of the number of changes that turn one word into the other.
    fn distance(&self, other: &Self) -> usize {
        // Words of nearly equal length, one of them short enough to look up, have too few letters for the sums to
        // overflow.
        let (mut more, mut less) = (0_u8, 0_u8);
        for (left, right) in self.0.iter().zip(&other.0) {
            more = more.wrapping_add(left.saturating_sub(*right));
            less = less.wrapping_add(right.saturating_sub(*left));
        }
        usize::from(more.max(less))
    }
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
