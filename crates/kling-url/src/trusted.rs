//! Origins whose URLs are accepted whatever their host.

use std::error::Error;
use std::fmt;

use kling_text::quote;
use url::{Origin, Url};

/// Origins (scheme, host, port) that the service can reach even if their hosts are not public: its own, or an
/// emulator's on the same machine.
///
/// ```
/// use kling_url::{TrustedOrigins, assess, assess_with};
///
/// let mut trusted = TrustedOrigins::default();
/// trusted.insert("http://localhost:8080/v1")?; // the path does not matter
/// assert!(assess_with("http://localhost:8080/files/cat.jpg", &trusted).is_ok());
/// assert!(assess_with("http://localhost:9090/files/cat.jpg", &trusted).is_err());
/// assert!(assess("http://localhost:8080/files/cat.jpg").is_err());
/// # Ok::<(), kling_url::InvalidOrigin>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedOrigins {
    origins: Vec<Origin>,
}

impl TrustedOrigins {
    /// Trusts the origin of `url`; its path, query and fragment do not matter.
    ///
    /// # Errors
    /// If `url` is not an http or https URL with a host.
    pub fn insert(&mut self, url: &str) -> Result<(), InvalidOrigin> {
        let origin = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(|url| url.origin())
            .ok_or_else(|| InvalidOrigin { quoted: quote(url) })?;
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
        Ok(())
    }

    /// Returns whether no origin is trusted.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    pub(crate) fn contains(&self, url: &Url) -> bool {
        !self.is_empty() && self.origins.contains(&url.origin())
    }
}

/// The text given as a trusted origin is not an http or https URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOrigin {
    quoted: String,
}

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not an http or https URL with a host", self.quoted)
    }
}

impl Error for InvalidOrigin {}
