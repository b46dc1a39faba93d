//! The contracts that come with the crate.

use crate::load::{Fields, Loader};
use crate::spec::{Mistake, Spec};

/// The text of a contract that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedContract {
    /// The model's id.
    pub id: &'static str,
    /// The TOML text.
    pub text: &'static str,
    /// What the TOML says, as JSON: it is faster to read.
    json: &'static str,
    /// The mistakes, which the other JSON leaves out.
    mistakes: &'static str,
}

impl EmbeddedContract {
    /// Reads the contract; its mistakes are read when somebody asks for them.
    ///
    /// # Panics
    /// Never for the contracts of [`EMBEDDED`]: a test reads them all.
    pub fn parse(&self) -> Spec {
        let raw = serde_json::from_str(self.json).expect("a test reads every embedded contract");
        crate::load::check(self.text, raw, Some(*self))
            .expect("a test reads every embedded contract")
    }

    /// Reads the mistakes of the contract, whose fields these are.
    pub(crate) fn mistakes(&self, fields: &Fields) -> Vec<Mistake> {
        let raw =
            serde_json::from_str(self.mistakes).expect("a test reads every embedded contract");
        Loader::new(self.text)
            .mistakes(&raw, fields)
            .expect("a test reads every embedded contract")
    }
}

macro_rules! embedded {
    ($($id:literal)*) => {
        &[$(EmbeddedContract {
            id: $id,
            text: include_str!(concat!("../models/", $id, ".toml")),
            json: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".json")),
            mistakes: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".mistake.json")),
        }),*]
    };
}

/// All contracts that come with the crate. A new model is one more word in this list.
pub const EMBEDDED: &[EmbeddedContract] = embedded! {
    "kling-v3-omni"
    "kling-v3"
    "kling-v3-fast"
};

#[cfg(test)]
mod tests {
    use super::EMBEDDED;
    use crate::Spec;

    #[test]
    fn the_json_says_what_the_toml_says() {
        for contract in EMBEDDED {
            let from_toml = Spec::from_toml(contract.text).expect("a contract without fault");
            let from_json = contract.parse();
            assert_eq!(
                format!("{:?}", from_json.mistakes()),
                format!("{:?}", from_toml.mistakes())
            );
            assert_eq!(format!("{from_json:?}"), format!("{from_toml:?}"));
        }
    }
}
