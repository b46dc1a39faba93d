//! `kling models`: the models, and everything known about one of them.

mod editions;

use std::fmt::Write as _;

use kling_check::Checker;
use kling_spec::{EMBEDDED, EmbeddedContract, Spec};

use crate::cli::Models;
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::output::condition::clause;
use crate::output::field::{values, with_unit};
use crate::output::stdio;
use crate::output::style::{list_width, stdout_width};
use crate::output::table::{Table, wrap};

pub(super) fn run(arguments: &Models) -> Result<Exit, Failure> {
    let checker = contracts::checker(
        arguments.contracts.edition(),
        &arguments.contracts.specs,
        &[],
    )?;
    let text = match &arguments.id {
        None => list(&checker),
        Some(id) if arguments.editions => {
            let is_it = |contract: &&EmbeddedContract| {
                let mut editions = contract.editions();
                editions.any(|edition| contract.id_in(edition) == id)
            };
            let unknown = || Failure::new(&checker.unknown_model(id).to_string());
            editions::changes(EMBEDDED.iter().find(is_it).ok_or_else(unknown)?)
        }
        Some(id) => {
            let unknown = || Failure::new(&checker.unknown_model(id).to_string());
            let spec = checker.spec(id).ok_or_else(unknown)?;
            model(spec).expect("writing to a String cannot fail")
        }
    };
    stdio::print(&kling_text::plain_lines(&text))?;
    Ok(Exit::Clean)
}

fn list(checker: &Checker) -> String {
    let mut table = Table::new(3);
    for spec in checker.models().filter_map(|id| checker.spec(id)) {
        table.row([spec.id(), spec.title(), spec.about()]);
    }
    table.wrapped("", list_width())
}

fn model(spec: &Spec) -> Result<String, std::fmt::Error> {
    let mut text = format!(
        "{} ({})\n{}\n{}\n\nFields\n",
        spec.title(),
        spec.id(),
        wrap(spec.about(), 0, stdout_width()),
        spec.endpoint()
    );
    let mut table = Table::new(5);
    table.row(["path", "type", "required", "default", "values"]);
    for field in spec.fields().values() {
        table.row([
            field.path.to_string(),
            field.kind.as_str().to_owned(),
            if field.required.is_some() { "yes" } else { "" }.to_owned(),
            field
                .default
                .as_ref()
                .map(|default| with_unit(field, default.value.to_string()))
                .unwrap_or_default(),
            values(field),
        ]);
    }
    text.push_str(&table.wrapped("  ", stdout_width()));
    text.push_str("\nWhat they are\n");
    for field in spec.fields().values() {
        write!(
            text,
            "  {}\n    {}\n    source: {}\n",
            field.path,
            wrap(&field.about, 4, stdout_width()),
            field.ground.evidence
        )?;
    }
    placeholders(spec, &mut text)?;
    if !spec.rules().is_empty() {
        text.push_str("\nRules\n");
        for rule in spec.rules() {
            write!(
                text,
                "  {} ({})\n    {}\n    help: {}\n",
                rule.id,
                rule.ground.level,
                wrap(&rule.say, 4, stdout_width()),
                wrap(&rule.help, 10, stdout_width())
            )?;
            writeln!(text, "    source: {}", rule.ground.evidence)?;
        }
    }
    billing(spec, &mut text)?;
    Ok(text)
}

fn placeholders(spec: &Spec, text: &mut String) -> std::fmt::Result {
    let Some(placeholders) = spec.placeholders() else {
        return Ok(());
    };
    let with_list: Vec<_> = placeholders
        .kinds
        .iter()
        .filter_map(|kind| Some((kind.name.as_str(), kind.list.as_ref()?)))
        .collect();
    writeln!(text, "\nPlaceholders in {}", placeholders.field)?;
    if with_list.is_empty() {
        return writeln!(text, "  none: this model has no placeholders");
    }
    let mut table = Table::new(2);
    for (name, list) in with_list {
        table.row([
            format!("<<<{name}_N>>>"),
            format!("item N of {list}, from 1"),
        ]);
    }
    text.push_str(&table.wrapped("  ", stdout_width()));
    Ok(())
}

fn billing(spec: &Spec, text: &mut String) -> std::fmt::Result {
    let Some(billing) = spec.billing() else {
        return Ok(());
    };
    writeln!(text, "\nBilling")?;
    let mut table = Table::new(3);
    for tier in &billing.tiers {
        table.row([
            tier.name.clone(),
            format!("{} pixels on the short side", tier.short_side),
            format!("if {}", clause(&tier.when)),
        ]);
    }
    for addon in &billing.addons {
        table.row([
            format!("+{}", addon.name),
            String::new(),
            format!("if {}", clause(&addon.when)),
        ]);
    }
    text.push_str(&table.wrapped("  ", stdout_width()));
    writeln!(text, "  source: {}", billing.source)
}
