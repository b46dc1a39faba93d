//! `cargo xtask drift PAGE --model ID --edition E`: compares a saved page of the vendor with the contract of a model.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use kling_spec::{EDITIONS, EMBEDDED, EmbeddedContract, Spec};
use toml::Table;

use crate::failure::{Failure, Result};

mod anchors;
mod compare;
mod html;
mod lines;
mod message;
mod page;
mod patch;
mod rows;
mod said;
mod tables;

pub use anchors::Claimed;
pub use compare::{Difference, Drift, Listed, Shape, What, drift};

/// The largest page that is read: 4 MiB, many times that of a long one.
const MAX_BYTES: u64 = 4 << 20;

const PATCH_HEAD: &str = "# What the page says otherwise than the contract, as far as a program can tell. Read the page beside it: give the
# edition its id, write every text that begins with `Stub`, and add the rules that only prose says.

";

/// Compares a page with the contract of a model and an edition. The differences go to `messages`, and the patch that
/// makes the contract say what the page says goes to `output`.
///
/// # Errors
/// The model or the edition is not known, the page cannot be read, or it differs.
pub fn run(
    file: &Path,
    model: &str,
    edition: &str,
    messages: &mut impl Write,
    output: &mut impl Write,
) -> Result<()> {
    let unwritten = |error| Failure::new(format!("the output cannot be written: {error}"));
    let subject = Subject::new(model, edition)?;
    let spec = subject.spec()?;
    let drift = drift(&read(file)?, &spec)?;
    let shown = file.display();
    for hidden in &drift.hidden {
        writeln!(messages, "note: {hidden}").map_err(unwritten)?;
    }
    for difference in &drift.differences {
        let message = message::of(difference, &shown.to_string(), &spec);
        writeln!(messages, "{message}").map_err(unwritten)?;
    }
    let count = drift.differences.len();
    let name = format!("{} in the edition {}", spec.id(), subject.edition);
    if count == 0 {
        return writeln!(messages, "no differences between {shown} and {name}").map_err(unwritten);
    }
    let patch = subject.patch(&drift, &spec)?;
    write!(output, "{patch}").map_err(unwritten)?;
    let differences = if count == 1 {
        "difference"
    } else {
        "differences"
    };
    let mut failure = format!("{count} {differences} between {shown} and {name}");
    if let Err(errors) = Spec::patched(subject.contract.text, &patch) {
        failure =
            format!("{failure}; complete the patch by hand, since it does not load: {errors}");
    }
    Err(Failure::new(failure))
}

/// Reads a page.
fn read(file: &Path) -> Result<String> {
    let failed = |error| Failure::file(file, "read", &error);
    let mut text = String::new();
    let opened = File::open(file).map_err(failed)?;
    opened
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > MAX_BYTES {
        let shown = file.display();
        return Err(Failure::new(format!(
            "{shown} is larger than {MAX_BYTES} bytes; save only the page of one model"
        )));
    }
    Ok(text)
}

/// The contract that a page is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    contract: &'static EmbeddedContract,
    /// The edition whose page holds.
    edition: &'static str,
}

impl Subject {
    /// Finds the contract of a model, by its id in any edition, and the page that holds for it in an edition or in
    /// the `newest`.
    ///
    /// # Errors
    /// The model or the edition is not known, or the model does not have a page yet in the edition.
    pub fn new(model: &str, edition: &str) -> Result<Self> {
        let is_it = |contract: &&EmbeddedContract| {
            contract
                .editions()
                .any(|edition| contract.id_in(edition) == model)
        };
        let contract = EMBEDDED.iter().find(is_it).ok_or_else(|| {
            let known: Vec<&str> = EMBEDDED.iter().map(|contract| contract.id).collect();
            let known = known.join("`, `");
            Failure::new(format!(
                "`{}` is not a known model; the models are `{known}`",
                model.escape_debug()
            ))
        })?;
        let newest = EDITIONS.last().copied().filter(|_| edition == "newest");
        let holding = contract.holding_in(newest.unwrap_or(edition));
        let edition = holding.ok_or_else(|| {
            let known: Vec<&str> = contract.editions().collect();
            let known = known.join("`, `");
            Failure::new(format!(
                "{} has no page in the edition `{}`; its editions are `{known}` and `newest`",
                contract.id,
                edition.escape_debug()
            ))
        })?;
        Ok(Self { contract, edition })
    }

    /// Returns the contract.
    ///
    /// # Errors
    /// Never for a contract that comes with `kling-spec`.
    pub fn spec(&self) -> Result<Spec> {
        let spec = self.contract.parse_edition(self.edition);
        spec.ok_or_else(|| Failure::new(format!("the edition {} has no page", self.edition)))
    }

    /// Returns the patch that makes the contract say what the page says: a whole patch of the contract itself, as the
    /// files beside it.
    ///
    /// # Errors
    /// Never for a contract that comes with `kling-spec`.
    pub fn patch(&self, drift: &Drift, spec: &Spec) -> Result<String> {
        let unread = |error| Failure::new(format!("the contract cannot be read: {error}"));
        let contract: Table = self.contract.text.parse().map_err(unread)?;
        let mut patches = self.contract.patches().iter();
        let known = patches.find(|patch| patch.edition == self.edition);
        let mut known: Table = known
            .map_or("", |patch| patch.text)
            .parse()
            .map_err(unread)?;
        let edition = [
            ("id", "unnamed".to_owned()),
            (
                "about",
                format!("a page newer than the edition {}", self.edition),
            ),
            ("read-from", "page".to_owned()),
        ];
        let edition = edition.map(|(key, value)| (key.to_owned(), value.into()));
        known.insert("edition".to_owned(), Table::from_iter(edition).into());
        let patch = patch::with(drift, spec, tables::Patch::new(contract, known, spec));
        let text = toml::to_string(&patch);
        let text =
            text.map_err(|error| Failure::new(format!("the patch cannot be written: {error}")))?;
        Ok(format!("{PATCH_HEAD}{text}"))
    }

    /// Returns the contract with a patch of it.
    ///
    /// # Errors
    /// The patch does not load.
    pub fn patched(&self, patch: &str) -> Result<Spec> {
        Spec::patched(self.contract.text, patch).map_err(|errors| Failure::new(errors.to_string()))
    }
}
