//! `kling config`: the settings that apply to a file, and where each comes from.

use std::fmt::Write as _;

use crate::cli::{Config, LevelChanges, SpecFiles};
use crate::configuration::FILE;
use crate::exit::{Exit, Failure};
use crate::output::stdio;
use crate::settings::{self, DEFAULT_MAX_REQUEST_SIZE, Flags, SettingsError, SettingsOf};

pub(super) fn run(arguments: &Config) -> Result<Exit, Failure> {
    let contracts = crate::cli::Contracts {
        model: None,
        files: SpecFiles::default(),
    };
    let flags = Flags::new(&contracts, LevelChanges::default(), None);
    let mut settings = SettingsOf::new(flags, &arguments.configured);
    let path = arguments.path.as_deref();
    if let Some(path) = path
        && let Err(error) = std::fs::metadata(path)
    {
        return Err(Failure::new(&format!(
            "cannot read `{}`: {error}; name a file or a folder",
            path.display()
        )));
    }
    // What is printed must be valid: a fault in it is reported instead.
    if let Err(SettingsError::Invalid(failure)) = settings.of(path) {
        return Err(failure);
    }
    let found = settings
        .configuration_of(path)
        .map(settings::read)
        .transpose()?;
    let mut text = String::new();
    let mut line = |line: String| {
        writeln!(text, "{}", kling_text::plain(&line)).expect("writing to a String cannot fail");
    };
    let Some(found) = found else {
        let why = if arguments.configured.no_config {
            "`--no-config` was given"
        } else {
            "none was found from here upwards"
        };
        line(format!("# no {FILE}: {why}"));
        line(format!(
            "max-request-size = {DEFAULT_MAX_REQUEST_SIZE} # default"
        ));
        stdio::print(&text)?;
        return Ok(Exit::Clean);
    };
    let configuration = &found.configuration;
    line(format!("# from {}", found.path.display()));
    for (key, rules) in configuration.levels() {
        if !rules.is_empty() {
            line(format!(
                "{key} = {}",
                list(rules.iter().map(|rule| rule.as_ref().as_str()))
            ));
        }
    }
    if !configuration.spec.is_empty() {
        let folder = found.path.parent().unwrap_or(std::path::Path::new(""));
        let paths: Vec<String> = configuration
            .spec
            .iter()
            .map(|spec| folder.join(spec).to_string_lossy().into_owned())
            .collect();
        line(format!("spec = {}", list(paths.iter().map(String::as_str))));
    }
    if let Some(edition) = &configuration.edition {
        line(format!(
            "edition = {}",
            serde_json::Value::from(edition.as_ref().as_str())
        ));
    }
    if let Some(model) = &configuration.model {
        line(format!(
            "model = {}",
            serde_json::Value::from(model.as_ref().as_str())
        ));
    }
    match configuration.max_request_size {
        Some(size) => line(format!("max-request-size = {size}")),
        None => line(format!(
            "max-request-size = {DEFAULT_MAX_REQUEST_SIZE} # default"
        )),
    }
    if let Some(prices) = &configuration.prices {
        line("[prices]".to_owned());
        line(format!(
            "currency = {}",
            serde_json::Value::from(prices.currency.as_str())
        ));
        for (model, specs) in &prices.models {
            line(format!(
                "[prices.{}]",
                serde_json::Value::from(model.as_ref().as_str())
            ));
            for (spec, price) in specs {
                line(format!(
                    "{} = {price}",
                    serde_json::Value::from(spec.as_ref().as_str())
                ));
            }
        }
    }
    stdio::print(&text)?;
    Ok(Exit::Clean)
}

/// Formats a list as TOML, whose plain strings are written like those of JSON.
fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts
        .map(|text| serde_json::Value::from(text).to_string())
        .collect();
    format!("[{}]", texts.join(", "))
}
