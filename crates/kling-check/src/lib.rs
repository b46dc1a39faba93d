#![doc = include_str!("../README.md")]

mod checker;
mod deferred;
mod expectation;
mod facts;
mod findings;
mod fix;
pub mod json;
mod media;
mod model;
mod prompt;
mod prose;
mod report;
mod rules;
mod run;
mod sent;
mod spelling;
mod table;
mod verdict;
mod walk;

pub use checker::{Checker, DEFAULT_MAX_FINDINGS, UnknownModel};
pub use expectation::Expectation;
pub use fix::{Fix, Fixed, Round, Which, apply_fixes};
pub use report::{Bill, Diagnostic, Omitted, Report, Texts, VideoOutput};
