//! The contracts that come with the crate, tested as data.

use kling_spec::{EMBEDDED, Spec};

#[test]
fn every_embedded_contract_loads_under_its_own_name() {
    for contract in EMBEDDED {
        match Spec::from_toml(contract.text) {
            Ok(spec) => assert_eq!(spec.id, contract.id),
            Err(error) => panic!("{}: {error}", contract.id),
        }
    }
}
