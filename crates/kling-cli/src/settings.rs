//! The settings for the requests of a file: those of the command line, then those of the `kling.toml` that applies to
//! its folder.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kling_check::{Checker, DEFAULT_MAX_FINDINGS};
use kling_spec::{Billing, nearest};
use toml::Spanned;

use crate::cli::{Change, Configured, Contracts, LevelChange, LevelChanges};
use crate::configuration::{Configuration, Search, place};
use crate::contracts;
use crate::exit::Failure;
use crate::levels::Levels;
use crate::prices::Prices;

/// The default for the maximum number of bytes of a request: 8 MiB.
pub(crate) const DEFAULT_MAX_REQUEST_SIZE: NonZeroUsize =
    NonZeroUsize::new(8 << 20).expect("it is not zero");

/// The maximum number of findings of one request if some of them are dropped later, so that those do not use up the
/// limit.
const MAX_CHANGED_FINDINGS: usize = 100 * DEFAULT_MAX_FINDINGS;

/// The settings for the requests of a file.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) checker: Checker,
    pub(crate) levels: Levels,
    /// Whether a model is assumed, so that a request may be clean without naming one.
    pub(crate) assumes: bool,
    /// The maximum number of bytes of a request.
    pub(crate) limit: usize,
    /// The prices of the models, if they are configured.
    pub(crate) prices: Option<Prices>,
}

/// The settings from the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    pub(crate) levels: LevelChanges,
    pub(crate) specs: Vec<PathBuf>,
    pub(crate) edition: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) max_request_size: Option<NonZeroUsize>,
}

impl Flags {
    /// Takes the settings from the options of a command.
    pub(crate) fn new(
        contracts: &Contracts,
        levels: LevelChanges,
        max_request_size: Option<NonZeroUsize>,
    ) -> Self {
        Self {
            levels,
            specs: contracts.files.specs.clone(),
            edition: contracts.files.edition.clone(),
            model: contracts.model.clone(),
            max_request_size,
        }
    }
}

/// A `kling.toml` that was read.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    /// Its text, in which places are looked for.
    text: String,
    pub(crate) configuration: Configuration,
}

impl ConfigFile {
    /// The file with the line and column of a key or a value, as errors name it.
    fn place_of<T>(&self, part: &Spanned<T>) -> String {
        let place = place(&self.text, part.span().start);
        format!("{}:{place}", self.path.display())
    }
}

impl Settings {
    fn new(flags: &Flags, found: Option<&ConfigFile>) -> Result<Self, Failure> {
        let configuration = found.map(|found| &found.configuration);
        let folder = found.and_then(|found| found.path.parent());
        let configured = configuration
            .iter()
            .flat_map(|configuration| &configuration.spec);
        let configured: Vec<PathBuf> = configured
            .map(|spec| folder.unwrap_or(Path::new("")).join(spec))
            .collect();
        let place_of =
            |part: &Spanned<String>| found.map_or_else(String::new, |found| found.place_of(part));
        // The option counts before the file; with it there is where the value comes from.
        let chosen = |option: &Option<String>, name: &str, configured: Option<&Spanned<String>>| {
            let given = option.as_ref().map(|id| (id.clone(), format!("--{name}")));
            given.or_else(|| configured.map(|id| (id.as_ref().clone(), place_of(id))))
        };
        let edition = chosen(
            &flags.edition,
            "edition",
            configuration.and_then(|found| found.edition.as_ref()),
        );
        let edition = edition
            .as_ref()
            .map(|(id, origin)| (id.as_str(), origin.as_str()));
        let mut checker = contracts::checker(edition, &flags.specs, &configured)?;
        let assumed = chosen(
            &flags.model,
            "model",
            configuration.and_then(|found| found.model.as_ref()),
        );
        if let Some((id, origin)) = &assumed {
            checker = contracts::assuming(checker, id, origin)?;
        }
        let mut levels = Levels::default();
        for (key, rules) in configuration
            .iter()
            .flat_map(|configuration| configuration.levels())
        {
            let change = Change::ALL
                .into_iter()
                .find(|change| change.option() == key);
            for rule in rules {
                let change = LevelChange {
                    change: change.expect("the keys are those of the options"),
                    what: rule.as_ref().clone(),
                };
                levels.add(&change, &place_of(rule), &checker)?;
            }
        }
        for change in &flags.levels.0 {
            let origin = format!("--{}", change.change.option());
            levels.add(change, &origin, &checker)?;
        }
        if !levels.is_empty() {
            checker = checker.max_findings(MAX_CHANGED_FINDINGS);
        }
        let prices = configuration.and_then(|configuration| configuration.prices.clone());
        if let Some(prices) = &prices {
            known_prices(prices, &checker)
                .map_err(|(key, fault)| Failure::new(&format!("{}: {fault}", place_of(key))))?;
        }
        let limit = flags
            .max_request_size
            .or(configuration.and_then(|configuration| configuration.max_request_size));
        Ok(Self {
            checker,
            levels,
            assumes: assumed.is_some(),
            limit: limit.unwrap_or(DEFAULT_MAX_REQUEST_SIZE).get(),
            prices,
        })
    }
}

/// Makes sure that there is what has a price: a slip in a name would make the price unknown. An error has the
/// key that is wrong.
fn known_prices<'p>(
    prices: &'p Prices,
    checker: &Checker,
) -> Result<(), (&'p Spanned<String>, String)> {
    for (model, specs) in &prices.models {
        let Some(contract) = checker.spec(model.as_ref()) else {
            let unknown = checker.unknown_model(model.as_ref()).to_string();
            return Err((model, unknown));
        };
        let bills = contract.billing().map(Billing::names).unwrap_or_default();
        if let Some(spec) = specs.keys().find(|spec| !bills.contains(spec.as_ref())) {
            let hint = match nearest(spec.as_ref(), bills.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are {}", bills.join(", ")),
            };
            let fault = format!("{model} has no billing spec `{spec}`; {hint}");
            return Err((spec, fault));
        }
    }
    Ok(())
}

/// Determines the settings of each file. A `kling.toml` is read when the first file under it is reached.
#[derive(Debug)]
pub(crate) struct SettingsOf {
    flags: Flags,
    configured: Configured,
    search: Search,
    /// By `kling.toml`; `None` for files under none.
    known: HashMap<Option<PathBuf>, Option<Arc<Settings>>>,
}

/// Why a file has no settings.
#[derive(Debug)]
pub(crate) enum SettingsError {
    /// Its `kling.toml` is not valid.
    Invalid(Failure),
    /// Its `kling.toml` is not valid, which has already been reported.
    AlreadyReported,
}

impl SettingsOf {
    /// Starts with the settings of a command line.
    pub(crate) fn new(flags: Flags, configured: &Configured) -> Self {
        Self {
            flags,
            configured: configured.clone(),
            search: Search::default(),
            known: HashMap::new(),
        }
    }

    /// Returns the `kling.toml` that applies to a file; for standard input (`None`) that of the working folder.
    pub(crate) fn configuration_of(&mut self, file: Option<&Path>) -> Option<PathBuf> {
        if self.configured.no_config {
            return None;
        }
        if let Some(given) = &self.configured.config {
            return Some(given.clone());
        }
        let working = || std::env::current_dir().ok();
        let folder = match file {
            None => working()?,
            // A link belongs to the folder it is in, not to that of its target.
            Some(file) if file.is_dir() => std::path::absolute(file).ok()?,
            Some(file) => std::path::absolute(file).ok()?.parent()?.to_owned(),
        };
        self.search.of_folder(&folder)
    }

    /// Returns the settings for a file, or for standard input.
    pub(crate) fn of(&mut self, file: Option<&Path>) -> Result<Arc<Settings>, SettingsError> {
        let path = self.configuration_of(file);
        if let Some(known) = self.known.get(&path) {
            return known.clone().ok_or(SettingsError::AlreadyReported);
        }
        let made = self.make(path.clone());
        let settings = made.as_ref().ok().cloned();
        self.known.insert(path, settings);
        made.map_err(SettingsError::Invalid)
    }

    /// Returns the settings for a single file, for a caller that changes them.
    #[cfg(feature = "client")]
    pub(crate) fn into_settings(mut self, file: Option<&Path>) -> Result<Settings, Failure> {
        let found = self.configuration_of(file).map(read).transpose()?;
        Settings::new(&self.flags, found.as_ref())
    }

    fn make(&self, path: Option<PathBuf>) -> Result<Arc<Settings>, Failure> {
        let found = path.map(read).transpose()?;
        Settings::new(&self.flags, found.as_ref()).map(Arc::new)
    }
}

/// Reads a `kling.toml`.
pub(crate) fn read(path: PathBuf) -> Result<ConfigFile, Failure> {
    let (configuration, text) = Configuration::read(&path)?;
    Ok(ConfigFile {
        path,
        text,
        configuration,
    })
}
