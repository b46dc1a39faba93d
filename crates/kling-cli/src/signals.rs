//! Ctrl-C, SIGTERM and SIGHUP: the first one asks for an orderly stop, the second one ends the program at once.

use tokio::sync::watch;

/// How many times the user has asked to stop.
#[derive(Debug, Clone)]
pub(crate) struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Starts listening; must be called within a runtime.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(0);
        // Created here and not in the task, which starts later: as soon as the next output is read, a signal may
        // arrive.
        let sources = Sources::new();
        tokio::spawn(async move {
            // If it is not possible to listen for signals, they have their default effect, and none is counted.
            if let Ok(sources) = sources {
                sources.count(&sender).await;
            }
            sender.closed().await;
        });
        Self(receiver)
    }

    /// Whether the user has asked to stop.
    #[cfg(feature = "client")]
    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Completes when the user has asked to stop.
    pub(crate) async fn first(&self) {
        self.nth(1).await;
    }

    /// Completes when the user has asked twice.
    #[cfg(feature = "client")]
    pub(crate) async fn second(&self) {
        self.nth(2).await;
    }

    async fn nth(&self, number: u32) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|count| *count >= number).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The signals to listen for.
#[cfg(unix)]
struct Sources {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// The terminal is gone. Users who want to continue without one, as with `nohup`, have it ignored.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Sources {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: if is_hangup_ignored() {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    async fn count(mut self, sender: &watch::Sender<u32>) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
                () = received(&mut self.hangup) => {}
            }
            sender.send_modify(|count| *count += 1);
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            let _ = signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether this process was started with SIGHUP ignored, as far as the system reports it.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        // Signal 1 is the lowest bit.
        .is_some_and(|mask| mask & 1 == 1)
}

/// Ctrl-C on other systems; listening starts with the first wait.
#[cfg(not(unix))]
struct Sources;

#[cfg(not(unix))]
impl Sources {
    #[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
    const fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn count(self, sender: &watch::Sender<u32>) {
        while tokio::signal::ctrl_c().await.is_ok() {
            sender.send_modify(|count| *count += 1);
        }
    }
}
