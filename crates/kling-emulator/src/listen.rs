//! Accepts connections: up to the limit, and none while a fault keeps the port closed.

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

/// The pause after a failure to accept a connection or to reopen the port.
const PAUSE: Duration = Duration::from_millis(20);

/// Accepts connections until it is stopped, or until the sender of the stop signal is dropped.
pub(crate) async fn listen(
    listener: TcpListener,
    app: Arc<App>,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    tokio::select! {
        () = take(listener, app, router) => {}
        // An error means that the emulator was dropped.
        _ = stopped.changed() => {}
    }
}

async fn take(mut listener: TcpListener, app: Arc<App>, router: Router) {
    // Dropping this future drops the set, and with it all connections.
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
            // Ahead of new connections, since those that have ended do not count.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < app.limits.connections => {
                    connections.spawn(front::serve(stream, app.clone(), router.clone()));
                }
                Ok((stream, _)) => refuse(&stream),
                // The limit of open files is reached: wait until some are closed.
                Err(_) => sleep(PAUSE).await,
            },
        }
    }
}

/// Refuses a connection beyond the limit.
fn refuse(stream: &TcpStream) {
    // It is closed either way; RST shows that nothing was read.
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

/// Keeps the system from assigning a closed port to another process. If this fails, that may happen.
fn keep(address: SocketAddr) -> Option<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    };
    let socket = socket.ok()?;
    // Allows the listener to bind to the same port.
    socket.set_reuseaddr(true).ok()?;
    socket.bind(address).ok()?;
    Some(socket)
}

async fn open(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            // Another process may hold the port briefly.
            Err(_) => sleep(PAUSE).await,
        }
    }
}
