//! Settings of a client.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use url::Url;

use super::gate::Gate;
use super::origin::Base;
use super::questions::Questions;
use super::resolver::PublicOnly;
use super::{Client, GENERATIONS, Inner, key, tls, transport_error};
use crate::error::Error;
use crate::link::LinkPolicy;
use crate::retry::{OnRetry, Retries};
use crate::sanitise::Sanitiser;

/// The service's base URL, unless another is set.
const DEFAULT_BASE: &str = "https://toapis.com";

/// The longest answer that is read, in bytes. Real ones have about a thousand.
const MAX_ANSWER: usize = 1024 * 1024;

/// The maximum number of concurrent free requests, unless set.
const MAX_CONNECTIONS: usize = 64;

/// Headers that the client sets itself, and one that would make a proxy repeat a paid request.
const RESERVED_HEADERS: [&str; 11] = [
    "authorization",
    "proxy-authorization",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "expect",
    "upgrade",
    "te",
    "idempotency-key",
];

/// Time limits. Each must be longer than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection: name lookup, TCP, proxy and TLS. Must be shorter than the two below, since only a failed
    /// connection proves that nothing was sent. 10 s unless set.
    pub connect: Duration,
    /// For a submit including its whole answer; if it passes, the outcome is unknown. 120 s unless set.
    pub submit: Duration,
    /// For one try of any other request including its whole answer; an upload gets one second more for each 128 KiB.
    /// 30 s unless set.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            submit: Duration::from_mins(2),
            request: Duration::from_secs(30),
        }
    }
}

/// Settings of a [`Client`], from [`Client::builder`].
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    key: Option<SecretString>,
    base_url: String,
    insecure_http: bool,
    timeouts: Timeouts,
    retries: Retries,
    on_retry: OnRetry,
    max_connections: usize,
    proxy: Option<SecretString>,
    user_agent: String,
    extra_headers: Vec<(String, SecretString)>,
    root_certificates: Vec<Vec<u8>>,
}

impl Client {
    /// Starts a client with this key. The base URL is `https://toapis.com` unless set.
    ///
    /// ```
    /// use kling_http::Client;
    ///
    /// let client = Client::builder("sk-0".into()).base_url("https://toapis.cn/v1/").build()?;
    /// assert_eq!(client.origin(), "https://toapis.cn");
    /// # Ok::<(), kling_http::Error>(())
    /// ```
    pub fn builder(key: SecretString) -> ClientBuilder {
        ClientBuilder {
            key: Some(key),
            ..Self::keyless()
        }
    }

    /// Starts a client without a key, for an emulator on this machine.
    ///
    /// ```
    /// use kling_http::Client;
    ///
    /// assert!(Client::keyless().base_url("http://127.0.0.1:8080").build().is_ok());
    /// assert!(Client::keyless().base_url("https://toapis.com").build().is_err());
    /// ```
    pub fn keyless() -> ClientBuilder {
        ClientBuilder {
            key: None,
            base_url: DEFAULT_BASE.to_owned(),
            insecure_http: false,
            timeouts: Timeouts::default(),
            retries: Retries::default(),
            on_retry: OnRetry::default(),
            max_connections: MAX_CONNECTIONS,
            proxy: None,
            user_agent: concat!("kling-http/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_headers: Vec::new(),
            root_certificates: Vec::new(),
        }
    }

    /// Builds a client with the key in the environment variable `TOAPIS_API_KEY` and, if it is set, the base URL in
    /// `TOAPIS_BASE_URL`. No other variables are read; in particular, those for proxies are ignored.
    ///
    /// # Errors
    /// [`is_config`](Error::is_config) if there is no key, or as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        let key = env::var("TOAPIS_API_KEY").map_err(|error| {
            let what = match error {
                env::VarError::NotPresent => "the environment variable `TOAPIS_API_KEY` is not set",
                env::VarError::NotUnicode(_) => {
                    "the environment variable `TOAPIS_API_KEY` is not valid UTF-8"
                }
            };
            Error::config(what, "set it to your key")
        })?;
        let builder = Self::builder(key.into());
        match env::var("TOAPIS_BASE_URL") {
            Ok(url) => builder.base_url(url).build(),
            Err(env::VarError::NotPresent) => builder.build(),
            Err(env::VarError::NotUnicode(_)) => Err(Error::config(
                "the environment variable `TOAPIS_BASE_URL` is not valid UTF-8",
                "set it to the base URL of the service",
            )),
        }
    }
}

impl ClientBuilder {
    /// Sets the base URL of the service, with or without `/v1` or a slash at its end.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows a base URL with `http:` that is not on this machine, and a proxy for any `http:` base URL. Anyone on the
    /// path can then read the key.
    #[must_use]
    pub fn insecure_http(mut self, allowed: bool) -> Self {
        self.insecure_http = allowed;
        self
    }

    /// Sets the time limits.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets how free requests are retried.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Sets a callback that runs before each pause between tries of a status, a balance or an upload, with the error
    /// and the length of the pause. A wait reports the same as [`WaitEvent::Trouble`](crate::WaitEvent::Trouble).
    #[must_use]
    pub fn on_retry(mut self, callback: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        self.on_retry = OnRetry::new(callback);
        self
    }

    /// Sets the maximum number of concurrent free requests, at least 1; further ones wait. 64 unless set.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets the URL of an HTTP proxy, with a user name and a password if it requires them.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into().into());
        self
    }

    /// Sets the `User-Agent` header, instead of `kling-http` and its version.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Adds a header to each request to the service, and to no other host.
    #[must_use]
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra_headers.push((name.into(), value.into().into()));
        self
    }

    /// Trusts one or more certificates in PEM form besides the platform's, for a private authority.
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`is_config`](Error::is_config), before anything is sent: a key that no header can hold, a base URL that is
    /// unusable or would expose the key on the path, no key for a service that is not on this machine, or a bad proxy,
    /// header, certificate or time limit.
    pub fn build(self) -> Result<Client, Error> {
        let base = Base::parse(&self.base_url)?;
        self.check_http(&base)?;
        self.check_timeouts()?;
        let authorization = match &self.key {
            Some(key) => Some(key::authorization(key)?),
            None if base.is_loopback() => None,
            None => {
                return Err(Error::config(
                    "no key is set",
                    "set `TOAPIS_API_KEY`, or give a key file (`--key-file`)",
                ));
            }
        };
        let extra_headers = self.headers()?;
        let roots = self
            .root_certificates
            .iter()
            .map(|pem| tls::certificates(pem))
            .collect::<Result<Vec<Vec<CertificateDer<'static>>>, Error>>()?;
        let tls = tls::config(roots.concat(), !base.is_http())?;
        let links = LinkPolicy::new(base.url(), self.insecure_http);
        let http = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| transport_error(error).into_configuration())
        };
        let questions = match &self.proxy {
            Some(_) => None,
            None => Some(self.questions(tls.clone(), authorization.as_ref(), &extra_headers)?),
        };
        let paid = http(self.paid(self.common(tls.clone())?, &base))?;
        let free = http(self.common(tls.clone())?.https_only(!base.is_http()))?;
        let files = http(self.files(self.common(tls)?, links.clone()))?;
        Ok(Client {
            inner: Arc::new(Inner {
                tasks: base.endpoint(&GENERATIONS),
                base,
                authorization,
                extra_headers,
                paid,
                free,
                files,
                questions,
                gate: Gate::default(),
                connections: Semaphore::new(self.max_connections.clamp(1, Semaphore::MAX_PERMITS)),
                timeouts: self.timeouts,
                retries: self.retries,
                on_retry: self.on_retry,
                max_answer: MAX_ANSWER,
                links,
                sanitiser: Sanitiser::new(self.key),
            }),
        })
    }

    /// Settings common to all three clients: the library must do nothing unasked. Behaviour that depends on a feature
    /// is turned off as well, since another crate may enable the feature.
    fn common(&self, tls: ClientConfig) -> Result<reqwest::ClientBuilder, Error> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .retry(reqwest::retry::never())
            .redirect(Policy::none())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .no_hickory_dns()
            .no_proxy()
            .connect_timeout(self.timeouts.connect)
            .user_agent(self.user_agent_value()?);
        Ok(match self.parsed_proxy()? {
            Some(proxy) => builder.proxy(proxy),
            None => builder,
        })
    }

    /// The fast path for questions, with the headers that the other clients add to each request.
    fn questions(
        &self,
        tls: ClientConfig,
        authorization: Option<&HeaderValue>,
        extra_headers: &HeaderMap,
    ) -> Result<Questions, Error> {
        let mut headers = extra_headers.clone();
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        let connect = self.timeouts.connect;
        Ok(Questions::new(
            tls,
            connect,
            self.user_agent_value()?,
            headers,
        ))
    }

    fn user_agent_value(&self) -> Result<HeaderValue, Error> {
        HeaderValue::from_str(&self.user_agent)
            .map_err(|_| Error::config("the user agent is not valid in a header", "use ASCII text"))
    }

    /// Uses a separate connection for each submit: a pooled one that dies at the wrong moment would make the outcome
    /// unknown without need.
    fn paid(&self, builder: reqwest::ClientBuilder, base: &Base) -> reqwest::ClientBuilder {
        builder
            .pool_max_idle_per_host(0)
            .timeout(self.timeouts.submit)
            .https_only(!base.is_http())
    }

    /// Sets no overall time limit: a download is watched read by read. Behind a proxy, the proxy looks up the names.
    fn files(&self, builder: reqwest::ClientBuilder, links: LinkPolicy) -> reqwest::ClientBuilder {
        if self.proxy.is_some() {
            builder
        } else {
            builder.dns_resolver(Arc::new(PublicOnly::new(links)))
        }
    }

    fn parsed_proxy(&self) -> Result<Option<reqwest::Proxy>, Error> {
        use secrecy::ExposeSecret;
        let Some(text) = &self.proxy else {
            return Ok(None);
        };
        let unusable = || {
            Error::config(
                "the proxy's URL cannot be used",
                "give it as `http://host:port`",
            )
        };
        let url = Url::parse(text.expose_secret()).map_err(|_| unusable())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(unusable());
        }
        // The library's error could contain the URL, and with it a password.
        reqwest::Proxy::all(url).map(Some).map_err(|_| unusable())
    }

    fn check_http(&self, base: &Base) -> Result<(), Error> {
        if self.insecure_http || !base.is_http() {
            return Ok(());
        }
        if !base.is_loopback() {
            return Err(Error::config(
                "the base URL is `http:` and not on this machine: anyone on the way could read the key",
                "use https, or allow it (`--insecure-http`)",
            ));
        }
        if self.proxy.is_some() {
            return Err(Error::config(
                "the base URL is `http:`, so the proxy could read the key",
                "use https, leave the proxy out, or allow it (`--insecure-http`)",
            ));
        }
        Ok(())
    }

    fn check_timeouts(&self) -> Result<(), Error> {
        let Timeouts {
            connect,
            submit,
            request,
        } = self.timeouts;
        if connect.is_zero() {
            return Err(Error::config(
                "the connect timeout is zero",
                "give a longer one",
            ));
        }
        if connect >= submit || connect >= request {
            return Err(Error::config(
                "the connect timeout is not shorter than the others, so it would not be known whether anything was sent",
                "give a shorter one",
            ));
        }
        Ok(())
    }

    fn headers(&self) -> Result<HeaderMap, Error> {
        use secrecy::ExposeSecret;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.extra_headers {
            let shown = Sanitiser::default().message(name);
            let header = HeaderName::try_from(name.as_str()).map_err(|_| {
                Error::config(
                    format!("`{shown}` is not a valid header name"),
                    "correct it",
                )
            })?;
            if RESERVED_HEADERS.contains(&header.as_str()) {
                return Err(Error::config(
                    format!(
                        "the header `{shown}` cannot be set: the client sets it, or it could make a proxy pay twice"
                    ),
                    "leave it out",
                ));
            }
            let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
                Error::config(
                    format!("the value of the header `{shown}` is not valid in a header"),
                    "correct it",
                )
            })?;
            value.set_sensitive(true);
            headers.append(header, value);
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::time::Duration;

    use reqwest::dns::{Name, Resolve, Resolving};

    use super::super::{is_before_connection, transport_error};
    use super::{Base, Client, Timeouts, tls};

    /// A lookup that never ends.
    struct Hanging;

    impl Resolve for Hanging {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(pending())
        }
    }

    #[tokio::test]
    async fn s02_the_look_up_never_ends() {
        let builder = Client::keyless().timeouts(Timeouts {
            connect: Duration::from_millis(100),
            ..Timeouts::default()
        });
        let base = Base::parse("http://toapis.example.com").unwrap();
        let tls = tls::config(Vec::new(), false).unwrap();
        let client = builder
            .paid(builder.common(tls).unwrap(), &base)
            .dns_resolver(Arc::new(Hanging))
            .build()
            .unwrap();
        let error = client.post(base.endpoint(&[])).send().await.unwrap_err();
        assert!(is_before_connection(&error), "{error:?}");
        let error = transport_error(error);
        assert!(error.is_connect() && !error.is_config(), "{error:?}");
    }
}
