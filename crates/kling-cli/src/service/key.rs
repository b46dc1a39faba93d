//! The key of the service: where it is read from, and that it does not stay behind in a core dump.

use kling_http::SecretString;

use super::environment;
use super::print::note;
use super::stop::Stop;
use crate::cli::Connection;
use crate::input::key;

/// The key, from the file or the environment.
pub(crate) fn read(connection: &Connection) -> Result<Option<SecretString>, Stop> {
    forbid_dumps();
    if let Some(path) = &connection.key_file {
        let found = key::of_file(path).map_err(Stop::usage)?;
        if let Some(warning) = found.warning {
            note(&warning);
        }
        return Ok(Some(SecretString::from(found.key)));
    }
    let Some(text) = environment::text(environment::API_KEY)? else {
        return Ok(None);
    };
    match key::of_text(&text) {
        Ok(key) => Ok(Some(SecretString::from(key))),
        Err(fault) => Err(Stop::usage(format!(
            "the environment variable `{}`: {fault}",
            environment::API_KEY
        ))),
    }
}

/// Sees to it that the memory of this process, in which the key is, is not written to the disk if the process is killed,
/// and on Linux that other processes of the user cannot read it.
///
/// That it fails is no reason to stop: then everything is as with any other program.
fn forbid_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
    // Where dumps are piped into a program, the limit alone does not hold.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
