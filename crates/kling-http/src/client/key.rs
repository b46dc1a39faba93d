//! The key as a header value.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// Returns the `Authorization` header for a key.
///
/// # Errors
/// If the key is empty or has characters that no header or no key can have. The message does not contain the key.
pub(crate) fn authorization(key: &SecretString) -> Result<HeaderValue, Error> {
    let text = key.expose_secret();
    if text.is_empty() {
        return Err(Error::config("the key is empty", HELP));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(
            "the key contains white space, a control character or a non-ASCII character",
            HELP,
        ));
    }
    // The library's error does not contain the value, but is left out to be safe.
    let mut value = HeaderValue::from_str(&format!("Bearer {text}"))
        .map_err(|_| Error::config("the key is not valid in a header", HELP))?;
    value.set_sensitive(true);
    Ok(value)
}

const HELP: &str = "copy the key again, without the line end";
