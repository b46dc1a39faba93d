//! The project's own chores: shared by the commands of `cargo xtask` and the tests of this crate.

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// failure workspace < corpus drift new_model process readme workflow < bench ci codegen flaky system_tests

pub mod bench;
pub mod ci;
pub mod codegen;
pub mod corpus;
pub mod drift;
pub mod failure;
pub mod flaky;
pub mod new_model;
pub mod process;
pub mod readme;
pub mod system_tests;
pub mod workflow;
pub mod workspace;

/// The Rust examples of the workspace's README, which run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeExamples;
