//! The mistakes of a contract, which only a request with a finding needs.

use std::fmt;
use std::sync::OnceLock;

use crate::embedded::EmbeddedContract;
use crate::load::Fields;
use crate::spec::Mistake;

/// The mistakes of a contract; those of one that comes with the crate are read when they are first asked for.
#[derive(Clone)]
pub(crate) struct Mistakes {
    read: OnceLock<Vec<Mistake>>,
    contract: Option<EmbeddedContract>,
}

impl Mistakes {
    /// Those of a contract that comes with the crate.
    pub(crate) const fn of(contract: EmbeddedContract) -> Self {
        Self {
            read: OnceLock::new(),
            contract: Some(contract),
        }
    }

    /// The mistakes; `fields` are those of the contract.
    pub(crate) fn get(&self, fields: &Fields) -> &[Mistake] {
        self.read.get_or_init(|| {
            self.contract
                .map(|contract| contract.mistakes(fields))
                .unwrap_or_default()
        })
    }
}

impl From<Vec<Mistake>> for Mistakes {
    fn from(read: Vec<Mistake>) -> Self {
        Self {
            read: read.into(),
            contract: None,
        }
    }
}

/// As the list of them, as far as they were read.
impl fmt::Debug for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = self.read.get().map_or(&[][..], Vec::as_slice);
        f.debug_list().entries(read).finish()
    }
}
