#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// spelling media content table < counterparts < models < context < facts < rewritten < finding < findings < elsewhere walk < diagnostic bill < report < fix < checker < json

mod bill;
mod checker;
mod content;
mod context;
mod counterparts;
mod diagnostic;
mod elsewhere;
mod facts;
mod finding;
mod findings;
mod fix;
pub mod json;
mod media;
mod models;
mod report;
mod rewritten;
mod spelling;
mod table;
mod walk;

pub use bill::{Bill, NoBill, VideoOutput};
pub use checker::{Checker, DEFAULT_MAX_FINDINGS, UnknownEdition, UnknownModel};
pub use diagnostic::Diagnostic;
pub use elsewhere::OtherEdition;
pub use finding::{Finding, Rule};
pub use findings::Omitted;
pub use fix::{Fix, Fixed, Round, Which, apply_fixes};
pub use report::Report;
// What a caller needs to pass a text to the checker, and to read its findings.
pub use kling_json::{Buffer, Document};
pub use kling_spec::{Level, Service};
