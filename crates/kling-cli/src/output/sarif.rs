//! SARIF 2.1.0, the format that code hosts and dashboards read. It is written as findings are found: the table of
//! rules comes before them, so all contracts are read for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use kling_check::Checker;
use kling_check::json::v1::{Diagnostic, Summary};
use kling_spec::{Level, Service};
use serde::Serialize;

use super::findings::Findings;
use super::render::{Ending, Render, diagnostics};
use super::safe;
use crate::input::request::Request;

/// The schema that the output names and that a test checks it against.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// `--format sarif`.
pub(crate) struct Sarif {
    head: String,
    /// By rule: its index in the table.
    places: BTreeMap<String, usize>,
}

/// A rule in the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct RuleProperties {
    tags: Vec<String>,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl Sarif {
    /// Makes the format for this checker's findings.
    pub(crate) fn new(checker: &Checker) -> Self {
        let rules = rules(checker);
        let places = rules
            .iter()
            .enumerate()
            .map(|(place, rule)| (rule.id.clone(), place))
            .collect();
        let mut head = format!(
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":"
        );
        let driver = serde_json::json!({
            "name": "kling",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        });
        head.push_str(&safe::json_text(&driver.to_string()));
        head.push_str("},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
        Self { head, places }
    }

    fn result(&self, found: &Diagnostic<'_>, of: Level, title: Option<&str>) -> serde_json::Value {
        let mut message = found.message.to_owned();
        if let Some(help) = found.help {
            write!(message, "; {help}").expect("writing to a String cannot fail");
        }
        let mut result = serde_json::json!({
            "ruleId": found.rule,
            "level": level(of),
            "message": { "text": message },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(found.file) },
                    "region": {
                        "startLine": found.start.line,
                        "startColumn": found.start.column,
                        "endLine": found.end.line,
                        "endColumn": found.end.column,
                        "byteOffset": found.span.start,
                        "byteLength": found.span.end - found.span.start,
                    },
                },
                "logicalLocations": [{ "fullyQualifiedName": found.pointer, "kind": "member" }],
            }],
            "properties": {
                "request": found.request,
                "service": found.service,
                "source": found.source,
            },
        });
        if let Some(place) = self.places.get(found.rule) {
            result["ruleIndex"] = (*place).into();
        }
        if let (Some(fix), Some(title)) = (&found.fix, title) {
            let replacements: Vec<_> = fix
                .edits
                .iter()
                .map(|edit| {
                    serde_json::json!({
                        "deletedRegion": {
                            "byteOffset": edit.start,
                            "byteLength": edit.end - edit.start,
                        },
                        "insertedContent": { "text": edit.text },
                    })
                })
                .collect();
            result["fixes"] = serde_json::json!([{
                "description": { "text": title },
                "artifactChanges": [{
                    "artifactLocation": { "uri": uri(found.file) },
                    "replacements": replacements,
                }],
                "properties": { "safe": fix.safe },
            }]);
        }
        if let Some(model) = found.model {
            result["properties"]["model"] = model.into();
        }
        result
    }
}

impl Render for Sarif {
    fn head(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.head)
    }

    fn separator(&self) -> &'static str {
        ","
    }

    fn wants_fixes(&self) -> bool {
        true
    }

    fn findings(&self, request: &Request<'_>, found: &Findings, out: &mut Vec<u8>) {
        let shown = diagnostics(request, found);
        for (shown, (diagnostic, fix)) in shown.zip(found.with_fixes()) {
            out.extend_from_slice(b",\n");
            let title = fix.map(|fix| fix.title.as_str());
            safe::push_json(out, &self.result(&shown, diagnostic.level, title));
        }
    }

    fn tail(&self, summary: &Summary, ending: Ending, out: &mut Vec<u8>) {
        let mut invocation =
            serde_json::json!({ "executionSuccessful": ending == Ending::EverythingRead });
        if summary.omitted > 0 {
            let text = format!(
                "{} more findings, in requests with more than {}, are not listed",
                summary.omitted,
                kling_check::DEFAULT_MAX_FINDINGS
            );
            invocation["toolExecutionNotifications"] =
                serde_json::json!([{ "level": "warning", "message": { "text": text } }]);
        }
        out.extend_from_slice(b"\n],\"invocations\":[");
        safe::push_json(out, &invocation);
        out.extend_from_slice(b"]}]}\n");
    }
}

/// Returns all rules, each once, in the order of their ids.
fn rules(checker: &Checker) -> Vec<Rule> {
    let mut rules = BTreeMap::new();
    for rule in checker.common().rules() {
        let id = rule.rule.id().to_owned();
        rules.insert(
            id.clone(),
            Rule {
                short_description: Text::new(rule.about.clone()),
                full_description: rule.reason.clone().map(Text::new),
                help: None,
                default_configuration: Configuration {
                    level: level(rule.level.unwrap_or(Level::Error)),
                },
                properties: RuleProperties {
                    tags: rule.service.map(service).into_iter().collect(),
                },
                id,
            },
        );
    }
    for spec in checker.models().filter_map(|id| checker.spec(id)) {
        for rule in spec.rules() {
            rules.entry(rule.id.clone()).or_insert_with(|| Rule {
                id: rule.id.clone(),
                short_description: Text::new(rule.say.clone()),
                full_description: Some(Text::new(rule.ground.evidence.to_string())),
                help: Some(Text::new(rule.help.clone())),
                default_configuration: Configuration {
                    level: level(rule.ground.level),
                },
                properties: RuleProperties {
                    tags: vec![service(rule.ground.service)],
                },
            });
        }
    }
    rules.into_values().collect()
}

/// Returns a level in SARIF terms.
const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// Describes what the service does, as a tag.
fn service(service: Service) -> String {
    format!("service-{service}")
}

/// Returns a file as a URI reference: absolute for an absolute path, otherwise relative to the working folder.
fn uri(file: &str) -> String {
    let scheme = if file.starts_with('/') { "file://" } else { "" };
    let mut uri = String::from(scheme);
    // A first segment with a colon would be taken for a scheme.
    if scheme.is_empty()
        && file
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'))
    {
        uri.push_str("./");
    }
    for &byte in file.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:@!$&'()*+,;=".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_becomes_a_reference() {
        assert_eq!(uri("a b/猫#1.json"), "a%20b/%E7%8C%AB%231.json");
        assert_eq!(uri("/tmp/x%.json"), "file:///tmp/x%25.json");
        assert_eq!(uri("c:x.json"), "./c:x.json");
        assert_eq!(uri("-"), "-");
    }
}
