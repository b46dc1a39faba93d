//! Which services a name refers to.

use url::Url;

use kling_http::is_loopback_host;

/// A service as named by the user: a base URL, or a host with or without a port.
#[derive(Debug)]
pub(super) struct Named {
    url: Url,
    /// Whether the scheme was given, which also determines the port.
    is_address: bool,
}

impl Named {
    /// Parses a name; `None` if it is not valid.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_address = text.contains("://");
        let url = if is_address {
            Url::parse(text)
        } else {
            Url::parse(&format!("https://{text}"))
        };
        let url = url.ok().filter(Url::has_host)?;
        Some(Self { url, is_address })
    }

    /// Whether it refers to the service at this base URL. All names of this machine count as one.
    pub(super) fn is(&self, service: &str) -> bool {
        let Ok(service) = Url::parse(service) else {
            return false;
        };
        let same_host = match (self.url.host(), service.host()) {
            (Some(ours), Some(theirs)) => {
                ours == theirs || (is_loopback_host(&ours) && is_loopback_host(&theirs))
            }
            (None, _) | (_, None) => false,
        };
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        same_host
            && (!self.is_address || self.url.scheme() == service.scheme())
            && (!(self.is_address || self.url.port().is_some())
                || self.url.port_or_known_default() == service.port_or_known_default())
            && (path(&self.url).is_empty() || path(&self.url) == path(&service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(name: &str, service: &str) -> bool {
        Named::parse(name).unwrap().is(service)
    }

    #[test]
    fn a_host_means_all_its_addresses_and_an_address_itself() {
        for service in ["https://toapis.com", "https://toapis.com/base"] {
            assert!(is("toapis.com", service) && is("ToAPIs.com", service));
            assert!(is("https://toapis.com", service), "{service}");
            assert!(!is("toapis.cn", service) && !is("http://toapis.com", service));
        }
        assert!(is("https://toapis.com/base/", "https://toapis.com/base"));
        assert!(!is("https://toapis.com/base", "https://toapis.com"));
        for service in [
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            for name in [
                "localhost",
                "127.0.0.1",
                "[::1]:8080",
                "http://localhost:8080",
            ] {
                assert!(is(name, service), "{name} {service}");
            }
            for name in [
                "localhost:8081",
                "http://localhost",
                "https://localhost:8080",
                "toapis.com",
            ] {
                assert!(!is(name, service), "{name} {service}");
            }
        }
        for text in ["", "a b", "http://", "data:x"] {
            assert!(Named::parse(text).is_none(), "{text}");
        }
    }
}
