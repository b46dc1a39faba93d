//! The findings of a request: a bounded number of them, errors first.

use kling_spec::Level;

use crate::finding::Finding;

/// Findings beyond the limit of a request, which are counted but not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Omitted {
    /// Errors not kept.
    pub errors: u64,
    /// Warnings not kept.
    pub warnings: u64,
    /// Notes not kept.
    pub notes: u64,
}

impl Omitted {
    /// Returns the number of findings not kept.
    pub const fn total(self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    const fn count(&mut self, level: Level) {
        match level {
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Note => self.notes += 1,
        }
    }
}

/// Findings in the order in which they are made: at most the limit of each level; the others are counted.
#[derive(Debug)]
pub(crate) struct Findings<'d> {
    limit: usize,
    pub(crate) found: Vec<Finding<'d>>,
    of_level: [usize; 3],
    pub(crate) omitted: Omitted,
    /// Whether a finding means that the service refuses the request, or that readers disagree about it.
    pub(crate) prevents_bill: bool,
    /// Whether readers disagree about what the request says.
    pub(crate) is_ambiguous: bool,
}

impl<'d> Findings<'d> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            limit,
            found: Vec::new(),
            of_level: [0; 3],
            omitted: Omitted {
                errors: 0,
                warnings: 0,
                notes: 0,
            },
            prevents_bill: false,
            is_ambiguous: false,
        }
    }

    /// Keeps a finding if there is room for its level, otherwise counts it.
    pub(crate) fn push(&mut self, finding: Finding<'d>) {
        self.prevents_bill |= finding.prevents_bill();
        self.is_ambiguous |= finding.is_ambiguous();
        let of_level = &mut self.of_level[finding.level as usize];
        if *of_level >= self.limit {
            self.omitted.count(finding.level);
        } else {
            *of_level += 1;
            self.found.push(finding);
        }
    }

    /// Sorts the findings in the order of the text and keeps at most the limit.
    pub(crate) fn finish(&mut self) {
        if self.found.is_empty() {
            return;
        }
        self.limit(self.limit);
        // A stable sort keeps the order of findings at the same place.
        self.found.sort_by_key(|finding| finding.span().start);
    }

    /// Keeps at most this many findings, errors before warnings before notes, and counts the others.
    pub(crate) fn limit(&mut self, limit: usize) {
        if self.found.len() <= limit {
            return;
        }
        let mut room = limit;
        let mut left = [0; 3];
        for level in [Level::Error, Level::Warning, Level::Note] {
            let of_level = self.found.iter().filter(|finding| finding.level == level);
            left[level as usize] = of_level.count().min(room);
            room -= left[level as usize];
        }
        self.found.retain(|finding| {
            let left = &mut left[finding.level as usize];
            let is_kept = *left > 0;
            if is_kept {
                *left -= 1;
            } else {
                self.omitted.count(finding.level);
            }
            is_kept
        });
    }
}
