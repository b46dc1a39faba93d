//! What the machine may refuse to give: threads, sockets, random numbers, room in a file. The standard library and the
//! runtime panic or are killed where they do not get them, so they are asked for here first, and their lack is an error.

#[cfg(any(feature = "client", feature = "emulator"))]
use std::{io, thread};

/// Makes the process fit to tell the limits of the machine.
///
/// # Errors
/// When there are no random numbers, which every table in memory begins with.
pub(crate) fn prepare() -> Result<(), String> {
    // A file that may not grow kills the process, unless somebody listens for that: then writing is an error.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    getrandom::fill(&mut [0; 16]).map_err(|error| {
        format!("the system gives no random numbers: {error}; allow `getrandom`, or mount /dev")
    })
}

/// The threads that work on connections.
#[cfg(any(feature = "client", feature = "emulator"))]
const WORKERS: usize = 2;

/// The threads that the runtime starts beside them at once, for files and names of hosts.
#[cfg(any(feature = "client", feature = "emulator"))]
const HELPERS: usize = 4;

/// A runtime for connections.
///
/// # Errors
/// When there are no threads or sockets for it.
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    has_sockets()?;
    has_threads(WORKERS + HELPERS)?;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
}

/// Whether so many threads can be started at once.
#[cfg(any(feature = "client", feature = "emulator"))]
fn has_threads(count: usize) -> io::Result<()> {
    let (open, closed) = std::sync::mpsc::channel::<()>();
    let closed = std::sync::Mutex::new(closed);
    thread::scope(|scope| {
        let mut done = Ok(());
        for _ in 0..count {
            // Each waits for all others to be there.
            let waiting = thread::Builder::new().spawn_scoped(scope, || {
                let _ = closed.lock().map(|closed| closed.recv());
            });
            if let Err(error) = waiting {
                done = Err(error);
                break;
            }
        }
        drop(open);
        done
    })
}

/// Whether there is room for what the runtime opens for itself. It panics where it cannot make its sockets, so they are
/// tried out here.
#[cfg(any(feature = "client", feature = "emulator"))]
fn has_sockets() -> io::Result<()> {
    #[cfg(unix)]
    drop([
        std::os::unix::net::UnixStream::pair()?,
        std::os::unix::net::UnixStream::pair()?,
        std::os::unix::net::UnixStream::pair()?,
    ]);
    Ok(())
}
