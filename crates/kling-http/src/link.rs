//! Which URLs of the service's answers may be followed or passed on.

use kling_url::TrustedOrigins;
use url::{Host, Url};

use crate::error::{Error, Kind};

/// Which URLs from the service are allowed, depending on where the service itself is.
#[derive(Debug, Clone)]
pub(crate) struct LinkPolicy {
    host: Option<Host<String>>,
    loopback: bool,
    insecure_http: bool,
}

impl LinkPolicy {
    pub(crate) fn new(base: &Url, insecure_http: bool) -> Self {
        Self {
            host: base.host().map(|host| host.to_owned()),
            loopback: base.host().is_some_and(|host| is_loopback_host(&host)),
            insecure_http,
        }
    }

    /// Returns the URL if it may be fetched: https (http only if the service itself uses it), on a public host or on
    /// the service's own.
    ///
    /// # Errors
    /// [`is_refused_address`](Error::is_refused_address); the message names only the host.
    pub(crate) fn check(&self, text: &str) -> Result<Url, Error> {
        let refused = |what: String| {
            Error::new(
                Kind::Address,
                format!("the service gave a URL that is not followed: {what}"),
            )
            .with_help("report this to the service; the id of the task is kept")
        };
        let url = Url::parse(text.trim()).map_err(|_| refused("it cannot be read".to_owned()))?;
        let Some(host) = url.host() else {
            return Err(refused("it has no host".to_owned()));
        };
        let own = self.is_own(&host);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it has a user name or a password in it".to_owned()));
        }
        match url.scheme() {
            "https" => {}
            "http" if own && (self.loopback || self.insecure_http) => {}
            "http" => return Err(refused("it is not https".to_owned())),
            _ => return Err(refused("it is neither https nor http".to_owned())),
        }
        if own {
            return Ok(url);
        }
        // The scheme was checked above; the text is checked in the form in which the library will send it.
        match kling_url::assess_with(url.as_str(), &TrustedOrigins::default()) {
            Ok(()) => Ok(url),
            Err(problem) => Err(refused(problem.to_string())),
        }
    }

    /// Whether a host is the service's own, or on this machine like the service.
    fn is_own(&self, host: &Host<&str>) -> bool {
        self.host
            .as_ref()
            .is_some_and(|own| own == &host.to_owned())
            || self.loopback && is_loopback_host(host)
    }

    /// Whether a name may resolve to any address.
    pub(crate) fn trusts_name(&self, name: &str) -> bool {
        Host::parse(name).is_ok_and(|host| match &host {
            Host::Domain(name) => self.is_own(&Host::Domain(name)),
            Host::Ipv4(address) => self.is_own(&Host::Ipv4(*address)),
            Host::Ipv6(address) => self.is_own(&Host::Ipv6(*address)),
        })
    }
}

/// Whether a host is this machine: `localhost`, a name below it, or an address that leads back here.
pub fn is_loopback_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.to_canonical().is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::LinkPolicy;

    fn follows(base: &str, insecure: bool, url: &str) -> bool {
        LinkPolicy::new(&Url::parse(base).unwrap(), insecure)
            .check(url)
            .is_ok()
    }

    #[test]
    fn public_https_only() {
        let service = "https://toapis.com";
        assert!(follows(
            service,
            false,
            "https://files.toapis.com/x.mp4?a=b"
        ));
        for url in [
            "http://files.toapis.com/x.mp4",
            "ftp://files.toapis.com/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://127.0.0.1/x",
            "https://10.1.2.3/x",
            "https://[::1]/x",
            "https://0x7f000001/x",
            "https://localhost/x",
            "https://intranet/x",
            "https://u:p@files.toapis.com/x",
            "https://169.254.169.254/x",
            "x.mp4",
            "",
            "https://192.168.0.7.nip.io/x",
        ] {
            assert!(!follows(service, false, url), "{url}");
        }
    }

    #[test]
    fn the_services_own_host_may_be_private() {
        assert!(follows(
            "https://10.0.0.1:8443",
            false,
            "https://10.0.0.1/x"
        ));
        assert!(!follows(
            "https://10.0.0.1:8443",
            false,
            "https://10.0.0.2/x"
        ));
        assert!(!follows("https://10.0.0.1", false, "http://10.0.0.1/x"));
        assert!(follows("http://10.0.0.1", true, "http://10.0.0.1/x"));
        assert!(!follows("http://10.0.0.1", true, "http://10.0.0.2/x"));
        assert!(follows("http://127.0.0.1:1", false, "http://localhost:2/x"));
        assert!(!follows("http://127.0.0.1:1", false, "http://10.0.0.1/x"));
        assert!(!follows(
            "http://127.0.0.1:1",
            false,
            "http://example.com/x"
        ));
        assert!(follows(
            "http://127.0.0.1:1",
            false,
            "https://example.com/x"
        ));
    }

    #[test]
    fn the_message_holds_no_signature() {
        let policy = LinkPolicy::new(&Url::parse("https://toapis.com").unwrap(), false);
        let error = policy
            .check("http://a.example.com/x?sig=secret")
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
