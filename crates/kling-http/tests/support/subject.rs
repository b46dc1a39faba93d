//! The clients under test: this crate's, and a typical one.

use std::time::Duration;

use kling_http::{Body, Timeouts, Verdict};

use super::server::Boxed;
use super::{CANARY, PATIENT, assert_no_key, builder};

/// Where and how to submit.
#[derive(Debug, Clone)]
pub(crate) struct Aim {
    pub(crate) base: String,
    pub(crate) root: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) timeouts: Timeouts,
    pub(crate) body: String,
}

impl Aim {
    pub(crate) fn at(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            root: None,
            proxy: None,
            timeouts: PATIENT,
            body: r#"{"model":"kling-v3","prompt":"A cat in the rain.","client_business_id":"order-7"}"#.to_owned(),
        }
    }

    pub(crate) fn trusting(mut self, root: &str) -> Self {
        self.root = Some(root.to_owned());
        self
    }

    pub(crate) fn through(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Sets a short time limit for connecting.
    pub(crate) fn connecting_in(mut self, limit: Duration) -> Self {
        self.timeouts.connect = limit;
        self
    }

    /// Sets a short time limit for the whole submit, nearly all of which may be used for connecting.
    pub(crate) fn answered_in(mut self, limit: Duration) -> Self {
        self.timeouts.connect = limit.saturating_sub(Duration::from_millis(50));
        self.timeouts.submit = limit;
        self
    }
}

/// What a client reports for a submit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Accepted(String),
    Rejected(u16),
    NotSent { configuration: bool },
    Unknown { candidate: Option<String> },
}

impl Seen {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Rejected(_) => "rejected",
            Self::NotSent { .. } => "not-sent",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// A client with its way to submit. One instance keeps its connections.
pub(crate) trait Subject: Sync {
    /// Submits `times` times in a row with one client.
    fn submit<'a>(&'a self, aim: &'a Aim, times: usize) -> Boxed<'a, Vec<Seen>>;
}

/// This crate's client.
pub(crate) struct Hardened;

impl Subject for Hardened {
    fn submit<'a>(&'a self, aim: &'a Aim, times: usize) -> Boxed<'a, Vec<Seen>> {
        Box::pin(async move {
            let mut builder = builder(&aim.base).timeouts(aim.timeouts);
            if let Some(root) = &aim.root {
                builder = builder.root_certificate(root.as_bytes());
            }
            if let Some(proxy) = &aim.proxy {
                builder = builder.proxy(proxy);
            }
            let client = builder.build().unwrap();
            let body = Body::from_json_text(aim.body.as_str());
            let mut seen = Vec::new();
            for _ in 0..times {
                let verdict = client.submit(&body).await;
                assert_no_key(&format!("{verdict:?}"));
                seen.push(match verdict {
                    Verdict::Accepted(accepted) => Seen::Accepted(accepted.id),
                    Verdict::Rejected(rejected) => Seen::Rejected(rejected.http_status),
                    Verdict::NotSent(not_sent) => Seen::NotSent {
                        configuration: not_sent.is_configuration(),
                    },
                    Verdict::Unknown(unknown) => {
                        assert_eq!(
                            unknown.client_business_id,
                            body.client_business_id().map(str::to_owned)
                        );
                        Seen::Unknown {
                            candidate: unknown.candidate,
                        }
                    }
                });
            }
            seen
        })
    }
}

/// The HTTP library with its default settings, and the usual way to interpret its answers: a connection error is worth
/// another try, a success status is a success.
pub(crate) struct Unhardened;

impl Subject for Unhardened {
    fn submit<'a>(&'a self, aim: &'a Aim, times: usize) -> Boxed<'a, Vec<Seen>> {
        Box::pin(async move {
            let client = unhardened(aim);
            let url = format!("{}/v1/videos/generations", aim.base);
            let mut seen = Vec::new();
            for _ in 0..times {
                let request = client.post(&url).bearer_auth(CANARY).body(aim.body.clone());
                seen.push(match request.send().await {
                    Err(error) if error.is_connect() => Seen::NotSent {
                        configuration: false,
                    },
                    Err(_) => Seen::Unknown { candidate: None },
                    Ok(answer) if answer.status().is_success() => {
                        Seen::Accepted(answer.text().await.unwrap_or_default())
                    }
                    Ok(answer) => Seen::Rejected(answer.status().as_u16()),
                });
            }
            seen
        })
    }
}

fn unhardened(aim: &Aim) -> reqwest::Client {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    let mut roots = rustls::RootCertStore::empty();
    if let Some(root) = &aim.root {
        roots
            .add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap())
            .unwrap();
    }
    // The provider and the root are those of the test; the protocols are those that the library offers.
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(aim.timeouts.submit);
    let builder = match &aim.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy).unwrap()),
        None => builder.no_proxy(),
    };
    builder.build().unwrap()
}
