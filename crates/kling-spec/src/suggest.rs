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
    let written = Word::asked(word)?;
    let known = candidates
        .into_iter()
        .map(|candidate| (candidate, Word::new(candidate)));
    let ranked = known.filter_map(|(candidate, known)| Some((written.rank(&known)?, candidate)));
    // Of equal ranks the first counts.
    ranked
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, candidate)| candidate)
}

/// Known words, made ready for being asked many times.
///
/// ```
/// let words = kling_spec::Words::new(["aspect_ratio", "audio"]);
/// assert_eq!(words.nearest("aspectRatio"), Some("aspect_ratio"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Words(Vec<(String, Word)>);

impl Words {
    /// The words in the order in which they are to be preferred.
    pub fn new<'c>(words: impl IntoIterator<Item = &'c str>) -> Self {
        Self(
            words
                .into_iter()
                .map(|word| (word.to_owned(), Word::new(word)))
                .collect(),
        )
    }

    /// As [`nearest`] among these words.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let written = Word::asked(word)?;
        let ranked = self
            .0
            .iter()
            .filter_map(|(text, known)| Some((written.rank(known)?, text)));
        ranked
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, text)| text.as_str())
    }
}

/// The most bytes of a word that is looked at: a distance is quadratic in the length, and what is far longer than any
/// name is no slip of one.
const MOST_BYTES: usize = 64;

/// A word as it is compared.
#[derive(Debug, Clone)]
struct Word {
    /// Without what people vary: case, blanks, underscores and hyphens.
    plain: String,
    /// Its characters.
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

    /// A word that somebody wrote, unless it is too long to be a slip.
    fn asked(word: &str) -> Option<Self> {
        (word.len() <= MOST_BYTES).then(|| Self::new(word))
    }

    /// How near another word is: the distance, then the difference in length; `None` if it is too far.
    fn rank(&self, other: &Self) -> Option<(usize, usize)> {
        let most = self.length.max(other.length) / 3;
        let difference = self.length.abs_diff(other.length);
        // Neither of the two is ever more than the distance, and both are found faster.
        if difference > most || self.letters.distance(&other.letters) > most {
            return None;
        }
        let distance = strsim::osa_distance(&self.plain, &other.plain);
        (distance <= most).then_some((distance, difference))
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

    /// What has to be changed at least to make one word of the other.
    fn distance(&self, other: &Self) -> usize {
        let (mut more, mut less) = (0, 0);
        for (left, right) in self.0.into_iter().zip(other.0) {
            more += usize::from(left.saturating_sub(right));
            less += usize::from(right.saturating_sub(left));
        }
        more.max(less)
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
