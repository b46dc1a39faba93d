//! The base URL: how it may be written, and the URLs that are built from it.

use url::Url;

use crate::error::Error;
use crate::link::is_loopback_host;

/// The service's base URL, without a `/v1` or a slash at its end.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    url: Url,
    origin: String,
    text: String,
}

impl Base {
    /// Parses a base URL.
    ///
    /// # Errors
    /// If it is not an http or https URL with a host, or has a user name, a query or a fragment.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let unusable = |why: &str| {
            Error::config(
                format!("the base URL {why}"),
                "give the base URL of the service, such as `https://toapis.com`",
            )
        };
        let mut url = Url::parse(text.trim()).map_err(|error| {
            if text.contains("://") {
                unusable("cannot be read").with_source(error)
            } else {
                unusable("does not begin with `https://` or `http://`")
            }
        })?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(unusable("is not an http or https URL"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unusable("has a user name or a password in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unusable("has a query or a fragment"));
        }
        // A host with the dot of the DNS root is the same host, and the same service to the journal.
        if let Some(name) = url.domain().and_then(|name| name.strip_suffix('.')) {
            let name = name.to_owned();
            url.set_host(Some(&name))
                .map_err(|error| unusable("has no host").with_source(error))?;
        }
        let path = url.path().trim_end_matches('/');
        let path = path
            .strip_suffix("/v1")
            .unwrap_or(path)
            .trim_end_matches('/')
            .to_owned();
        url.set_path(&path);
        let origin = url.origin().ascii_serialization();
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, origin, text })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The base URL in one spelling, without a slash at the end.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn is_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.url.host().is_some_and(|host| is_loopback_host(&host))
    }

    /// Returns the URL of `/v1/` and these segments, each percent-encoded.
    pub(crate) fn endpoint(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v1").extend(segments);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn every_way_to_write_it_means_the_same() {
        for text in [
            "https://toapis.com",
            "https://toapis.com/",
            "https://toapis.com/v1",
            "https://TOAPIS.com:443/v1/",
            " https://toapis.com// ",
            "https://toapis.com./v1",
        ] {
            let base = Base::parse(text).unwrap();
            assert_eq!(
                base.endpoint(&["balance"]).as_str(),
                "https://toapis.com/v1/balance",
                "{text}"
            );
            assert_eq!(base.origin(), "https://toapis.com");
            assert_eq!(base.text(), "https://toapis.com");
        }
    }

    #[test]
    fn a_path_is_kept() {
        for text in [
            "http://127.0.0.1:8080/gateway",
            "http://127.0.0.1:8080/gateway/",
            "http://127.0.0.1:8080/gateway/v1",
            "HTTP://127.1:8080/gateway//v1//",
        ] {
            let base = Base::parse(text).unwrap();
            assert_eq!(base.text(), "http://127.0.0.1:8080/gateway", "{text}");
            assert_eq!(
                base.endpoint(&["a"]).as_str(),
                "http://127.0.0.1:8080/gateway/v1/a"
            );
            assert_eq!(Base::parse(base.text()).unwrap().text(), base.text());
        }
    }

    #[test]
    fn ids_are_encoded() {
        let base = Base::parse("https://toapis.com").unwrap();
        let url = base.endpoint(&["videos", "generations", "a/../b?c#d%2e é"]);
        assert_eq!(
            url.as_str(),
            "https://toapis.com/v1/videos/generations/a%2F..%2Fb%3Fc%23d%252e%20%C3%A9"
        );
    }

    #[test]
    fn what_is_not_a_base_url_is_refused() {
        for text in [
            "toapis.com",
            "ftp://toapis.com",
            "https://u:p@toapis.com",
            "https://toapis.com?a",
            "https://toapis.com/#a",
            "",
        ] {
            let error = Base::parse(text).unwrap_err();
            assert!(error.is_config());
            assert!(!format!("{error} {error:?}").contains("u:p"), "{error:?}");
        }
    }

    #[test]
    fn loopback_in_every_spelling() {
        for text in [
            "http://localhost",
            "http://LOCALHOST.:1",
            "http://a.localhost",
            "http://127.1",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
            "http://0x7f000001",
        ] {
            assert!(Base::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example",
            "http://10.0.0.1",
            "http://0.0.0.0",
        ] {
            assert!(!Base::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
