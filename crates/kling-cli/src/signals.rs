//! Ctrl-C, SIGTERM and SIGHUP: the first one asks to stop in good order, the second one leaves.

use tokio::sync::watch;

/// How often the user has asked to stop.
#[derive(Debug, Clone)]
pub(crate) struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Listens from now on; has to be called within a runtime.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(0);
        tokio::spawn(async move {
            // Where signals cannot be listened for, they do what they do by default, and nobody is told of any.
            let _ = count(&sender).await;
            sender.closed().await;
        });
        Self(receiver)
    }

    /// Whether the user has asked to stop.
    #[cfg(feature = "client")]
    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Ends when the user has asked to stop.
    pub(crate) async fn first(&self) {
        self.nth(1).await;
    }

    /// Ends when the user has asked twice.
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

#[cfg(unix)]
async fn count(sender: &watch::Sender<u32>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // The terminal is gone. Whoever wants to go on without one, as with `nohup`, has it ignored.
    let mut hangup = if is_hangup_ignored() {
        None
    } else {
        Some(signal(SignalKind::hangup())?)
    };
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = received(&mut hangup) => {}
        }
        sender.send_modify(|count| *count += 1);
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

/// Whether this process was started with SIGHUP ignored, as far as the system tells.
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

#[cfg(not(unix))]
async fn count(sender: &watch::Sender<u32>) -> std::io::Result<()> {
    loop {
        tokio::signal::ctrl_c().await?;
        sender.send_modify(|count| *count += 1);
    }
}
