//! Services on this machine: emulators, and test servers.

use url::{Host, Url};

/// Whether a base URL is on this machine.
pub(crate) fn is_loopback(service: &str) -> bool {
    Url::parse(service).is_ok_and(|url| url.host().is_some_and(|host| is_of_this_machine(&host)))
}

pub(crate) fn is_of_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.to_canonical().is_loopback(),
    }
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
