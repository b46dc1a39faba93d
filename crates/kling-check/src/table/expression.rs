//! Conditions as expressions over bits, in three-valued logic.

use super::Bits;

/// What is known of a condition: a malformed member leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    Open,
}

impl Truth {
    pub(crate) const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }
}

/// A condition over leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    Leaf(u8),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

impl Expression {
    /// The truth, given the leaves that hold and those that are open.
    pub(crate) fn truth(&self, holds: Bits, open: Bits) -> Truth {
        match self {
            Self::Leaf(leaf) if open >> leaf & 1 == 1 => Truth::Open,
            Self::Leaf(leaf) if holds >> leaf & 1 == 1 => Truth::Yes,
            Self::Leaf(_) => Truth::No,
            Self::Not(inner) => inner.truth(holds, open).not(),
            Self::All(several) => fold(several, holds, open, Truth::No),
            Self::Any(several) => fold(several, holds, open, Truth::Yes),
        }
    }

    /// All leaves that it asks.
    pub(super) fn leaves(&self) -> Bits {
        match self {
            Self::Leaf(leaf) => 1 << leaf,
            Self::Not(inner) => inner.leaves(),
            Self::All(several) | Self::Any(several) => {
                several.iter().fold(0, |bits, inner| bits | inner.leaves())
            }
        }
    }

    /// The ways in which the expression, or its contrary, holds; `None` if there are too many.
    fn clauses(&self, wanted: bool) -> Option<Vec<Clause>> {
        match (self, wanted) {
            (Self::Leaf(leaf), true) => Some(vec![Clause {
                with: 1 << leaf,
                without: 0,
            }]),
            (Self::Leaf(leaf), false) => Some(vec![Clause {
                with: 0,
                without: 1 << leaf,
            }]),
            (Self::Not(inner), _) => inner.clauses(!wanted),
            (Self::All(several), true) | (Self::Any(several), false) => {
                let mut all = vec![Clause {
                    with: 0,
                    without: 0,
                }];
                for inner in several {
                    let ways = inner.clauses(wanted)?;
                    let pairs = all
                        .iter()
                        .flat_map(|clause| ways.iter().map(move |way| clause.and(*way)));
                    all = pairs
                        .filter(|clause| clause.with & clause.without == 0)
                        .collect();
                    if all.len() > MAX_CLAUSES {
                        return None;
                    }
                }
                Some(all)
            }
            (Self::All(several), false) | (Self::Any(several), true) => {
                let mut any = Vec::new();
                for inner in several {
                    any.extend(inner.clauses(wanted)?);
                    if any.len() > MAX_CLAUSES {
                        return None;
                    }
                }
                Some(any)
            }
        }
    }
}

/// The most alternatives into which an expression is spread out.
const MAX_CLAUSES: usize = 32;

/// Leaves that hold together with leaves that do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clause {
    with: Bits,
    without: Bits,
}

impl Clause {
    const fn and(self, other: Self) -> Self {
        Self {
            with: self.with | other.with,
            without: self.without | other.without,
        }
    }

    /// Whether it holds for sure.
    #[inline]
    pub(crate) const fn holds(self, holds: Bits, open: Bits) -> bool {
        holds & (self.with | self.without) == self.with && open & (self.with | self.without) == 0
    }
}

/// An expression, and the ways in which it holds where they are few: trying them takes no tree.
#[derive(Debug, Clone)]
pub(crate) struct Formula {
    expression: Expression,
    clauses: Option<Vec<Clause>>,
}

impl Formula {
    pub(crate) fn new(expression: Expression) -> Self {
        let clauses = expression.clauses(true);
        Self {
            expression,
            clauses,
        }
    }

    pub(crate) const fn expression(&self) -> &Expression {
        &self.expression
    }

    pub(crate) fn clauses(&self) -> Option<&[Clause]> {
        self.clauses.as_deref()
    }

    /// Whether the expression holds for sure.
    #[inline]
    pub(crate) fn holds(&self, holds: Bits, open: Bits) -> bool {
        match &self.clauses {
            Some(clauses) => clauses.iter().any(|clause| clause.holds(holds, open)),
            None => self.expression.truth(holds, open) == Truth::Yes,
        }
    }

    /// What is known of the expression.
    #[inline]
    pub(crate) fn truth(&self, holds: Bits, open: Bits) -> Truth {
        match (self.holds(holds, open), open) {
            (true, _) => Truth::Yes,
            (false, 0) => Truth::No,
            (false, _) => self.expression.truth(holds, open),
        }
    }
}

impl super::RuleTable {
    /// The ways to break any of the rules that can be told so.
    pub(super) fn clauses_of_all(rules: &[Self]) -> Vec<Clause> {
        rules
            .iter()
            .filter_map(|rule| rule.broken.clauses())
            .flatten()
            .copied()
            .collect()
    }
}

/// `deciding` decides the whole as soon as one part has it.
fn fold(several: &[Expression], holds: Bits, open: Bits, deciding: Truth) -> Truth {
    let mut result = deciding.not();
    for inner in several {
        match inner.truth(holds, open) {
            truth if truth == deciding => return deciding,
            Truth::Open => result = Truth::Open,
            Truth::Yes | Truth::No => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_valued_logic() {
        let both = Expression::All(vec![Expression::Leaf(0), Expression::Leaf(1)]);
        let either = Expression::Any(vec![Expression::Leaf(0), Expression::Leaf(1)]);
        assert_eq!(both.truth(0b11, 0), Truth::Yes);
        assert_eq!(both.truth(0b01, 0b10), Truth::Open);
        assert_eq!(both.truth(0b00, 0b10), Truth::No);
        assert_eq!(either.truth(0b01, 0b10), Truth::Yes);
        assert_eq!(either.truth(0b00, 0b10), Truth::Open);
        assert_eq!(Expression::Not(Box::new(either)).truth(0b10, 0), Truth::No);
    }

    #[test]
    fn a_formula_agrees_with_its_expression() {
        let leaf = Expression::Leaf;
        let not = |inner| Expression::Not(Box::new(inner));
        let expressions = [
            leaf(2),
            not(Expression::All(vec![leaf(0), not(leaf(1))])),
            Expression::Any(vec![
                Expression::All(vec![leaf(0), leaf(1)]),
                not(Expression::Any(vec![leaf(2), leaf(3)])),
            ]),
            Expression::All(vec![leaf(0), not(leaf(0))]),
            Expression::All(vec![
                Expression::Any(vec![leaf(0), leaf(1)]),
                Expression::Any(vec![leaf(2), not(leaf(3))]),
            ]),
        ];
        for expression in expressions {
            let formula = Formula::new(expression.clone());
            for holds in 0..16 {
                for open in 0..16 {
                    assert_eq!(
                        formula.truth(holds, open),
                        expression.truth(holds, open),
                        "{expression:?} {holds:b} {open:b}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_expression_with_too_many_ways_is_kept_as_a_tree() {
        let pair = |leaf| Expression::Any(vec![Expression::Leaf(leaf), Expression::Leaf(leaf + 1)]);
        let formula = Formula::new(Expression::All(
            (0..6).map(|index| pair(2 * index)).collect(),
        ));
        assert_eq!(formula.clauses(), None);
        assert_eq!(formula.truth(0b0101_0101_0101, 0), Truth::Yes);
        assert_eq!(formula.truth(0b0101_0101_0100, 0), Truth::No);
    }
}
