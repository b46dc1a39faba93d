//! A run of a command that talks to the service: the client, the remaining time, and the user who may interrupt.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kling_http::{Client, ClientBuilder, SecretString, Timeouts};
use serde_json::Value;

use super::print::{Print, note, push};
use super::signals::Signals;
use super::stop::{Stop, told};
use super::{environment, key};
use crate::cli::{Connection, Records};
use crate::exit::Exit;
use crate::machine;

/// What all calls of one command share.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) print: Print,
    pub(crate) signals: Signals,
    pub(crate) began: Instant,
    /// When the command must be done.
    pub(crate) deadline: Option<Instant>,
    /// The URL of the service, if it was given on the command line: advised commands repeat it.
    given_base_url: Option<String>,
    /// The key file, if it was given on the command line.
    given_key_file: Option<PathBuf>,
    /// Whether a URL without encryption was allowed.
    insecure_http: bool,
    /// The journal, if it was given on the command line.
    given_journal: Option<PathBuf>,
    /// Whether the service ends with this process.
    pub(crate) is_passing: bool,
    /// What went wrong with the last question that was retried.
    last_retry: Arc<Mutex<Option<RetryReason>>>,
}

/// Why a question was retried.
#[derive(Debug, Clone)]
struct RetryReason {
    told: String,
    /// Whether the service answered.
    is_answer: bool,
}

impl Session {
    /// Makes a session; must be called within a runtime.
    pub(crate) fn new(
        builder: ClientBuilder,
        connection: &Connection,
        print: Print,
        began: Instant,
    ) -> Result<Self, Stop> {
        let last_retry = Arc::new(Mutex::new(None));
        let told_last = Arc::clone(&last_retry);
        let client = builder
            .on_retry(move |error, pause| {
                let told = told(error);
                note(&format!(
                    "warning: {told}; trying again in {:.0} s",
                    pause.as_secs_f64().ceil()
                ));
                let is_answer = error.status().is_some();
                let mut last = told_last.lock().unwrap_or_else(PoisonError::into_inner);
                *last = Some(RetryReason { told, is_answer });
            })
            .timeouts(timeouts(connection.timeout))
            .insecure_http(connection.insecure_http)
            .user_agent(concat!("kling/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            client,
            print,
            signals: Signals::listen(),
            began,
            deadline: connection
                .timeout
                .and_then(|timeout| began.checked_add(timeout)),
            given_base_url: connection.base_url.clone(),
            given_key_file: connection.key_file.clone(),
            insecure_http: connection.insecure_http,
            given_journal: None,
            is_passing: false,
            last_retry,
        })
    }

    /// Sets whether the service ends with this process, as do its jobs.
    #[cfg(feature = "emulator")]
    pub(crate) const fn passing(mut self, is_passing: bool) -> Self {
        self.is_passing = is_passing;
        self
    }

    /// Adds the journal of the command line.
    pub(crate) fn with_records(mut self, records: &Records) -> Self {
        self.given_journal.clone_from(&records.journal);
        self
    }

    /// Runs a command until it is done, or the user interrupts it for good. `job` has the members of a job whose
    /// request may be in transit then.
    pub(crate) async fn run(
        &self,
        job: Option<Value>,
        command: impl AsyncFnOnce(&Self) -> Result<Exit, Stop>,
    ) -> Result<Exit, Stop> {
        tokio::select! {
            biased;
            done = command(self) => done,
            () = self.signals.second() => Err(match job {
                Some(mut job) => {
                    let number = job["job"].as_u64().unwrap_or_default();
                    // The journal knows the actual state.
                    job["state"] = "unknown".into();
                    Stop::new(
                        Exit::Unknown,
                        format!("stopped at once; if the request of job {number} was being sent, it may be paid for"),
                    )
                    .with_next("See what is known and continue with", self.resume(number))
                    .with(&job)
                }
                None => Stop::new(Exit::Unusable, "stopped at once"),
            }),
        }
    }

    /// Returns the remaining time; `None` means no limit.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Makes a call that costs nothing, unless the user stops it or the time is up: then the command ends with `cut`.
    pub(crate) async fn call<T>(
        &self,
        what: &str,
        cut: Exit,
        call: impl Future<Output = Result<T, kling_http::Error>>,
    ) -> Result<Result<T, kling_http::Error>, Stop> {
        let out_of_time = async {
            match self.left() {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.signals.first() => Err(Stop::new(cut, format!("stopped while {what}; try again"))),
            done = call => Ok(done),
            () = out_of_time => Err(self.out_of_time(what, cut)),
        }
    }

    /// Ends a command whose time was up before a question was answered.
    fn out_of_time(&self, what: &str, cut: Exit) -> Stop {
        let last = self
            .last_retry
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match last.clone() {
            // A service that answers was reached.
            Some(RetryReason { told, is_answer }) => Stop::new(
                if is_answer && cut == Exit::NotReached {
                    Exit::Unusable
                } else {
                    cut
                },
                format!("the time of `--timeout` was up while {what}: {told}"),
            ),
            None => Stop::new(
                cut,
                format!("the time of `--timeout` was up while {what}; allow more"),
            ),
        }
    }

    /// Returns a command to advise about one task or job, for the same service and journal. It can be pasted into a
    /// shell, whatever the id is.
    pub(crate) fn advice(&self, command: &str, id: &str) -> String {
        let mut text = format!("kling {command}");
        if let Some(url) = &self.given_base_url {
            push(&mut text, format_args!(" --base-url {}", shell_word(url)));
        }
        if let Some(path) = &self.given_key_file {
            push(
                &mut text,
                format_args!(" --key-file {}", shell_word(&path.to_string_lossy())),
            );
        }
        if self.insecure_http {
            text.push_str(" --insecure-http");
        }
        if let Some(path) = &self.given_journal {
            push(
                &mut text,
                format_args!(" --journal {}", shell_word(&path.to_string_lossy())),
            );
        }
        // An id that begins with a dash would be read as an option.
        let dashes = if id.starts_with('-') { "-- " } else { "" };
        push(&mut text, format_args!(" {dashes}{}", shell_word(id)));
        text
    }

    /// Returns the command that continues a job.
    pub(crate) fn resume(&self, job: u64) -> String {
        self.advice("jobs resume", &job.to_string())
    }
}

/// Quotes a word for a shell.
fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Runs a command with the client that its options describe.
pub(crate) fn run(
    connection: &Connection,
    records: Option<&Records>,
    print: Print,
    command: impl AsyncFnOnce(&Session) -> Result<Exit, Stop>,
) -> Result<Exit, Stop> {
    let began = Instant::now();
    block_on(async {
        let mut session = Session::new(builder(connection)?, connection, print, began)?;
        if let Some(records) = records {
            session = session.with_records(records);
        }
        session.run(None, command).await
    })
}

/// Runs a command in its own runtime.
pub(crate) fn block_on(command: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    let runtime = machine::runtime().map_err(Stop::local)?;
    let done = runtime.block_on(command);
    // A blocked file system must not keep the user waiting here.
    runtime.shutdown_background();
    done
}

/// Returns time limits that fit into the time of the whole command.
fn timeouts(whole: Option<Duration>) -> Timeouts {
    let mut timeouts = Timeouts::default();
    if let Some(whole) = whole {
        timeouts.submit = timeouts.submit.min(whole);
        timeouts.request = timeouts.request.min(whole);
        timeouts.connect = timeouts.connect.min(whole / 2);
    }
    timeouts
}

/// Returns the URL of the service, if one is given.
pub(crate) fn base_url(connection: &Connection) -> Result<Option<String>, Stop> {
    match &connection.base_url {
        Some(url) => Ok(Some(url.clone())),
        None => environment::text(environment::BASE_URL),
    }
}

/// Makes a client with the given key and URL. Whether they are usable shows when it is built.
pub(crate) fn builder(connection: &Connection) -> Result<ClientBuilder, Stop> {
    builder_with(key::read(connection)?, connection)
}

/// As [`builder`], with a key that was read before: a pipe can only be read once.
pub(crate) fn builder_with(
    key: Option<SecretString>,
    connection: &Connection,
) -> Result<ClientBuilder, Stop> {
    let builder = match key {
        Some(key) => Client::builder(key),
        None => Client::keyless(),
    };
    Ok(match base_url(connection)? {
        Some(url) => builder.base_url(url),
        None => builder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_more_into_it() {
        assert_eq!(
            shell_word("https://a.example:1/v1"),
            "https://a.example:1/v1"
        );
        assert_eq!(shell_word("a b'c$(d)"), "'a b'\\''c$(d)'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn time_limits_fit_into_the_time_of_the_command() {
        let short = timeouts(Some(Duration::from_secs(4)));
        assert_eq!(short.submit, Duration::from_secs(4));
        assert_eq!(short.connect, Duration::from_secs(2));
        assert_eq!(timeouts(None), Timeouts::default());
    }
}
