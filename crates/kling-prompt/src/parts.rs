//! The iterator over a prompt's parts, and the choice of what a sign opens.

mod dialect;
mod triple;

use crate::cut::slice;
use crate::part::{Part, Text};
use crate::read::{byte_at, end_of_run};
use crate::sign::next_sign;
use core::iter::FusedIterator;

/// Cuts a prompt into its [`Part`]s, in order, without gap or overlap.
///
/// `kinds` are the words that a placeholder may have, in lower case. A word begins with a letter; a kind that does not
/// is ignored. Two neighbouring parts are never both text, no part is empty, and an empty prompt has none. Time is
/// linear in the length of the prompt, and nothing is allocated.
///
/// ```
/// use kling_prompt::{Part, parts};
///
/// let prompt = "Let <<<image_1>>> wave";
/// let found: Vec<_> = parts(prompt, &["image", "video"]).collect();
/// assert!(matches!(&found[1], Part::Placeholder(placeholder) if placeholder.kind == 0 && placeholder.number == 1));
/// let again: String = found.iter().map(|part| &prompt[part.span()]).collect();
/// assert_eq!(again, prompt);
/// ```
pub fn parts<'p, 'k>(prompt: &'p str, kinds: &'k [&'k str]) -> Parts<'p, 'k> {
    Parts {
        prompt,
        kinds,
        at: 0,
        found: None,
        after_at: None,
    }
}

/// The parts of one prompt, made by [`parts`].
#[derive(Clone, Debug)]
pub struct Parts<'p, 'k> {
    prompt: &'p str,
    kinds: &'k [&'k str],
    /// Where the next part begins.
    at: usize,
    /// The part after the text that was just returned.
    found: Option<Part<'p>>,
    /// Where the last dialect with an `@` ended.
    after_at: Option<usize>,
}

impl<'p> Iterator for Parts<'p, '_> {
    type Item = Part<'p>;

    fn next(&mut self) -> Option<Part<'p>> {
        if let Some(part) = self.found.take() {
            self.at = part.span().end;
            return Some(part);
        }
        let mut from = self.at;
        while let Some(sign) = next_sign(self.prompt, from) {
            match self.open(sign) {
                Opened::Part(part) => {
                    let start = part.span().start;
                    if start == self.at {
                        self.at = part.span().end;
                        return Some(part);
                    }
                    self.found = Some(part);
                    return self.text(start);
                }
                Opened::Nothing { resume } => from = resume,
            }
        }
        self.text(self.prompt.len())
    }
}

impl FusedIterator for Parts<'_, '_> {}

/// What a sign opens.
enum Opened<'p> {
    Part(Part<'p>),
    /// Text, at least up to `resume`, which lies after the sign.
    Nothing {
        resume: usize,
    },
}

impl<'p> Parts<'p, '_> {
    fn text(&mut self, end: usize) -> Option<Part<'p>> {
        let span = self.at..end;
        self.at = end;
        (!span.is_empty()).then(|| {
            Part::Text(Text {
                source: slice(self.prompt, span.start, span.end),
                span,
            })
        })
    }

    fn open(&mut self, sign: usize) -> Opened<'p> {
        let (prompt, kinds) = (self.prompt, self.kinds);
        let byte = byte_at(prompt, sign);
        let run_end = end_of_run(prompt, sign, |c| {
            Some(c) == byte.map(char::from) && c != '@' && c != '['
        });
        let (resume, part) = match (byte, run_end - sign) {
            (Some(b'<'), 1 | 2) => (run_end, dialect::angle(prompt, sign, run_end, kinds)),
            (Some(b'<'), _) => (run_end, triple::triple(prompt, run_end, kinds)),
            (Some(b'{'), 1) => (run_end, dialect::single_braces(prompt, sign, kinds)),
            (Some(b'{'), _) => (run_end, dialect::double_braces(prompt, run_end, kinds)),
            (Some(b'@'), _) => {
                let part = dialect::at(prompt, sign, self.after_at == Some(sign), kinds);
                self.after_at = part.as_ref().map(|part| part.span().end);
                (sign + 1, part)
            }
            _ => (sign + 1, dialect::brackets(prompt, sign, kinds)),
        };
        part.map_or(Opened::Nothing { resume }, Opened::Part)
    }
}
