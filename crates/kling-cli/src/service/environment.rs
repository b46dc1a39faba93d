//! The only module that reads the environment, the clock and the machine's name for the commands that talk to the
//! service.

use std::env::{self, VarError};
use std::ffi::OsString;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use jiff::Timestamp;

use super::stop::Stop;

/// The URL of the service.
pub(crate) const BASE_URL: &str = "TOAPIS_BASE_URL";
/// The path of the journal.
pub(crate) const JOURNAL: &str = "TOAPIS_JOURNAL";

/// Returns the value of a variable; an empty one counts as unset.
pub(crate) fn text(name: &str) -> Result<Option<String>, Stop> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Stop::usage(format!(
            "the environment variable `{name}` is not valid UTF-8; correct it"
        ))),
    }
}

/// Returns the path in a variable.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value: &OsString| !value.is_empty())
        .map(PathBuf::from)
}

/// Returns the folder in which programs of this platform keep their state.
pub(crate) fn state_folder() -> Result<PathBuf, Stop> {
    let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|_| {
        Stop::usage(format!(
            "the journal has no place, since no home folder is known; name a file with `--journal` or `{JOURNAL}`"
        ))
    })?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(folder.join("kling"))
}

/// Seconds since 1970 began.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// The name of this machine.
pub(crate) fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}
