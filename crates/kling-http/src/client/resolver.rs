//! Resolves the hosts of results: no connection is made to an address that is not public, even if a public name
//! resolves to it.

use std::fmt;
use std::net::SocketAddr;

use kling_url::address_problem;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::link::LinkPolicy;

/// The system's lookup, restricted to public addresses.
#[derive(Debug)]
pub(crate) struct PublicOnly {
    links: LinkPolicy,
}

impl PublicOnly {
    pub(crate) fn new(links: LinkPolicy) -> Self {
        Self { links }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let trusted = self.links.trusts_name(&host);
        Box::pin(async move {
            let addresses: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            // One private address among public ones is enough to refuse: it is chance which one would be used.
            let private = addresses
                .iter()
                .find(|address| address_problem(address.ip()).is_some());
            if !trusted && private.is_some() {
                return Err(NotPublic { host }.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// A public name resolves to an address that is not public.
#[derive(Debug)]
pub(crate) struct NotPublic {
    host: String,
}

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = crate::sanitise::Sanitiser::default().message(&self.host);
        write!(
            f,
            "the host `{host}` resolves to an address that is not public"
        )
    }
}

impl std::error::Error for NotPublic {}

#[cfg(test)]
mod tests {
    use reqwest::dns::Resolve;
    use url::Url;

    use super::{NotPublic, PublicOnly};
    use crate::client::transport_error;
    use crate::link::LinkPolicy;

    fn resolver(base: &str) -> PublicOnly {
        PublicOnly::new(LinkPolicy::new(&Url::parse(base).unwrap(), false))
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_refused() {
        let name = || "localhost".parse().unwrap();
        let refused = resolver("https://toapis.com").resolve(name()).await;
        assert!(refused.err().unwrap().is::<NotPublic>());
        let own = resolver("https://localhost:8443").resolve(name()).await;
        assert!(own.unwrap().count() > 0);
    }

    #[tokio::test]
    async fn the_refusal_is_reported_as_such() {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(crate::client::tls::config(Vec::new(), false).unwrap())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(resolver("https://toapis.com")))
            .build()
            .unwrap();
        let error = transport_error(client.get("http://localhost:1/").send().await.unwrap_err());
        assert!(error.is_refused_address(), "{error:?}");
        assert!(error.to_string().contains("`localhost`"), "{error}");
    }
}
