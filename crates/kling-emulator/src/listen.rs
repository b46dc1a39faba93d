//! Taking connections: as many as there may be, and none while a fault has the port closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::app::App;
use crate::front;

/// The pause after a connection could not be taken, or the port not be opened again.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes connections until it is told to stop, or until whoever could tell is gone.
pub(crate) async fn listen(
    listener: TcpListener,
    app: Arc<App>,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    tokio::select! {
        () = take(listener, app, router) => {}
        // An error says that the emulator was dropped.
        _ = stopped.changed() => {}
    }
}

async fn take(mut listener: TcpListener, app: Arc<App>, router: Router) {
    // Dropped with this future, and all connections with it.
    let mut connections = JoinSet::new();
    let mut closing = app.closed_until.subscribe();
    closing.mark_changed();
    let address = listener.local_addr();
    loop {
        tokio::select! {
            biased;
            _ = closing.changed() => {
                let Ok(address) = address else {
                    continue;
                };
                if closing.borrow_and_update().is_some_and(|until| until > Instant::now()) {
                    drop(listener);
                    let kept = keep(address);
                    wait_until_open(&mut closing).await;
                    listener = open(address).await;
                    drop(kept);
                }
            }
            // Before new ones are taken: those that have ended do not count.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < app.limits.connections => {
                    connections.spawn(front::serve(stream, app.clone(), router.clone()));
                }
                Ok((stream, _)) => refuse(&stream),
                // No more files may be open: some of them will be closed.
                Err(_) => sleep(PAUSE).await,
            },
        }
    }
}

/// Ends a connection that is one too many.
fn refuse(stream: &TcpStream) {
    // It is closed either way; RST says that nothing was read.
    let _ = stream.set_zero_linger();
}

async fn wait_until_open(closing: &mut watch::Receiver<Option<Instant>>) {
    loop {
        let until = *closing.borrow_and_update();
        let Some(until) = until.filter(|until| *until > Instant::now()) else {
            return;
        };
        tokio::select! {
            () = sleep_until(until) => {}
            changed = closing.changed() => if changed.is_err() {
                return;
            }
        }
    }
}

/// Keeps a port that nobody listens at from being given to somebody else. Where that fails it may be.
fn keep(address: SocketAddr) -> Option<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    };
    let socket = socket.ok()?;
    // So that the listener can be bound beside it.
    socket.set_reuseaddr(true).ok()?;
    socket.bind(address).ok()?;
    Some(socket)
}

async fn open(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            // Somebody else may have it for a moment.
            Err(_) => sleep(PAUSE).await,
        }
    }
}
