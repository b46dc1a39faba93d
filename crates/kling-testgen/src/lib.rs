//! Generators of valid and broken requests from a contract, for tests.
