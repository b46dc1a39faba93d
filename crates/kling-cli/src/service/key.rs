//! The key of the service: where it is read from.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use kling_http::SecretString;

use super::environment;
use super::stop::Stop;
use crate::cli::Connection;

/// The most bytes of a file with a key; real ones have about 50.
const MAX_KEY_FILE: u64 = 4096;

/// The key, from the file or the environment.
pub(crate) fn read(connection: &Connection) -> Result<Option<SecretString>, Stop> {
    match &connection.key_file {
        Some(path) => of_file(path).map(Some),
        None => Ok(environment::text(environment::API_KEY)?.map(SecretString::from)),
    }
}

/// Reads a file that holds a key and nothing else.
fn of_file(path: &Path) -> Result<SecretString, Stop> {
    let shown = path.display();
    let mut text = String::new();
    let length = File::open(path)
        .and_then(|file| file.take(MAX_KEY_FILE + 1).read_to_string(&mut text))
        .map_err(|error| {
            Stop::usage(format!(
                "--key-file {shown}: {error}; give a file with the key"
            ))
        })?;
    if length as u64 > MAX_KEY_FILE {
        return Err(Stop::usage(format!(
            "--key-file {shown}: it is longer than {MAX_KEY_FILE} bytes; give a file with the key and nothing else"
        )));
    }
    Ok(SecretString::from(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
