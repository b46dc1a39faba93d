//! What an error of the HTTP library means.

use std::error::Error as StdError;
use std::io;

use tokio::time::error::Elapsed;

use super::connector::NoAddress;
use crate::error::{Error, Kind};

/// Whether an error proves that no connection was made, and so that nothing was sent.
///
/// Valid only for the paid client: it opens a connection for each request, retries nothing, follows no redirects, and
/// its connect timeout covers lookup, TCP, proxy and TLS.
pub(crate) fn is_before_connection(error: &reqwest::Error) -> bool {
    error.is_connect() || error.is_builder()
}

/// Translates an error of the library and removes its URL, which may be signed.
pub(crate) fn transport_error(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        return not_sendable(error);
    }
    let nature = ErrorTraits {
        connect: error.is_connect(),
        timeout: error.is_timeout(),
        look_up: error.is_dns(),
    };
    nature.into_error(error)
}

/// Translates an error of a question, which is sent without the library.
pub(crate) fn question_error(error: hyper_util::client::legacy::Error) -> Error {
    let timed_out = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
    let nature = ErrorTraits {
        connect: error.is_connect(),
        timeout: find::<Elapsed>(&error).is_some()
            || find::<io::Error>(&error).is_some_and(timed_out),
        look_up: find::<NoAddress>(&error).is_some(),
    };
    nature.into_error(error)
}

/// The error for an answer whose rest did not arrive.
pub(crate) fn cut(error: impl StdError + Send + Sync + 'static) -> Error {
    ErrorTraits::default().into_error(error)
}

/// The error for a question whose answer did not arrive in time.
pub(crate) fn too_late(error: Elapsed) -> Error {
    let nature = ErrorTraits {
        timeout: true,
        ..ErrorTraits::default()
    };
    nature.into_error(error)
}

/// The error for a request that HTTP cannot express.
pub(crate) fn not_sendable(error: impl StdError + Send + Sync + 'static) -> Error {
    Error::config(
        "the request cannot be made",
        "check the base URL and the headers",
    )
    .with_source(error)
}

/// The properties of an error that matter, whichever library it comes from.
#[derive(Debug, Clone, Copy, Default)]
struct ErrorTraits {
    /// No connection was made.
    connect: bool,
    timeout: bool,
    look_up: bool,
}

impl ErrorTraits {
    /// Converts the error into one of this crate.
    fn into_error(self, error: impl StdError + Send + Sync + 'static) -> Error {
        if !self.connect {
            let (kind, message) = if self.timeout {
                (Kind::Timeout, "no complete answer was received in time")
            } else {
                (
                    Kind::Transport,
                    "the connection broke before the answer was complete",
                )
            };
            return Error::new(kind, message).with_source(error);
        }
        if let Some(refused) = find::<super::resolver::NotPublic>(&error) {
            let message = refused.to_string();
            return Error::new(Kind::Address, message)
                .with_help("the service gave a URL that is not allowed; report this to the service")
                .with_source(error);
        }
        if let Some((message, help)) = tls_problem(&error) {
            return Error::new(Kind::Connect, message)
                .with_help(help)
                .into_configuration()
                .with_source(error);
        }
        if is_proxy_refusal(&error) {
            return Error::new(
                Kind::Connect,
                "the proxy requires a user name and a password (407)",
            )
            .with_help("add them to the proxy's URL")
            .into_configuration()
            .with_source(error);
        }
        let (message, help) = if self.look_up {
            (
                "the host name has no address",
                "check the base URL and the network",
            )
        } else if self.timeout {
            ("could not connect in time", "check the network")
        } else {
            ("could not connect", "check the base URL and the network")
        };
        Error::new(Kind::Connect, message)
            .with_help(help)
            .with_source(error)
    }
}

/// What is wrong with the other side's TLS, if it is not likely to change by itself.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign enum that may grow: what is not known may pass"
)]
fn tls_problem(error: &(dyn StdError + 'static)) -> Option<(&'static str, &'static str)> {
    use rustls::AlertDescription as Alert;
    const CERTIFICATE: (&str, &str) = (
        "the server's certificate is not trusted",
        "check the base URL and the clock; behind an inspecting proxy, give its root certificate",
    );
    const PROTOCOL: (&str, &str) = (
        "the server does not speak HTTP/1.1 over TLS 1.2 or 1.3, the protocols that are safe to pay over",
        "check the base URL",
    );
    match find::<rustls::Error>(error)? {
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::InvalidCertRevocationList(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType => Some(CERTIFICATE),
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::NoApplicationProtocol
        | rustls::Error::AlertReceived(
            Alert::NoApplicationProtocol
            | Alert::ProtocolVersion
            | Alert::InsufficientSecurity
            | Alert::UnrecognisedName,
        ) => Some(PROTOCOL),
        // The others are broken or cut handshakes, which may not happen on another try.
        _ => None,
    }
}

/// Whether a proxy answered 407. The library's type for it is private, so only its text can be checked.
fn is_proxy_refusal(error: &(dyn StdError + 'static)) -> bool {
    let mut found = false;
    walk(error, &mut |error| {
        found |= error.to_string() == "tunnel error: proxy authorization required";
    });
    found
}

/// Returns the first error of this type in the chain.
fn find<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    let mut found = None;
    walk(error, &mut |error| {
        if found.is_none() {
            found = error.downcast_ref::<T>();
        }
    });
    found
}

/// Visits a chain of errors. An I/O error does not report the error it wraps as its source, so that one is visited
/// explicitly.
fn walk<'e>(
    error: &'e (dyn StdError + 'static),
    visit: &mut impl FnMut(&'e (dyn StdError + 'static)),
) {
    visit(error);
    if let Some(inner) = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        walk(inner, visit);
    } else if let Some(source) = error.source() {
        walk(source, visit);
    }
}
