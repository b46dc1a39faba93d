//! Resources that the machine may refuse: threads, sockets, random numbers, space in a file. The standard library and
//! the runtime panic, or the process is killed, if they do not get them; here they are requested first, and a refusal
//! is an error.

#[cfg(any(feature = "client", feature = "emulator"))]
use std::{io, thread};

/// Prepares the process to report the limits of the machine.
///
/// # Errors
/// When the system gives no random numbers, which every hash table needs.
pub(crate) fn prepare() -> Result<(), String> {
    // A file over the size limit kills the process unless the signal is handled: then writing returns an error.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    random::<1>().map(drop)
}

/// Returns random bytes.
///
/// # Errors
/// When the system supplies none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        format!(
            "the system does not provide random numbers: {error}; allow `getrandom`, or mount /dev"
        )
    })?;
    Ok(bytes)
}

/// The threads that work on connections.
#[cfg(any(feature = "client", feature = "emulator"))]
const WORKERS: usize = 2;

/// The threads that work on files and host names.
#[cfg(any(feature = "client", feature = "emulator"))]
const HELPERS: usize = 4;

/// How long threads without work are kept: longer than any run.
#[cfg(any(feature = "client", feature = "emulator"))]
const FOREVER: std::time::Duration = std::time::Duration::from_hours(1_000_000);

/// Makes a runtime for connections, which starts all its threads at once.
///
/// # Errors
/// When there are no threads or sockets for it: what is wrong, why, and what to do.
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let no_sockets = |error| {
        format!(
            "sockets cannot be opened: {error}; allow more open files with `ulimit -n`, or end some programs"
        )
    };
    let no_threads = |error| {
        format!(
            "threads cannot be started: {error}; allow more processes with `ulimit -u`, or end some"
        )
    };
    has_sockets().map_err(no_sockets)?;
    has_threads(WORKERS + HELPERS).map_err(no_threads)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(HELPERS)
        .thread_keep_alive(FOREVER)
        .enable_all()
        .build()
        .map_err(no_threads)?;
    start_helpers(&runtime);
    Ok(runtime)
}

/// Starts the threads for files and host names. If none could be started once something is paid for, the runtime would
/// panic.
#[cfg(any(feature = "client", feature = "emulator"))]
fn start_helpers(runtime: &tokio::runtime::Runtime) {
    let (open, closed) = std::sync::mpsc::channel::<()>();
    let closed = std::sync::Arc::new(std::sync::Mutex::new(closed));
    for _ in 0..HELPERS {
        let closed = std::sync::Arc::clone(&closed);
        // Each is busy until all are started, so that none takes the place of another.
        runtime.spawn_blocking(move || {
            let _ = closed.lock().map(|closed| closed.recv());
        });
    }
    drop(open);
}

/// Prevents the memory of this process, which contains a key, from being written to disk if the process is killed, and
/// on Linux from being read by other processes of the user.
///
/// Failure is not a reason to stop: then everything is as with any other program.
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) fn forbid_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
    // Where dumps are piped into a program, the limit alone is not enough.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Checks that this many threads can run at the same time.
#[cfg(any(feature = "client", feature = "emulator"))]
fn has_threads(count: usize) -> io::Result<()> {
    let (open, closed) = std::sync::mpsc::channel::<()>();
    let closed = std::sync::Mutex::new(closed);
    thread::scope(|scope| {
        let mut done = Ok(());
        for _ in 0..count {
            // Each waits until all of them exist.
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

/// Checks that the runtime can open its own sockets. It panics if it cannot create them, so this is tried here.
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
