//! How many findings can be mended, and by which fixes.

use super::{Fix, Which};

/// Which findings of a report have a fix.
///
/// ```
/// use kling_check::{Checker, Mendable, Which};
/// let checker = Checker::embedded();
/// let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": "5", "mode": "prro", "loop": 1}"#;
/// let report = checker.check(text);
/// let mendable = Mendable::by(&checker.fixes(text, &report));
/// assert_eq!(mendable.of(0), Some(Which::Safe));
/// assert_eq!(mendable.of(1), Some(Which::All));
/// assert_eq!((mendable.safe, mendable.guessed), (1, 2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mendable {
    /// How many findings have a safe fix, which `--fix` makes.
    pub safe: usize,
    /// How many findings have a fix that only `--unsafe-fixes` makes.
    pub guessed: usize,
    /// By the index of the finding.
    of: Vec<Option<Which>>,
}

impl Mendable {
    /// What these fixes of one report can mend.
    pub fn by(fixes: &[Fix]) -> Self {
        let mut mendable = Self::default();
        for fix in fixes {
            let needed = if fix.safe {
                mendable.safe += 1;
                Which::Safe
            } else {
                mendable.guessed += 1;
                Which::All
            };
            if mendable.of.len() <= fix.diagnostic {
                mendable.of.resize(fix.diagnostic + 1, None);
            }
            if let Some(of) = mendable.of.get_mut(fix.diagnostic) {
                *of = Some(needed);
            }
        }
        mendable
    }

    /// What it takes to mend a finding, by its index in the report; `None` where nothing mends it.
    pub fn of(&self, diagnostic: usize) -> Option<Which> {
        self.of.get(diagnostic).copied().flatten()
    }
}
