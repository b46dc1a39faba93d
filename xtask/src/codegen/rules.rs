//! The rule reference: one section a rule id.

use std::fmt::Write as _;

use kling_spec::{Common, CommonRuleText, Level, Rule, Service, Spec, Template};

use super::claims::why;
use super::markdown::{codes, grouped, table};

const HEAD: &str = "<!-- Written by `cargo xtask codegen` from the contracts. Change those, not this. -->

# Rules

What `kling check` finds, made from the contracts in `models/*.toml` and from `rules.toml`.

Levels: **error** is refused, contradictory, or certain to lose what was paid for; **warning** is accepted,
but probably not meant or without effect; **note** is a limit of the upstream service.

The service, where a rule is broken: **refuses** the request and charges nothing; **ignores** what is
wrong, makes the video without it and charges; **unknown**: nobody wrote it down.

";

/// The text of the reference.
pub(super) fn reference(specs: &[Spec]) -> String {
    let mut text = HEAD.to_owned();
    text.push_str("## Rules of every model\n\n");
    for entry in Common::embedded().rules() {
        common_rule(&mut text, entry, specs);
    }
    text.push_str("## Rules of single models\n\n");
    let rules = specs.iter().flat_map(|spec| {
        spec.rules()
            .iter()
            .map(move |rule| (rule.id.as_str(), (spec, rule)))
    });
    for (id, owners) in grouped(rules) {
        writeln!(text, "### `{id}`\n").expect(INFALLIBLE);
        for (spec, rule) in owners {
            model_rule(&mut text, spec, rule);
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn common_rule(text: &mut String, entry: &CommonRuleText, specs: &[Spec]) {
    let rule = entry.rule;
    writeln!(text, "### `{rule}`\n\n{}\n", entry.about).expect(INFALLIBLE);
    if let (Some(level), Some(service)) = (entry.level, entry.service) {
        stand(text, level, service, entry.reason.as_deref());
    }
    message(
        text,
        &shown(&entry.say, rule.variables()),
        entry
            .help
            .as_ref()
            .map(|help| shown(help, rule.variables()))
            .as_deref(),
    );
    let rows: Vec<[String; 5]> = specs.iter().flat_map(|spec| claimed(entry, spec)).collect();
    text.push_str(&table(["model", "level", "service", "why", "where"], &rows));
}

/// The claims of a contract that the rule holds requests to, those with one ground in one row.
fn claimed(entry: &CommonRuleText, spec: &Spec) -> Vec<[String; 5]> {
    let places = spec.claims_of(entry.rule).into_iter().map(|claim| {
        let (place, ground) = (claim.place, claim.ground);
        let level = entry.level.unwrap_or(ground.level);
        let service = entry.service.unwrap_or(ground.service);
        ((level, service, why(ground)), place)
    });
    let row = |((level, service, why), places): ((Level, Service, String), Vec<String>)| {
        [
            spec.id().to_owned(),
            level.to_string(),
            service.to_string(),
            why,
            codes(places),
        ]
    };
    grouped(places).into_iter().map(row).collect()
}

fn model_rule(text: &mut String, spec: &Spec, rule: &Rule) {
    writeln!(text, "{}, at {}:\n", spec.id(), codes(&rule.blame)).expect(INFALLIBLE);
    stand(
        text,
        rule.ground.level,
        rule.ground.service,
        Some(&why(&rule.ground)),
    );
    message(text, &rule.say, Some(&rule.help));
}

fn stand(text: &mut String, level: Level, service: Service, why: Option<&str>) {
    let service = match service {
        Service::Refuses => "the service refuses the request",
        Service::Ignores => "the service ignores what is wrong and charges",
        Service::Unknown => "what the service does is unknown",
    };
    write!(text, "**{level}**; {service}.").expect(INFALLIBLE);
    if let Some(why) = why {
        write!(text, " Why: {why}.").expect(INFALLIBLE);
    }
    text.push_str("\n\n");
}

fn message(text: &mut String, say: &str, help: Option<&str>) {
    // A message that is wholly made at the place tells nothing here.
    let tells = |line: &str| {
        !(line.starts_with('{') && line.ends_with('}') && line.matches('{').count() == 1)
    };
    if tells(say) {
        writeln!(text, "> {}", escaped(say)).expect(INFALLIBLE);
    }
    if let Some(help) = help.filter(|help| tells(help)) {
        if tells(say) {
            text.push_str(">\n");
        }
        writeln!(text, "> help: {}", escaped(help)).expect(INFALLIBLE);
    }
    if tells(say) || help.is_some_and(tells) {
        text.push('\n');
    }
}

/// A template with its names in braces.
fn shown(template: &Template, names: &[&str]) -> String {
    let values: Vec<(&str, String)> = names
        .iter()
        .map(|name| (*name, format!("{{{name}}}")))
        .collect();
    template.render(&values)
}

/// Markdown would take an angle bracket outside of code for a tag.
fn escaped(text: &str) -> String {
    let mut inside = false;
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        inside ^= c == '`';
        if c == '<' && !inside {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_spec::{CommonRule, EMBEDDED, EmbeddedContract};

    #[test]
    fn every_rule_has_exactly_one_section() {
        let specs: Vec<Spec> = EMBEDDED.iter().map(EmbeddedContract::parse).collect();
        let text = reference(&specs);
        let common = CommonRule::ALL.iter().map(|rule| rule.id());
        let own = specs
            .iter()
            .flat_map(Spec::rules)
            .map(|rule| rule.id.as_str());
        for id in common.chain(own) {
            assert_eq!(text.matches(&format!("\n### `{id}`\n")).count(), 1, "{id}");
        }
    }

    #[test]
    fn a_template_keeps_its_names() {
        let template = Template::parse("{field} is {{x}}", &["field"]).unwrap();
        assert_eq!(shown(&template, &["field"]), "{field} is {x}");
    }

    #[test]
    fn brackets_are_escaped_outside_of_code_alone() {
        assert_eq!(escaped("a <b> `<c>`"), "a \\<b> `<c>`");
    }
}
