//! The typed requests of `kling-http`: a Rust file for each contract, and one that declares them all.
//!
//! The files are written as rustfmt would format them. Nothing here depends on the crate that they are for, so a wrong
//! file can always be generated again.

mod docs;
mod model;
mod names;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use kling_spec::Spec;

use super::Files;
use super::compare::MARK;
use names::{pascal_case, snake_case};

/// The folder of the files.
pub(super) const FOLDER: &str = "crates/kling-http/src/request";

const INFALLIBLE: &str = "writing to a String cannot fail";

/// Returns the files by path.
pub(super) fn files(specs: &[Spec]) -> Files {
    let path = |stem: &str| Path::new(FOLDER).join(format!("{stem}.rs"));
    let models = specs
        .iter()
        .map(|spec| (path(&snake_case(spec.id())), model::file(spec)));
    let all: (PathBuf, String) = (path("models"), names_of_all(specs));
    models.chain([all]).collect()
}

/// Returns the file that declares the modules.
fn names_of_all(specs: &[Spec]) -> String {
    let mut text = format!("{MARK}\n//!\n//! All models.\n\n");
    // rustfmt sorts declarations.
    let mut modules: Vec<(String, &Spec)> = specs
        .iter()
        .map(|spec| (snake_case(spec.id()), spec))
        .collect();
    modules.sort_by(|one, other| one.0.cmp(&other.0));
    for (module, _) in &modules {
        write!(text, "#[path = \"{module}.rs\"]\npub mod {module};\n").expect(INFALLIBLE);
    }
    text.push('\n');
    for (module, spec) in &modules {
        writeln!(text, "pub use {module}::{};", pascal_case(spec.id())).expect(INFALLIBLE);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_spec::EMBEDDED;

    #[test]
    fn each_model_has_a_file_and_a_place_among_all() {
        let specs: Vec<Spec> = EMBEDDED
            .iter()
            .map(kling_spec::EmbeddedContract::parse)
            .collect();
        let files = files(&specs);
        assert_eq!(files.len(), specs.len() + 1);
        let all = &files[&Path::new(FOLDER).join("models.rs")];
        for spec in &specs {
            let module = snake_case(spec.id());
            let file = &files[&Path::new(FOLDER).join(format!("{module}.rs"))];
            assert!(file.starts_with(MARK), "{module}");
            assert!(all.contains(&format!("\npub mod {module};\n")), "{module}");
        }
    }
}
