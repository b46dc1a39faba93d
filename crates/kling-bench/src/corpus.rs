//! Realistic requests, generated from a seed.
//!
//! Three models by their share of real traffic; 200 bytes to 2 KB each; `model` first in most; compact, spaced or
//! indented; prompts in several languages, with escapes and multi-byte text; URLs with signed query strings; a given
//! share with one mutation each.

mod address;
mod draft;
mod mutation;
mod print;
mod prompt;

pub use mutation::Mutation;

use crate::random::Random;
use draft::Draft;
use print::{Layout, Style};

/// The shortest request, in bytes.
pub const SHORTEST: usize = 200;
/// The longest request, in bytes.
pub const LONGEST: usize = 2048;

/// How a corpus is made.
///
/// The same recipe makes the same corpus on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The seed of the random numbers.
    pub seed: u64,
    /// The minimum total size in bytes; the last request may exceed it.
    pub bytes: usize,
    /// How many of a hundred requests have a mutation.
    pub faulty_percent: u32,
    /// Whether each request is one line, as in a `.jsonl` file.
    pub one_line: bool,
}

impl Default for Recipe {
    /// Returns a megabyte with 5 % of mutations, in every layout.
    fn default() -> Self {
        Self {
            seed: 1,
            bytes: 1 << 20,
            faulty_percent: 5,
            one_line: false,
        }
    }
}

/// Requests in one block of memory, each with its mutation.
///
/// ```
/// use kling_bench::corpus::{Corpus, Recipe};
///
/// let corpus = Corpus::generate(Recipe { bytes: 10_000, ..Recipe::default() });
/// assert!(corpus.bytes() >= 10_000);
/// assert!(corpus.requests().all(|request| request.starts_with('{')));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    text: String,
    ends: Vec<usize>,
    mutations: Vec<Option<Mutation>>,
}

impl Corpus {
    /// Makes the corpus of a recipe.
    pub fn generate(recipe: Recipe) -> Self {
        let mut random = Random::new(recipe.seed);
        let mut corpus = Self {
            text: String::with_capacity(recipe.bytes + LONGEST),
            ends: Vec::new(),
            mutations: Vec::new(),
        };
        while corpus.text.len() < recipe.bytes {
            let faulty = random.chance(recipe.faulty_percent);
            let (text, mutation) = request(&mut random, faulty, recipe.one_line);
            corpus.text.push_str(&text);
            corpus.ends.push(corpus.text.len());
            corpus.mutations.push(mutation);
        }
        corpus
    }

    /// Returns the size of all requests in bytes.
    pub const fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Returns the number of requests.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether the corpus is empty.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Iterates over the requests, in order.
    pub fn requests(&self) -> impl Iterator<Item = &str> {
        self.range(0..self.len())
    }

    /// Iterates over the requests with these indices, in order. Indices after the last request yield nothing.
    pub fn range(&self, indices: std::ops::Range<usize>) -> impl Iterator<Item = &str> {
        indices.map_while(|index| {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            self.text.get(start..*self.ends.get(index)?)
        })
    }

    /// Iterates over the mutation of each request, in order.
    pub fn mutations(&self) -> impl Iterator<Item = Option<Mutation>> {
        self.mutations.iter().copied()
    }
}

/// Makes one request, and returns it with its mutation.
fn request(random: &mut Random, faulty: bool, one_line: bool) -> (String, Option<Mutation>) {
    loop {
        let style = Style::draw(random, one_line);
        let mutation = faulty.then(|| Mutation::draw(random));
        // Not every mutation fits every request: an end frame needs a list of images. A URL or inlined media can also
        // be too long for the request.
        match attempt(random, mutation, style) {
            Some(text) if (SHORTEST..=LONGEST).contains(&text.len()) => return (text, mutation),
            Some(_) | None => {}
        }
    }
}

fn attempt(random: &mut Random, mutation: Option<Mutation>, style: Style) -> Option<String> {
    let (mut draft, marks) = Draft::draw(random);
    let room = length(random).saturating_sub(print::length(&draft.members, style));
    let prompt = prompt::write(random, &marks, room, style);
    draft.set("prompt", prompt.into());
    draft.order(random);
    match mutation {
        Some(mutation) => mutation.text(random, &mut draft, style),
        None => Some(print::text(&draft.members, style)),
    }
}

/// Chooses a length to aim at: each doubling between a short and a long request is equally likely.
fn length(random: &mut Random) -> usize {
    let least = 240 << random.index(3);
    random.between(least, 2 * least).min(1500)
}

impl Layout {
    fn draw(random: &mut Random, one_line: bool) -> Self {
        match random.index(10) {
            0..5 => Self::Compact,
            5..8 => Self::Spaced,
            _ if one_line => Self::Spaced,
            _ => Self::Indented,
        }
    }
}

impl Style {
    fn draw(random: &mut Random, one_line: bool) -> Self {
        let layout = Layout::draw(random, one_line);
        // Python's usual printer escapes everything that is not ASCII.
        Self {
            layout,
            ascii: layout != Layout::Compact && random.chance(40),
        }
    }
}
