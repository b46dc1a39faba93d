//! `kling doctor`: whether everything is set up correctly.

mod edition;

use std::time::{Instant, SystemTime};

use jiff::Timestamp;
use kling_http::{Client, Retries, SecretString};
use serde::Serialize;

use crate::cli::Doctor;
use crate::exit::Exit;
use crate::input::key::API_KEY;
use crate::output::counts::counted;
use crate::service::loopback::is_loopback;
use crate::service::print::{Print, VERSION, push};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, describe, exit_of};
use crate::service::{environment, key, records};

/// What `kling doctor` prints as JSON.
#[derive(Serialize)]
struct Output {
    version: u32,
    program: &'static str,
    models: Vec<String>,
    /// The editions of its pages that the models listed by the service speak for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    editions: Vec<&'static str>,
    ok: bool,
    checks: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    check: &'static str,
    ok: bool,
    message: String,
}

/// The results so far, and the exit code for them.
struct Findings {
    items: Vec<Item>,
    editions: Vec<&'static str>,
    exit: Exit,
}

impl Findings {
    fn good(&mut self, check: &'static str, message: impl Into<String>) {
        self.items.push(Item {
            check,
            ok: true,
            message: message.into(),
        });
    }

    /// Adds a fault. The first one determines how the command ends.
    fn bad(&mut self, check: &'static str, stop: &Stop) {
        if self.exit == Exit::Clean {
            self.exit = stop.exit();
        }
        self.items.push(Item {
            check,
            ok: false,
            message: stop.reason().to_owned(),
        });
    }
}

pub(super) fn run(arguments: &Doctor) -> Exit {
    let mut findings = Findings {
        items: Vec::new(),
        editions: Vec::new(),
        exit: Exit::Clean,
    };
    // The key is read only once, since a pipe can only be read once.
    let key = key_of(arguments, &mut findings);
    let done = session::block_on(service(arguments, key, &mut findings));
    if let Err(stop) = done {
        findings.bad("service", &stop);
    }
    journal(arguments, &mut findings);
    findings.good(
        "limits",
        "requests up to 8 MiB; uploads of images up to 10 MB, JPEG, PNG, WebP or GIF, and of videos up to 50 MB, MP4, WebM or MOV; downloads of videos up to 4 GiB; 120 s for the answer to a request, 600 s for a video",
    );
    let checker = kling_check::Checker::embedded();
    let output = Output {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION"),
        models: checker.models().map(str::to_owned).collect(),
        editions: findings.editions,
        ok: findings.exit == Exit::Clean,
        checks: findings.items,
    };
    let printed = Print::new(arguments.connection.format).result(&output, || {
        let mut text = format!(
            "kling {}; models: {}\n",
            output.program,
            output.models.join(", ")
        );
        for item in &output.checks {
            let mark = if item.ok { "ok" } else { "problem" };
            push(
                &mut text,
                format_args!(
                    "{}: {mark}: {}\n",
                    item.check,
                    kling_text::plain(&item.message)
                ),
            );
        }
        text
    });
    if findings.exit == Exit::Clean {
        printed
    } else {
        findings.exit
    }
}

/// Whether the service is on this machine.
fn is_here(arguments: &Doctor) -> bool {
    session::base_url(&arguments.connection)
        .ok()
        .flatten()
        .is_some_and(|url| is_loopback(&url))
}

fn key_of(arguments: &Doctor, findings: &mut Findings) -> Option<SecretString> {
    match key::read(&arguments.connection) {
        // Whether it is usable at all shows when a client is built.
        Ok(Some(key)) => match Client::builder(key.clone()).build() {
            Ok(_) => {
                // Whether it is the right one, only the service can tell.
                findings.good("key", format!("found in {}", place_of_key(arguments)));
                Some(key)
            }
            Err(error) => {
                findings.bad("key", &Stop::usage(describe(&error)));
                None
            }
        },
        Ok(None) if is_here(arguments) => {
            findings.good("key", "none is given; a service on this machine needs none");
            None
        }
        Ok(None) => {
            findings.bad(
                "key",
                &Stop::usage(format!(
                    "none is given; set `{API_KEY}`, or give a file with `--key-file`"
                )),
            );
            None
        }
        Err(stop) => {
            findings.bad("key", &stop);
            None
        }
    }
}

/// Where the key comes from.
fn place_of_key(arguments: &Doctor) -> String {
    match &arguments.connection.key_file {
        Some(path) => path.display().to_string(),
        None => format!("`{API_KEY}`"),
    }
}

/// Requests the balance, the time and the models from the service, which costs nothing.
async fn service(
    arguments: &Doctor,
    key: Option<SecretString>,
    findings: &mut Findings,
) -> Result<Exit, Stop> {
    let connection = &arguments.connection;
    let retries = Retries {
        max: 0,
        ..Retries::default()
    };
    let is_keyed = key.is_some();
    let builder = session::builder_with(key, connection)?.retries(retries);
    let session = Session::new(
        builder,
        connection,
        Print::new(connection.format),
        Instant::now(),
    )?;
    let origin = session.client.origin().to_owned();
    let asked = session
        .call(
            "asking for the balance",
            Exit::NotReached,
            session.client.balance(),
        )
        .await?;
    match asked {
        Ok(_) if is_keyed => {
            findings.good("service", format!("{origin} answers, and accepts the key"));
        }
        Ok(_) => findings.good(
            "service",
            format!("{origin} answers without a key; whether it accepts one is not known"),
        ),
        Err(error) if error.is_unauthorized() && is_keyed => findings.bad(
            "service",
            &Stop::new(
                exit_of(&error),
                format!(
                    "{origin} answers, and rejects the key: {}",
                    describe(&error)
                ),
            ),
        ),
        // The service was reached; what it says about the key is a separate check.
        Err(error)
            if error
                .status()
                .is_some_and(|status| (400..500).contains(&status))
                && !error.is_unauthorized() =>
        {
            findings.good(
                "service",
                format!(
                    "{origin} answers, but does not report the balance: {}",
                    describe(&error)
                ),
            );
        }
        Err(error) => findings.bad(
            "service",
            &Stop::new(exit_of(&error), format!("{origin}: {}", describe(&error))),
        ),
    }
    match session
        .call(
            "asking for the time",
            Exit::NotReached,
            session.client.server_time(),
        )
        .await?
    {
        Ok(Some(theirs)) => clock(environment::now(), seconds_since_1970(theirs), findings),
        Ok(None) => findings.good("clock", "the service does not report its time"),
        // The missing answer has been reported.
        Err(_) => {}
    }
    models(&session, findings).await?;
    Ok(Exit::Clean)
}

/// Says which edition of its pages the service follows, if the models that it lists show it. A service that does not list
/// them can be used all the same.
async fn models(session: &Session, findings: &mut Findings) -> Result<(), Stop> {
    let what = "asking for the models";
    let listed = session
        .call(what, Exit::NotReached, session.client.video_models())
        .await?;
    match listed {
        Ok(listed) => {
            let hint = edition::judge(&listed);
            findings.good("edition", hint.message());
            findings.editions = hint.editions;
        }
        // A service that was not reached, or rejects the key, has been reported.
        Err(error) if error.status().is_none() || error.is_unauthorized() => {}
        Err(error) => findings.good(
            "edition",
            format!(
                "the service does not list its models, so it is not known which edition of its pages it follows: {}",
                describe(&error)
            ),
        ),
    }
    Ok(())
}

/// The maximum difference between the clocks of this machine and of the service, in seconds: the clock decides when a
/// URL expires and whether a certificate is valid.
const MOST_SECONDS_APART: u64 = 300;

fn clock(ours: i64, theirs: i64, findings: &mut Findings) {
    let apart = ours.abs_diff(theirs);
    let way = if ours < theirs { "behind" } else { "ahead of" };
    let message = format!("this machine's clock is {apart} s {way} the service's");
    if apart <= MOST_SECONDS_APART {
        findings.good("clock", message);
    } else {
        findings.bad("clock", &Stop::usage(format!("{message}; set it")));
    }
}

fn seconds_since_1970(time: SystemTime) -> i64 {
    Timestamp::try_from(time).map_or(i64::MAX, Timestamp::as_second)
}

fn journal(arguments: &Doctor, findings: &mut Findings) {
    let state = || -> Result<String, Stop> {
        let shown = records::path(&arguments.records)?.display().to_string();
        let Some(journal) = records::open_existing(&arguments.records)? else {
            return Ok(format!("{shown} is created with the first request"));
        };
        let jobs = journal.jobs(u32::MAX)?;
        let unfinished = jobs.iter().filter(|job| !job.state.is_final()).count();
        Ok(format!(
            "{shown} is intact; {}, {unfinished} unfinished",
            counted(jobs.len() as u64, "job", "jobs")
        ))
    };
    match state() {
        Ok(message) => findings.good("journal", message),
        Err(stop) => findings.bad("journal", &stop),
    }
}
