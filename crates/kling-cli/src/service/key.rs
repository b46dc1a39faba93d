//! Where the key is read from.

use kling_http::SecretString;

use super::environment;
use super::print::note;
use super::stop::Stop;
use crate::cli::Connection;
use crate::input::key::{self, API_KEY};

/// Reads the key from the file or the environment.
pub(crate) fn read(connection: &Connection) -> Result<Option<SecretString>, Stop> {
    if let Some(path) = &connection.key_file {
        let found = key::of_file(path).map_err(Stop::usage)?;
        if let Some(warning) = found.warning {
            note(&warning);
        }
        return Ok(Some(SecretString::from(found.key)));
    }
    let Some(text) = environment::text(API_KEY)? else {
        return Ok(None);
    };
    match key::of_text(&text) {
        Ok(key) => Ok(Some(SecretString::from(key))),
        Err(fault) => Err(Stop::usage(format!(
            "the environment variable `{API_KEY}`: {fault}"
        ))),
    }
}
