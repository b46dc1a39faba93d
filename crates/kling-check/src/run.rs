//! From a text to its report.

use kling_json::{Cursor, Kind, Span, SyntaxError, Text};
use kling_spec::{CommonRule, Level, nearest};
use kling_text::{quote, quote_string};

use crate::Checker;
use crate::facts::Facts;
use crate::findings::{Collector, Effect, Finder, Finding, Kept, Make, request_span};
use crate::model::{Naming, exact, naming};
use crate::prose::alternatives;
use crate::report::{Bill, Report, Texts, VideoOutput};
use crate::sent::AsSent;
use crate::spelling::digits;
use crate::table::Table;
use crate::verdict::Verdict;
use crate::walk::{Halt, Walker};

/// Clean text meets only the verdict; text with a finding is walked again.
pub(crate) fn check<'c>(checker: &'c Checker, text: &str) -> Report<'c> {
    let Some(index) = exact(checker, text) else {
        return collect(checker, text, Make::for_report(text)).report(checker, text);
    };
    let table = checker.table(index);
    let mut walker = Walker::new(text, table, checker, Verdict);
    if walker.is_clean() {
        let (output, bill) = crate::rules::outcome(table, &walker.facts);
        return Report {
            model: Some(table.spec.id()),
            bill,
            output: Some(output),
            ..Report::default()
        };
    }
    findings(checker, text, table, true, Make::for_report(text)).report(checker, text)
}

/// The same for text that probably has a finding: it is walked once.
pub(crate) fn check_at_once<'c>(checker: &'c Checker, text: &str) -> Report<'c> {
    let make = Make::for_report(text);
    let walk = match exact(checker, text) {
        Some(index) => findings(checker, text, checker.table(index), true, make),
        None => collect(checker, text, make),
    };
    walk.report(checker, text)
}

/// The words of the findings of a request, in the order of the findings in its report.
pub(crate) fn texts<'c>(checker: &'c Checker, text: &str) -> Box<[Texts<'c>]> {
    collect(checker, text, Make::Texts).kept.texts()
}

/// The findings of a request with what they mean, in the order of the findings in its report, and the contract by which
/// it was read.
pub(crate) fn meanings<'c>(
    checker: &'c Checker,
    text: &str,
) -> (Option<&'c Table>, Vec<Finding<'c>>) {
    let walk = collect(checker, text, Make::Meanings);
    let table = walk.model.and_then(|id| checker.index_of(id));
    (
        table.map(|index| checker.table(index)),
        walk.kept.findings(),
    )
}

/// What a walk that keeps all findings has given.
struct Walk<'c> {
    model: Option<&'c str>,
    outcome: Option<(VideoOutput, Option<Bill<'c>>)>,
    kept: Kept<'c>,
}

impl<'c> Walk<'c> {
    fn report(self, checker: &'c Checker, text: &str) -> Report<'c> {
        let (diagnostics, omitted) = self.kept.finish(checker, text);
        let (output, bill) = self
            .outcome
            .map_or((None, None), |(output, bill)| (Some(output), bill));
        Report {
            model: self.model,
            diagnostics,
            omitted,
            bill,
            output,
        }
    }
}

fn collect<'c>(checker: &'c Checker, text: &str, make: Make) -> Walk<'c> {
    let of_model = |index, settled| findings(checker, text, checker.table(index), settled, make);
    match naming(checker, text) {
        Naming::Known { index, settled } => of_model(index, settled),
        naming @ (Naming::Nothing
        | Naming::Unknown { .. }
        | Naming::Mistyped { .. }
        | Naming::Missing) => match checker.assumed {
            Some(index) => {
                let settled = matches!(naming, Naming::Unknown { .. } | Naming::Mistyped { .. });
                of_model(index, settled)
            }
            None => without_model(checker, text, &naming, make),
        },
    }
}

pub(crate) fn is_clean(checker: &Checker, text: &str) -> bool {
    exact(checker, text)
        .is_some_and(|index| Walker::new(text, checker.table(index), checker, Verdict).is_clean())
}

pub(crate) fn check_bytes<'c>(checker: &'c Checker, bytes: &[u8]) -> Report<'c> {
    match kling_json::validate_utf8(bytes) {
        Ok(text) => check(checker, text),
        Err(error) => {
            // What stands before the first wrong byte is text, so its lines and columns are known.
            let valid = bytes
                .get(..error.offset)
                .and_then(|valid| std::str::from_utf8(valid).ok())
                .unwrap_or_default();
            let kept = Kept::new(checker.max_findings, Make::Texts);
            let mut collector = Collector::new(kept, valid, false);
            collector.syntax(checker, valid, error);
            let (diagnostics, omitted) = collector.kept.finish(checker, valid);
            Report {
                diagnostics,
                omitted,
                ..Report::default()
            }
        }
    }
}

/// Walks a request with a table and keeps all findings.
fn findings<'c>(
    checker: &'c Checker,
    text: &str,
    table: &'c Table,
    settled: bool,
    make: Make,
) -> Walk<'c> {
    let kept = Kept::new(checker.max_findings, make);
    let collector = Collector::new(kept, text, settled);
    let mut finder: Finder<'_, 'c> = Walker::new(text, table, checker, collector);
    if finder.cursor.kind().is_ok_and(|kind| kind != Kind::Object) {
        return without_model(checker, text, &Naming::Nothing, make);
    }
    match finder.request() {
        Ok(()) => {
            finder.broken_rules();
            finder.misfit_placeholders();
        }
        Err(Halt::Syntax(error)) => finder.sink.syntax(checker, text, error),
        Err(Halt::Found) => {}
    }
    let outcome = (!finder.sink.kept.prevents_bill()).then(|| {
        if finder.sink.read_elsewhere {
            // What the rules read in another place is not there for the service.
            crate::rules::outcome(table, &as_sent(checker, text, table))
        } else {
            crate::rules::outcome(table, &finder.facts)
        }
    });
    Walk {
        model: Some(table.spec.id()),
        outcome,
        kept: finder.sink.kept,
    }
}

#[cold]
fn as_sent<'t>(checker: &Checker, text: &'t str, table: &Table) -> Facts<'t> {
    let mut walker = Walker::new(text, table, checker, AsSent);
    // The text has been read before, and this sink stops at nothing.
    let _ = walker.request();
    walker.facts
}

/// One finding about the model, and what is true of any text.
#[cold]
fn without_model<'c>(
    checker: &'c Checker,
    text: &str,
    naming: &Naming<'_>,
    make: Make,
) -> Walk<'c> {
    let kept = Kept::new(checker.max_findings, make);
    let mut collector = Collector::new(kept, text, false);
    let mut cursor = Cursor::new(text);
    let start = cursor.kind().map(|kind| (kind, cursor.offset()));
    let read = collector
        .skip(checker, &mut cursor)
        .and_then(|()| cursor.finish());
    match (start, naming) {
        (Ok((kind, start)), _) if kind != Kind::Object => {
            if read.is_ok() {
                collector.no_object(checker, kind, Span::new(start, start + 1));
            }
        }
        (_, Naming::Unknown { key, value }) => collector.unknown_model(checker, key, value),
        (_, Naming::Mistyped { key, kind, span }) => {
            collector.mistyped_model(checker, key, *kind, *span);
        }
        (_, Naming::Missing) if read.is_ok() => collector.missing_model(checker, text),
        (_, Naming::Missing | Naming::Nothing | Naming::Known { .. }) => {}
    }
    if let Err(error) = read {
        collector.syntax(checker, text, error);
    }
    Walk {
        model: None,
        outcome: None,
        kept: collector.kept,
    }
}

impl<'c> Collector<'_, 'c> {
    /// The text is not JSON from the place of the error on.
    #[cold]
    fn syntax(&mut self, checker: &'c Checker, text: &str, error: SyntaxError) {
        let end = text
            .get(error.offset..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        let span = Span::new(error.offset, error.offset + end);
        let rule = checker.common().rule(CommonRule::JsonSyntax);
        let make = || Finding {
            rule: CommonRule::JsonSyntax.id(),
            level: Level::Error,
            service: rule.service.unwrap_or(kling_spec::Service::Refuses),
            pointer: String::new(),
            span,
            texts: None,
            meaning: None,
        };
        self.kept
            .push(Level::Error, Effect::NoBill, make, || Texts {
                message: rule.say.render(&[("what", error.to_string())]).into(),
                help: error.help().map(Into::into),
                source: rule.reason.as_deref().unwrap_or_default().into(),
            });
    }

    fn no_object(&mut self, checker: &'c Checker, kind: Kind, span: Span) {
        self.at(checker, CommonRule::NotAnObject, None, "", span, |values| {
            let found = crate::findings::found_kind(kind);
            let advice = match kind {
                Kind::Array => "put each request on a line of its own in a `.jsonl` file, or check them one by one",
                Kind::String => "write the request itself, not a string that holds it",
                Kind::Object | Kind::Number | Kind::Boolean | Kind::Null => "write the members of the request in braces",
            };
            values.extend([("found", found.to_owned()), ("advice", advice.to_owned())]);
        });
    }

    fn unknown_model(&mut self, checker: &'c Checker, key: &Text<'_>, value: &Text<'_>) {
        let pointer = format!("/{}", kling_json::escape_token(&key.decode()));
        self.at(
            checker,
            CommonRule::UnknownModel,
            None,
            &pointer,
            value.span(),
            |values| {
                values.extend(model_values(checker, value));
            },
        );
    }

    fn mistyped_model(&mut self, checker: &'c Checker, key: &Text<'_>, kind: Kind, span: Span) {
        let pointer = format!("/{}", kling_json::escape_token(&key.decode()));
        let rule = if kind == Kind::Null {
            CommonRule::NullValue
        } else {
            CommonRule::WrongType
        };
        self.at(checker, rule, None, &pointer, span, |values| {
            values.push(("field", "`model`".to_owned()));
            values.push(("expected", format!("a string, {}", known_models(checker))));
            values.push(("found", crate::findings::found_kind(kind).to_owned()));
            values.push(("advice", format!("write {}", known_models(checker))));
        });
    }

    fn missing_model(&mut self, checker: &'c Checker, text: &str) {
        self.at(
            checker,
            CommonRule::MissingField,
            None,
            "",
            request_span(text),
            |values| {
                values.push(("field", "`model`".to_owned()));
                values.push(("about", format!("The models are {}", known_models(checker))));
            },
        );
    }
}

/// The values of a message on a model that is not known.
pub(crate) fn model_values(checker: &Checker, written: &Text<'_>) -> [(&'static str, String); 2] {
    let decoded = written.decode();
    let alike = checker
        .models()
        .filter(|id| digits(id).eq(digits(&decoded)));
    let advice = match nearest(&decoded, alike) {
        Some(near) => format!(
            "did you mean `{near}`? The models are {}",
            known_models(checker)
        ),
        None => format!("the models are {}", known_models(checker)),
    };
    [("found", quote_string(&decoded)), ("advice", advice)]
}

fn known_models(checker: &Checker) -> String {
    alternatives(&checker.models().map(quote).collect::<Vec<_>>())
}

#[cfg(test)]
mod laws;
