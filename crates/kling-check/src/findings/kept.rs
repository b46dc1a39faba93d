//! The findings kept of a request: a bounded number of them, errors first.

use kling_json::LineWalker;
use kling_spec::{Level, Service};

use crate::report::{Diagnostic, Omitted};

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
    /// By level; each with its place in the order in which findings were made.
    levels: [Vec<(usize, Diagnostic<'c>)>; 3],
    made: usize,
    omitted: Omitted,
    prevents_bill: bool,
}

impl<'c> Kept<'c> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            levels: [const { Vec::new() }; 3],
            made: 0,
            omitted: Omitted::default(),
            prevents_bill: false,
        }
    }

    /// Keeps a finding if there is room for its level; only then it is made.
    pub(crate) fn push(
        &mut self,
        level: Level,
        effect: Effect,
        make: impl FnOnce() -> Diagnostic<'c>,
    ) {
        self.prevents_bill |= effect == Effect::NoBill;
        let kept = &mut self.levels[level as usize];
        if kept.len() < self.limit {
            kept.push((self.made, make()));
            self.made += 1;
        } else {
            self.omitted.count(level);
        }
    }

    /// Whether another finding of this level would only be counted.
    pub(crate) fn is_full(&self, level: Level) -> bool {
        self.levels[level as usize].len() >= self.limit
    }

    /// Counts a finding that there is no room for.
    pub(crate) fn count(&mut self, level: Level, effect: Effect) {
        self.prevents_bill |= effect == Effect::NoBill;
        self.omitted.count(level);
    }

    /// Whether a finding keeps the service from taking the request, or makes its reading a guess.
    pub(crate) const fn prevents_bill(&self) -> bool {
        self.prevents_bill
    }

    /// The findings in the order of the text, with lines and columns: at most the limit, errors
    /// before warnings before advice.
    pub(crate) fn finish(mut self, text: &str) -> (Vec<Diagnostic<'c>>, Omitted) {
        let mut room = self.limit;
        let mut chosen =
            Vec::with_capacity(self.levels.iter().map(Vec::len).sum::<usize>().min(room));
        for kept in &mut self.levels {
            let keep = kept.len().min(room);
            for (_, left) in &kept[keep..] {
                self.omitted.count(left.level);
            }
            kept.truncate(keep);
            room -= keep;
            chosen.append(kept);
        }
        chosen.sort_by_key(|(made, found)| (found.span.start, *made));
        let mut chosen: Vec<Diagnostic<'c>> = chosen.into_iter().map(|(_, found)| found).collect();
        locate(text, &mut chosen);
        (chosen, self.omitted)
    }
}

/// Lines and columns of all findings in one pass over the text.
fn locate(text: &str, found: &mut [Diagnostic<'_>]) {
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
