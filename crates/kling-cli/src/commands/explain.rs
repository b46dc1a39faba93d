//! `kling explain`: the rules, and everything known about one of them.

use std::fmt::{Display, Write as _};

use kling_check::Checker;
use kling_spec::{
    Common, CommonRule, CommonRuleText, Level, Rule, Service, Spec, Template, nearest,
};

use crate::cli::Explain;
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::output::stdio;
use crate::output::style::{list_width, stdout_width};
use crate::output::table::{Table, wrap};

/// Why a text is always written.
const TO_STRING: &str = "writing to a String cannot fail";

pub(super) fn run(arguments: &Explain) -> Result<Exit, Failure> {
    let checker = contracts::checker(
        arguments.contracts.edition(),
        &arguments.contracts.specs,
        &[],
    )?;
    let specs: Vec<&Spec> = checker.models().filter_map(|id| checker.spec(id)).collect();
    let text = match &arguments.rule {
        None => list(checker.common(), &specs),
        Some(id) => {
            let common = checker
                .common()
                .rules()
                .iter()
                .find(|text| text.rule.id() == id);
            match common {
                Some(text) => common_rule(text, &specs),
                None => contract_rule(id, &specs).ok_or_else(|| unknown(&checker, &specs, id))?,
            }
        }
    };
    stdio::print(&kling_text::plain_lines(&text))?;
    Ok(Exit::Clean)
}

fn list(common: &Common, specs: &[&Spec]) -> String {
    let mut table = Table::new(3);
    for text in common.rules() {
        let claimed = specs
            .iter()
            .flat_map(|spec| spec.claims_of(text.rule))
            .map(|claim| text.level.unwrap_or(claim.ground.level));
        table.row([
            text.rule.id().to_owned(),
            levels(text.level.into_iter().chain(claimed)),
            text.about.clone(),
        ]);
    }
    let mut seen = Vec::new();
    for rule in specs.iter().flat_map(|spec| spec.rules()) {
        if seen.contains(&rule.id.as_str()) {
            continue;
        }
        seen.push(&rule.id);
        let same = same_rules(&rule.id, specs).map(|(_, rule)| rule.ground.level);
        table.row([rule.id.clone(), levels(same), sentence(&rule.say)]);
    }
    table.wrapped("", list_width())
}

/// Returns the levels that a rule has, the most severe first.
fn levels(all: impl Iterator<Item = Level>) -> String {
    let mut levels: Vec<Level> = all.collect();
    levels.sort_unstable();
    levels.dedup();
    levels
        .iter()
        .map(|level| level.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn common_rule(text: &CommonRuleText, specs: &[&Spec]) -> String {
    let rule = text.rule;
    let width = stdout_width();
    let mut out = format!("{rule}\n{}\n\n", wrap(&text.about, 0, width));
    let mut field = |name: &str, value: &dyn Display| out.push_str(&line("", name, value));
    if let Some(level) = text.level {
        field("level", &level);
    }
    if let Some(service) = text.service {
        field("service", &service_words(service, false));
    }
    if let Some(reason) = &text.reason {
        field("reason", reason);
    }
    field("message", &pattern(&text.say, rule));
    if let Some(help) = &text.help {
        field("help", &pattern(help, rule));
    }
    let mut models = Vec::new();
    let mut tables = Vec::new();
    for spec in specs {
        let mut table = Table::new(4);
        let mut rows = 0_usize;
        for claim in spec.claims_of(rule) {
            rows += 1;
            let level = text.level.unwrap_or(claim.ground.level);
            let service = text.service.unwrap_or(claim.ground.service);
            let verdict = format!("{level}, {service}");
            table.row([
                claim.place,
                verdict,
                claim.detail,
                claim.ground.evidence.to_string(),
            ]);
        }
        if rule == CommonRule::MisnamedField {
            for mistake in spec.mistakes() {
                rows += usize::from(mistake.at.name().is_some());
                let means = mistake
                    .means
                    .as_ref()
                    .map(|means| format!("-> {means}"))
                    .unwrap_or_default();
                table.row([mistake.at.to_string(), means, mistake.say.clone()]);
            }
        }
        if rows > 0 {
            models.push(spec.id());
            tables.push(table);
        }
    }
    Table::line_up(&mut tables);
    for (model, table) in models.iter().zip(&tables) {
        write!(out, "\n{model}\n{}", table.wrapped("  ", width)).expect(TO_STRING);
    }
    out
}

/// Formats a name and a value; further lines of the value are aligned below it.
fn line(indent: &str, name: &str, value: &dyn Display) -> String {
    let begin = indent.len() + name.len() + 2;
    let value = wrap(&value.to_string(), begin, stdout_width());
    format!("{indent}{name}: {value}\n")
}

/// Formats a template with its variables shown as such.
fn pattern(template: &Template, rule: CommonRule) -> String {
    let shown: Vec<String> = rule
        .variables()
        .iter()
        .map(|name| format!("<{name}>"))
        .collect();
    let values: Vec<(&str, String)> = rule.variables().iter().copied().zip(shown).collect();
    template.render(&values)
}

fn contract_rule(id: &str, specs: &[&Spec]) -> Option<String> {
    let mut out = String::new();
    for (spec, rule) in same_rules(id, specs) {
        let Rule {
            say, help, ground, ..
        } = rule;
        write!(out, "\n{}\n", spec.id()).expect(TO_STRING);
        let mut field = |name: &str, value: &dyn Display| out.push_str(&line("  ", name, value));
        field("level", &ground.level);
        field(
            "service",
            &service_words(ground.service, ground.evidence.is_documented()),
        );
        field("message", say);
        field("help", help);
        field("source", &ground.evidence);
        if let Some(reason) = &ground.reason {
            field("reason", reason);
        }
    }
    (!out.is_empty()).then(|| format!("{id}\n{out}"))
}

fn same_rules<'s>(id: &str, specs: &[&'s Spec]) -> impl Iterator<Item = (&'s Spec, &'s Rule)> {
    specs
        .iter()
        .filter_map(move |spec| Some((*spec, spec.rules().iter().find(|rule| rule.id == id)?)))
}

const fn service_words(service: Service, is_documented: bool) -> &'static str {
    match service {
        Service::Refuses => "refuses it; nothing is charged",
        Service::Ignores if is_documented => "ignores it; the video is made without it and charged",
        Service::Ignores => "probably ignores it; the video is then made without it and charged",
        Service::Unknown => "unknown; no page says what it does",
    }
}

/// Turns a clause into a sentence.
fn sentence(clause: &str) -> String {
    let mut characters = clause.chars();
    let first: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", characters.as_str())
}

fn unknown(checker: &Checker, specs: &[&Spec], id: &str) -> Failure {
    let common = checker.common().rules().iter().map(|text| text.rule.id());
    let own = specs
        .iter()
        .flat_map(|spec| spec.rules())
        .map(|rule| rule.id.as_str());
    let hint = match nearest(id, common.chain(own)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`kling explain` lists the rules".to_owned(),
    };
    Failure::new(&format!("`{id}` is not a rule; {hint}"))
}
