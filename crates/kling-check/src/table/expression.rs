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

    /// The leaves that must hold for the expression to hold.
    pub(crate) fn needs(&self) -> Bits {
        match self {
            Self::Leaf(leaf) => 1 << leaf,
            Self::Not(_) => 0,
            Self::All(several) => several.iter().fold(0, |needs, inner| needs | inner.needs()),
            Self::Any(several) => several.iter().map(Self::needs).reduce(|a, b| a & b).unwrap_or(0),
        }
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
        assert_eq!(both.needs(), 0b11);
    }
}
