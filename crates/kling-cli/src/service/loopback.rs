//! Services on this machine: emulators, and test servers.

use kling_http::is_loopback_host;
use url::Url;

/// Whether a base URL is on this machine.
pub(crate) fn is_loopback(service: &str) -> bool {
    Url::parse(service).is_ok_and(|url| url.host().is_some_and(|host| is_loopback_host(&host)))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn all_names_of_this_machine_are_known() {
        for service in [
            "http://127.0.0.1:8080",
            "http://127.1.2.3/base",
            "http://localhost:8080",
            "http://kling.localhost",
            "http://[::1]:8080",
        ] {
            assert!(is_loopback(service), "{service}");
        }
        for service in [
            "https://toapis.com",
            "https://localhost.example",
            "localhost",
            "",
        ] {
            assert!(!is_loopback(service), "{service}");
        }
    }
}
