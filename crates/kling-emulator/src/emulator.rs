//! Starts, controls and stops an emulator in the same process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use kling_check::{Checker, UnknownEdition};
use kling_url::TrustedOrigins;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, Parts};
use crate::check::MAX_FINDINGS;
use crate::clock::{Clock, RunningClock};
use crate::fault::{Fault, Faults, Plan};
use crate::key::Key;
use crate::limits::{Limits, Pace};
use crate::listen;
use crate::random::Random;
use crate::service;
use crate::state::{Exchange, Ledger, Log, State, Tasks, Uploads};

/// The settings of an emulator, from [`Emulator::builder`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing listens until `start`"]
pub struct Builder {
    port: u16,
    clock: Option<Clock>,
    key: Option<Key>,
    edition: Option<&'static str>,
    is_strict: bool,
    seed: Option<u64>,
    faults: Faults,
    limits: Limits,
    pace: Pace,
}

impl Builder {
    /// Sets the port on 127.0.0.1; 0, the default, picks a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the clock; by default the real one.
    pub const fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Requires this key for all requests below `/v1`. Without one, any key or none is accepted.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Judges requests by an edition of the service's pages, as `kling_check::Checker::edition` takes it; by default
    /// `seed`.
    ///
    /// # Errors
    /// The edition is not known.
    pub fn edition(mut self, id: &str) -> Result<Self, UnknownEdition> {
        self.edition = Some(Checker::edition(id)?.edition_id());
        Ok(self)
    }

    /// Refuses every request with an error, even if the service would ignore the problem and charge.
    pub const fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Sets the seed of ids and random choices. Without one they differ at each start, so that a job of another
    /// emulator is never mistaken for one of this.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Queues faults from the start, after those added before.
    pub fn faults(mut self, faults: impl Into<Faults>) -> Self {
        self.faults = self.faults.into_iter().chain(faults.into()).collect();
        self
    }

    /// Sets the limits.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how long jobs take.
    pub const fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Starts listening, on 127.0.0.1 only. Must be called inside a Tokio runtime with I/O and time.
    ///
    /// # Errors
    /// The port is taken or may not be used, or the system supplies no random numbers for a seed.
    pub async fn start(self) -> io::Result<Emulator> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        let mut trusted = TrustedOrigins::default();
        for own in [url.clone(), url.replace("127.0.0.1", "localhost")] {
            trusted.insert(&own).map_err(io::Error::other)?;
        }
        let seed = match self.seed {
            Some(seed) => seed,
            None => getrandom::u64().map_err(io::Error::other)?,
        };
        let checker = match self.edition {
            None => Checker::embedded(),
            Some(id) => Checker::edition(id).map_err(io::Error::other)?,
        };
        let app = App::new(Parts {
            url,
            limits: self.limits,
            pace: self.pace,
            key: self.key,
            is_strict: self.is_strict,
            checker: checker.trust(trusted).max_findings(MAX_FINDINGS),
            clock: RunningClock::start(self.clock.unwrap_or(Clock::real())),
            state: State {
                random: Random::new(seed),
                plan: Plan::new(seed),
                tasks: Tasks::default(),
                ledger: Ledger::default(),
                log: Log::default(),
                uploads: Uploads::default(),
            },
        });
        for fault in self.faults {
            app.inject(fault);
        }
        let (stop, stopped) = watch::channel(());
        let router = service::router(&app);
        let listening = tokio::spawn(listen::listen(listener, app.clone(), router, stopped));
        Ok(Emulator {
            app,
            address,
            stop,
            listening,
        })
    }
}

/// A running emulator. It ends with [`Emulator::shutdown`], or when this is dropped.
#[derive(Debug)]
pub struct Emulator {
    app: Arc<App>,
    address: SocketAddr,
    stop: watch::Sender<()>,
    listening: JoinHandle<()>,
}

impl Emulator {
    /// Starts the configuration of an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL, such as `http://127.0.0.1:4321`, without `/v1` and without a slash at its end.
    pub fn url(&self) -> &str {
        &self.app.url
    }

    /// The address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns all charges so far.
    pub fn ledger(&self) -> Ledger {
        self.app.state().ledger.clone()
    }

    /// Returns the most recent requests, oldest first; [`Limits::logged_requests`] limits how many.
    pub fn requests(&self) -> Vec<Exchange> {
        self.app.state().log.iter().cloned().collect()
    }

    /// Returns the number of requests received, not counting those to the page and to `/_emulator`.
    pub fn request_count(&self) -> u64 {
        self.app.state().log.count()
    }

    /// The time by the emulator's clock, in milliseconds of Unix time.
    pub fn now_ms(&self) -> u64 {
        self.app.now_ms()
    }

    /// Advances the clock. A manual clock moves only this way; the others jump.
    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
        self.app.changed();
    }

    /// Queues a fault. Returns whether there was room: at most 10,000 can wait.
    pub fn inject(&self, fault: Fault) -> bool {
        self.app.inject(fault)
    }

    /// Removes all waiting faults, and opens the port if a fault has closed it.
    pub fn clear_faults(&self) {
        self.app.clear_faults();
    }

    /// Closes all connections and waits until the port is free.
    pub async fn shutdown(self) {
        // If the listener is gone already, the emulator has ended.
        let _ = self.stop.send(());
        let _ = self.listening.await;
    }
}
