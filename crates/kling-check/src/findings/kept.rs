//! The findings kept of a request: a bounded number of them, errors first.

use kling_json::{LineWalker, Position, Span};
use kling_spec::{Level, Service};

use crate::Checker;
use crate::deferred::{Deferred, DeferredTexts, LONGEST_KEPT};
use crate::fix::Meaning;
use crate::report::{Diagnostic, Omitted, Texts};

/// A finding as it is collected.
#[derive(Debug)]
pub(crate) struct Finding<'c> {
    pub(crate) rule: &'c str,
    pub(crate) level: Level,
    pub(crate) service: Service,
    pub(crate) pointer: String,
    pub(crate) span: Span,
    /// Only where the walk makes words.
    pub(crate) texts: Option<Texts<'c>>,
    /// Only where the walk keeps what findings mean.
    pub(crate) meaning: Option<Box<Meaning<'c>>>,
}

/// What a walk makes of a finding besides its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    /// Nothing more.
    Places,
    /// Its words.
    Texts,
    /// What fixing it needs to know.
    Meanings,
}

impl Make {
    /// What is made at once of the findings of a text, as far as its report needs it.
    pub(crate) const fn for_report(text: &str) -> Self {
        if text.len() > LONGEST_KEPT {
            Self::Texts
        } else {
            Self::Places
        }
    }
}

/// What a finding means for the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The service refuses the request, or readers may differ about it.
    NoBill,
    /// The request is charged all the same.
    Billed,
}

impl Effect {
    /// The effect of breaking a rule that is not of the text as such.
    pub(crate) fn of(service: Service) -> Self {
        if service == Service::Refuses {
            Self::NoBill
        } else {
            Self::Billed
        }
    }
}

/// Findings by level, at most `limit` of each; the others are counted.
#[derive(Debug)]
pub(crate) struct Kept<'c> {
    limit: usize,
    make: Make,
    /// What the next finding means.
    meaning: Option<Box<Meaning<'c>>>,
    /// In the order in which they were made.
    found: Vec<Finding<'c>>,
    /// How many there are of each level.
    of_level: [usize; 3],
    omitted: Omitted,
    prevents_bill: bool,
}

impl<'c> Kept<'c> {
    pub(crate) fn new(limit: usize, make: Make) -> Self {
        Self {
            limit,
            make,
            meaning: None,
            found: Vec::new(),
            of_level: [0; 3],
            omitted: Omitted::default(),
            prevents_bill: false,
        }
    }

    /// Keeps a finding if there is room for its level; only then it is made.
    pub(crate) fn push(
        &mut self,
        level: Level,
        effect: Effect,
        make: impl FnOnce() -> Finding<'c>,
        texts: impl FnOnce() -> Texts<'c>,
    ) {
        self.prevents_bill |= effect == Effect::NoBill;
        let meaning = self.meaning.take();
        if self.is_full(level) {
            self.omitted.count(level);
        } else {
            let mut found = make();
            found.meaning = meaning;
            if self.make == Make::Texts {
                found.texts = Some(texts());
            }
            self.found.push(found);
            self.of_level[level as usize] += 1;
        }
    }

    /// Whether nothing is made of findings but their places.
    pub(crate) fn with_places_only(&self) -> bool {
        self.make == Make::Places
    }

    /// Whether the words of findings are made.
    pub(crate) fn with_texts(&self) -> bool {
        self.make == Make::Texts
    }

    /// Says what the next finding means; asked for only where that is kept.
    pub(crate) fn mean(&mut self, meaning: impl FnOnce() -> Meaning<'c>) {
        if self.make == Make::Meanings {
            self.meaning = Some(Box::new(meaning()));
        }
    }

    /// Whether another finding of this level would only be counted.
    pub(crate) fn is_full(&self, level: Level) -> bool {
        self.of_level[level as usize] >= self.limit
    }

    /// Counts a finding that there is no room for.
    pub(crate) fn count(&mut self, level: Level, effect: Effect) {
        self.prevents_bill |= effect == Effect::NoBill;
        self.meaning = None;
        self.omitted.count(level);
    }

    /// Whether a finding keeps the service from taking the request, or makes its reading a guess.
    pub(crate) const fn prevents_bill(&self) -> bool {
        self.prevents_bill
    }

    /// The findings in the order of the text: at most the limit, errors before warnings before advice.
    fn chosen(mut self) -> (Vec<Finding<'c>>, Omitted) {
        let mut room = self.limit;
        if self.found.len() > room {
            let mut left = self.of_level.map(|of_level| {
                let keep = of_level.min(room);
                room -= keep;
                keep
            });
            self.found.retain(|found| {
                let left = &mut left[found.level as usize];
                let keep = *left > 0;
                if keep {
                    *left -= 1;
                } else {
                    self.omitted.count(found.level);
                }
                keep
            });
        }
        // The sort keeps the order of those that begin at one place.
        self.found.sort_by_key(|found| found.span.start);
        (self.found, self.omitted)
    }

    /// The findings in their order.
    pub(crate) fn findings(self) -> Vec<Finding<'c>> {
        self.chosen().0
    }

    /// The words of the findings, in their order.
    pub(crate) fn texts(self) -> Box<[Texts<'c>]> {
        let (chosen, _) = self.chosen();
        let texts = chosen.into_iter().map(|found| found.texts);
        texts.map(Option::unwrap_or_default).collect()
    }

    /// The findings in their order, with lines and columns, of a request that is a text.
    pub(crate) fn finish(self, checker: &'c Checker, text: &str) -> (Vec<Diagnostic<'c>>, Omitted) {
        let with_texts = self.with_texts();
        if self.found.is_empty() {
            return (Vec::new(), self.omitted);
        }
        let (mut chosen, omitted) = self.chosen();
        let deferred = if with_texts {
            let texts = chosen.iter_mut().map(|found| found.texts.take());
            Deferred::made(texts.map(Option::unwrap_or_default).collect())
        } else {
            Deferred::of_request(checker, text)
        };
        let shared = std::iter::repeat_n(deferred, chosen.len());
        let mut diagnostics: Vec<Diagnostic<'c>> = chosen
            .into_iter()
            .zip(shared)
            .enumerate()
            .map(|(index, (found, deferred))| Diagnostic {
                rule: found.rule,
                level: found.level,
                service: found.service,
                pointer: found.pointer,
                span: found.span,
                start: Position { line: 1, column: 1 },
                end: Position { line: 1, column: 1 },
                texts: DeferredTexts::new(deferred, index),
            })
            .collect();
        locate(text, &mut diagnostics);
        (diagnostics, omitted)
    }
}

/// Lines and columns of all findings, which are in the order of the text.
fn locate(text: &str, found: &mut [Diagnostic<'_>]) {
    // Ends mostly come before the next start: then one pass over the text is all there is.
    let in_order = found
        .windows(2)
        .all(|pair| pair[0].span.end <= pair[1].span.start);
    if in_order {
        let mut lines = LineWalker::new(text);
        for found in found {
            found.start = lines.position(found.span.start);
            found.end = lines.position(found.span.end);
        }
        return;
    }
    let mut offsets: Vec<usize> = found
        .iter()
        .flat_map(|found| [found.span.start, found.span.end])
        .collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut lines = LineWalker::new(text);
    let positions: Vec<_> = offsets
        .iter()
        .map(|&offset| lines.position(offset))
        .collect();
    let position = |offset: usize| {
        let index = offsets
            .binary_search(&offset)
            .unwrap_or_else(|next| next.min(positions.len() - 1));
        positions[index]
    };
    for found in found {
        found.start = position(found.span.start);
        found.end = position(found.span.end);
    }
}
