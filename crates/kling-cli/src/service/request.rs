//! The request of a command: read, checked, and ready to be sent.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kling_check::Report;
use kling_json::{Document, Kind};
use kling_spec::Level;
use kling_url::TrustedOrigins;
use serde::Serialize;

use super::local_files::{self, LocalFile};
use super::print::Print;
use super::stop::Stop;
use crate::cli::{Change, Color, LevelChange, LevelChanges, Paid};
use crate::exit::Exit;
use crate::input::files::STDIN;
use crate::input::request::{Body, FileName, Request};
use crate::machine;
use crate::output::findings::Findings;
use crate::output::human::Human;
use crate::output::json::Json;
use crate::output::render::{Ending, Render as _};
use crate::output::stdio;
use crate::output::style::Style;
use crate::output::waiting;
use crate::prices::{Amount, Cost};
use crate::regular;
use crate::settings::{Flags, Settings, SettingsOf};

/// What a request costs according to the contract.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bill {
    spec: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
}

impl From<kling_check::Bill<'_>> for Bill {
    fn from(bill: kling_check::Bill<'_>) -> Self {
        Self {
            spec: bill.spec.to_owned(),
            seconds: bill.seconds,
        }
    }
}

impl std::fmt::Display for Bill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seconds {
            Some(seconds) => write!(f, "{}, {seconds} s", self.spec),
            None => f.write_str(&self.spec),
        }
    }
}

/// Why a request may not be paid for.
#[derive(Debug)]
struct OverMaxCost {
    what: String,
    /// What to do about it.
    remedy: &'static str,
}

/// The result of checking a request that may be sent.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) bill: Option<Bill>,
    /// Why it may not be paid for, if it costs more than allowed.
    over_max_cost: Option<OverMaxCost>,
    /// The members that are for editors according to the contract, and are never sent.
    for_editors: Vec<String>,
    /// Local files that have to be uploaded before it can be sent.
    pub(crate) files: Vec<LocalFile>,
}

impl Checked {
    /// Fails if the request costs more than allowed. A request that is already paid for costs nothing more.
    pub(crate) fn is_affordable(&self) -> Result<(), Stop> {
        match &self.over_max_cost {
            Some(why) => Err(Stop::new(
                Exit::CostLimit,
                format!("{}, so the request was not sent; {}", why.what, why.remedy),
            )),
            None => Ok(()),
        }
    }

    /// Returns a text of the request for the service, without the members for editors.
    pub(crate) fn for_service(&self, text: &str) -> String {
        self.for_editors.iter().fold(text.to_owned(), |text, name| {
            kling_json::without_member(&text, name).into_owned()
        })
    }
}

/// Where a request comes from.
#[derive(Debug)]
pub(crate) struct Source {
    name: Arc<FileName>,
    /// The folder that relative paths in it start from.
    folder: PathBuf,
    /// The path, for the journal.
    pub(crate) path: Option<String>,
}

impl Source {
    /// Returns the source for the path on the command line.
    pub(crate) fn of(path: &Path) -> Self {
        if path == Path::new(STDIN) {
            return Self {
                name: FileName::stdin().into(),
                folder: PathBuf::from("."),
                path: None,
            };
        }
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self {
            name: FileName::of(path).into(),
            folder: absolute.parent().unwrap_or(&absolute).to_owned(),
            path: Some(absolute.to_string_lossy().into_owned()),
        }
    }

    /// Reads it, if it has at most `limit` bytes.
    pub(crate) fn read(&self, path: &Path, limit: usize) -> Result<String, Stop> {
        let most = (limit as u64).saturating_add(1);
        let mut bytes = Vec::new();
        let read = if path == Path::new(STDIN) {
            waiting::note_reading("a request");
            io::stdin().take(most).read_to_end(&mut bytes)
        } else {
            regular::open_given(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
        };
        read.map_err(|error| {
            Stop::usage(format!(
                "cannot read `{}`: {error}; name a file with a request",
                self.name.plain()
            ))
        })?;
        if bytes.len() > limit {
            return Err(Stop::usage(format!(
                "`{}` is longer than {limit} bytes, so it is not a request; name another file",
                self.name.plain()
            )));
        }
        String::from_utf8(bytes).map_err(|_| {
            Stop::usage(format!(
                "`{}` is not valid UTF-8, so it cannot be sent; `kling check` shows where",
                self.name.plain()
            ))
        })
    }
}

/// How requests are checked before they are sent.
pub(crate) struct Check {
    settings: Settings,
    max_cost: Option<Amount>,
    off: bool,
    color: Color,
    /// Whether local files may be uploaded, and from where.
    upload: Upload,
}

/// What to do with local files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upload {
    /// They are errors, as in `kling check`.
    No,
    /// They are uploaded if they are in the request's folder.
    Inside,
    /// They are uploaded wherever they are.
    Anywhere,
}

impl Check {
    /// Makes the checks that the command line requests. `service` is the URL of the service, whose own media URLs are
    /// trusted.
    pub(crate) fn new(
        paid: &Paid,
        service: Option<&str>,
        color: Color,
        upload: Upload,
    ) -> Result<Self, Stop> {
        let changes = paid.allow.iter().map(|rule| LevelChange {
            change: Change::Allow,
            what: rule.clone(),
        });
        let flags = Flags {
            levels: LevelChanges(changes.collect()),
            specs: paid.contracts.specs.clone(),
            edition: paid.contracts.edition.clone(),
            model: None,
            max_request_size: None,
        };
        let file = Some(paid.file.as_path()).filter(|file| *file != Path::new(STDIN));
        let mut settings = SettingsOf::new(flags, &paid.configured).into_settings(file)?;
        let mut trusted = TrustedOrigins::default();
        if let Some(service) = service {
            // A URL that cannot be used is reported when the client is built.
            let _ = trusted.insert(service);
            settings.checker = settings.checker.trust(trusted);
        }
        Ok(Self {
            settings,
            max_cost: paid.max_cost,
            off: paid.no_check,
            color,
            upload,
        })
    }

    /// Returns the edition of the service's pages by which requests are judged.
    #[cfg(feature = "emulator")]
    pub(crate) const fn edition(&self) -> &'static str {
        self.settings.checker.edition_id()
    }

    /// Returns the maximum number of bytes of a request.
    pub(crate) const fn limit(&self) -> usize {
        self.settings.limit
    }

    /// Checks a text. Findings that do not prevent it from being sent are reported.
    pub(crate) fn check(&self, source: &Source, text: &str, print: Print) -> Result<Checked, Stop> {
        let document = Document::read(text);
        let mut report = self.settings.checker.check(&document);
        if !self.off {
            self.settings.levels.apply(&mut report);
        }
        let spec = report
            .model()
            .and_then(|model| self.settings.checker.spec(model));
        let mut checked = Checked {
            bill: report.bill().ok().map(Bill::from),
            files: Vec::new(),
            over_max_cost: None,
            for_editors: spec
                .into_iter()
                .flat_map(kling_spec::Spec::for_editors)
                .map(str::to_owned)
                .collect(),
        };
        let only_files = self.upload != Upload::No && local_files::are_the_only_errors(&report);
        if only_files {
            let anywhere = self.upload == Upload::Anywhere;
            checked.files = local_files::read(&report, spec, &source.folder, anywhere)?;
            report.set_levels(usize::MAX, |found| {
                Some(found.level()).filter(|level| *level != Level::Error)
            });
        }
        checked.over_max_cost = if only_files {
            // The bill is for the request as it will be sent: that is checked again when the files have their URLs.
            let with_addresses = local_files::with_placeholders(text, &checked.files)?;
            let document = Document::read(with_addresses);
            let report = self.settings.checker.check(&document);
            checked.bill = report.bill().ok().map(Bill::from);
            self.over_max_cost(&report)
        } else {
            self.over_max_cost(&report)
        };
        if self.off {
            return Ok(checked);
        }
        let request = Request {
            file: &source.name,
            body: Body::Text(text),
            index: 0,
            offset: 0,
            lines: 0,
            found: false,
            settings: &self.settings,
        };
        if report.has_errors() {
            return Err(self.refused(&request, &report, print));
        }
        if !report.is_clean() {
            stdio::eprint(&self.human(&request, &report));
        }
        Ok(checked)
    }

    /// Returns why the request may not be paid for, if it costs more than allowed.
    fn over_max_cost(&self, report: &Report<'_>) -> Option<OverMaxCost> {
        let most = self.max_cost?;
        let cost = match (&self.settings.prices, report.bill().ok(), report.model()) {
            (None, _, _) => Cost::NoPrices,
            (Some(prices), Some(bill), Some(model)) => prices.cost(model, bill.spec, bill.seconds),
            (Some(_), _, _) => Cost::Unknown,
        };
        let (what, remedy) = match cost {
            Cost::Known(money) if money.amount <= most => return None,
            Cost::Known(money) => (
                format!("it costs {money}, but `--max-cost` is {most}"),
                "allow more, or ask for less",
            ),
            Cost::Unknown => (
                "`--max-cost` was given, but the price of this request is not known".to_owned(),
                "add it to `[prices]` in `kling.toml`",
            ),
            Cost::NoPrices => (
                "`--max-cost` was given, but there are no prices".to_owned(),
                "add them to `[prices]` in `kling.toml`",
            ),
        };
        Some(OverMaxCost { what, remedy })
    }

    fn human(&self, request: &Request<'_>, report: &Report<'_>) -> String {
        let mut out = Vec::new();
        let found = Findings::new(report, report.fixes());
        Human::new(Style::of_stderr(self.color)).findings(request, &found, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Reports what prevents a request from being sent: for people at once, for programs in the format of `kling
    /// check`.
    fn refused(&self, request: &Request<'_>, report: &Report<'_>, print: Print) -> Stop {
        let stop = Stop::new(
            Exit::Errors,
            "the check found errors, so the request was not sent; correct it, or send it anyway with `--allow RULE` or `--no-check`",
        );
        if !print.is_json() {
            stdio::eprint(&self.human(request, report));
            return stop;
        }
        let mut findings = Vec::new();
        let json = Json { fixes: false };
        json.findings(request, &Findings::new(report, Vec::new()), &mut findings);
        let mut counts = crate::output::counts::Counts::default();
        let levels = report.findings().iter().map(kling_check::Finding::level);
        counts.add_request(levels, report.omitted());
        let mut tail = Vec::new();
        json.tail(&counts.summary, Ending::EverythingRead, &mut tail);
        // The separator precedes each finding except the first.
        let findings = findings.get(1..).unwrap_or_default();
        let text = [json.head().as_bytes(), findings, &tail].concat();
        let checked: serde_json::Value =
            serde_json::from_slice(&text).expect("the report of a check is JSON");
        stop.with(&checked)
    }
}

/// The member by which a request can be looked up.
const CLIENT_ID: &str = "client_business_id";

/// Returns the text with this `client_business_id`, unless it has one already or is not an object.
pub(crate) fn with_client_id(text: &str, id: &str) -> String {
    let Ok(document) = Document::parse(text) else {
        return text.to_owned();
    };
    let root = document.root();
    if root.kind() != Kind::Object || root.member(CLIENT_ID).is_some() {
        return text.to_owned();
    }
    kling_json::insert_member(root, CLIENT_ID, &kling_json::quoted(id))
        .and_then(|edit| kling_json::apply(text, &[edit]))
        .unwrap_or_else(|_| text.to_owned())
}

/// The prefix of generated ids.
const OWN: &str = "kling-";

/// Generates a `client_business_id`: random, so that it reveals nothing and is unique.
pub(crate) fn fresh_client_id() -> Result<String, Stop> {
    let random = machine::random().map_err(Stop::local)?;
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    Ok(format!("{OWN}{id}"))
}

/// Whether an id was made by [`fresh_client_id`].
pub(crate) fn is_own_client_id(id: &str) -> bool {
    id.strip_prefix(OWN)
        .is_some_and(|rest| uuid::Uuid::try_parse(rest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_spliced_in_once_and_nothing_else_changes() {
        let text = "{\n  \"prompt\": \"a\\u0020b\",\n  \"duration\": 5.0\n}\n";
        let with = with_client_id(text, "kling-1");
        assert_eq!(
            with,
            "{\n  \"prompt\": \"a\\u0020b\",\n  \"duration\": 5.0,\n  \"client_business_id\": \"kling-1\"\n}\n"
        );
        assert_eq!(with_client_id(&with, "kling-2"), with);
        for odd in ["[1]", "{", "", r#"{"client_business_id": 5}"#] {
            assert_eq!(with_client_id(odd, "kling-1"), odd);
        }
        assert_eq!(
            with_client_id("{}", "kling-1"),
            r#"{"client_business_id": "kling-1"}"#
        );
    }

    #[test]
    fn ids_are_fresh() {
        let (one, two) = (fresh_client_id().unwrap(), fresh_client_id().unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("kling-") && one.len() == 42, "{one}");
    }
}
