//! Texts that are probably meant to be other ones: misspellings of the ids of models.

/// Returns whether two texts differ only in case and the white space around them.
pub(crate) fn alike(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    plain(one) == plain(other)
}

/// The ids of models, prepared for comparison with misspellings.
#[derive(Debug)]
pub(crate) struct Spellings(Box<[Spelling]>);

#[derive(Debug)]
struct Spelling {
    /// The maximum number of bytes of a text that may be a slip of it.
    longest: usize,
    digits: Vec<u8>,
    /// Its letters and digits, in lower case.
    joined: String,
    words: Box<[Word]>,
}

/// A word of an id, in lower case.
#[derive(Debug)]
struct Word {
    text: String,
    /// How many slips it may have.
    most: usize,
    /// Its characters as written.
    letters: usize,
}

impl Spellings {
    pub(crate) fn new<'i>(ids: impl Iterator<Item = &'i str>) -> Self {
        Self(ids.map(Spelling::new).collect())
    }

    /// Returns the place of the only id that a text is a slip of: it differs in case, spaces, separators or misspelt
    /// letters. A different digit, or a word added or dropped, makes it another model.
    pub(crate) fn only(&self, written: &str) -> Option<usize> {
        // Most texts are not a misspelling of any id, so the cheapest differences are checked first.
        if self.0.iter().all(|id| written.len() > id.longest) {
            return None;
        }
        let digits: Vec<u8> = digits(written).collect();
        let may_be_slip = |id: &Spelling| written.len() <= id.longest && id.digits == digits;
        if !self.0.iter().any(may_be_slip) {
            return None;
        }
        let (joined, words) = (joined(written), words(written).collect::<Vec<_>>());
        let is_slip = |id: &Spelling| {
            may_be_slip(id) && (id.joined == joined || id.has_words_misspelt_as(&words))
        };
        let mut alike = (0..).zip(&self.0).filter(|(_, id)| is_slip(id));
        match (alike.next(), alike.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    }
}

impl Spelling {
    fn new(id: &str) -> Self {
        let words = words(id).map(|word| {
            let letters = word.chars().count();
            Word {
                text: word.to_lowercase(),
                most: if letters >= 4 { 1 + letters / 8 } else { 0 },
                letters,
            }
        });
        Self {
            longest: 2 * id.len() + 8,
            digits: digits(id).collect(),
            joined: joined(id),
            words: words.collect(),
        }
    }

    fn has_words_misspelt_as(&self, written: &[&str]) -> bool {
        let mut words = self.words.iter().zip(written);
        written.len() == self.words.len()
            && words.all(|(word, written)| word.is_misspelt_as(written))
    }
}

impl Word {
    fn is_misspelt_as(&self, written: &str) -> bool {
        written.eq_ignore_ascii_case(&self.text)
            || written.chars().count().abs_diff(self.letters) <= self.most
                && strsim::osa_distance(&written.to_lowercase(), &self.text) <= self.most
    }
}

/// Returns the words of an id, without what separates them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).filter(|word| !word.is_empty())
}

/// Returns the letters and digits of an id, in lower case.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let characters = text.chars().filter(|character| !is_separator(*character));
    joined.extend(characters.map(|character| character.to_ascii_lowercase()));
    joined
}

fn is_separator(character: char) -> bool {
    matches!(character, '-' | '_' | '.' | '/') || character.is_whitespace()
}

/// Returns the digits of an id. A model with another number is another model, however similar the names.
pub(crate) fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}
