//! Ctrl-C: the first one asks to stop in good order, the second one leaves.

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
    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Ends when the user has asked to stop.
    pub(crate) async fn first(&self) {
        self.nth(1).await;
    }

    /// Ends when the user has asked twice.
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
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        sender.send_modify(|count| *count += 1);
    }
}

#[cfg(not(unix))]
async fn count(sender: &watch::Sender<u32>) -> std::io::Result<()> {
    loop {
        tokio::signal::ctrl_c().await?;
        sender.send_modify(|count| *count += 1);
    }
}
