//! A run of a command that talks to the service: the client, the remaining time, and the user who may interrupt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kling_http::{Client, ClientBuilder, SecretString, Timeouts};
use serde_json::Value;

use super::continue_options::ContinueOptions;
use super::print::{Print, note};
use super::signals::Signals;
use super::stop::{Stop, describe};
use super::{environment, key};
use crate::cli::Connection;
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
    /// What commands that are advised repeat.
    pub(crate) continue_options: ContinueOptions,
    /// Whether the service ends with this process.
    pub(crate) is_passing: bool,
    /// What went wrong with the last question that was retried.
    last_retry: Arc<Mutex<Option<RetryReason>>>,
}

/// Why a question was retried.
#[derive(Debug, Clone)]
struct RetryReason {
    message: String,
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
        let shared_last_retry = Arc::clone(&last_retry);
        let client = builder
            .on_retry(move |error, pause| {
                let message = describe(error);
                note(&format!(
                    "warning: {message}; trying again in {:.0} s",
                    pause.as_secs_f64().ceil()
                ));
                let is_answer = error.status().is_some();
                let mut last = shared_last_retry
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                *last = Some(RetryReason { message, is_answer });
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
            continue_options: ContinueOptions::new(connection),
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

    /// With what the command line says beyond the connection.
    pub(crate) fn with_continue_options(
        mut self,
        add: impl FnOnce(ContinueOptions) -> ContinueOptions,
    ) -> Self {
        self.continue_options = add(self.continue_options);
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
            Some(RetryReason { message, is_answer }) => Stop::new(
                if is_answer && cut == Exit::NotReached {
                    Exit::Unusable
                } else {
                    cut
                },
                format!("the time of `--timeout` was up while {what}: {message}; allow more"),
            ),
            None => Stop::new(
                cut,
                format!("the time of `--timeout` was up while {what}; allow more"),
            ),
        }
    }

    /// A command to advise about one task or job.
    pub(crate) fn advice(&self, command: &str, id: &str) -> String {
        self.continue_options.command(command, id)
    }

    /// Returns the command that continues a job.
    pub(crate) fn resume(&self, job: u64) -> String {
        self.advice("jobs resume", &job.to_string())
    }
}

/// Runs a command with the client that its options describe.
pub(crate) fn run(
    connection: &Connection,
    continue_options: impl FnOnce(ContinueOptions) -> ContinueOptions,
    print: Print,
    command: impl AsyncFnOnce(&Session) -> Result<Exit, Stop>,
) -> Result<Exit, Stop> {
    let began = Instant::now();
    block_on(async {
        let session = Session::new(builder(connection)?, connection, print, began)?;
        session
            .with_continue_options(continue_options)
            .run(None, command)
            .await
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
    fn time_limits_fit_into_the_time_of_the_command() {
        let short = timeouts(Some(Duration::from_secs(4)));
        assert_eq!(short.submit, Duration::from_secs(4));
        assert_eq!(short.connect, Duration::from_secs(2));
        assert_eq!(timeouts(None), Timeouts::default());
    }
}
