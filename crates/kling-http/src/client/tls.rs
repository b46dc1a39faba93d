//! TLS: rustls with ring, the platform's trusted certificates, and HTTP/1.1 as the only protocol offered.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::error::Error;

/// Parses the certificates of a PEM text.
///
/// # Errors
/// If it contains none, or a broken one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let help = "give certificates in PEM form";
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| {
            Error::config("the root certificate cannot be read", help).with_source(error)
        })?;
    if certificates.is_empty() {
        return Err(Error::config(
            "the given text does not contain a root certificate",
            help,
        ));
    }
    Ok(certificates)
}

/// The settings of all connections. HTTP/2 is not offered: a client that supports it resends requests on its own.
///
/// Without https the platform need not have any trusted certificates; a connection then fails when it is made.
///
/// # Errors
/// If `https_needed` and the platform has no trusted certificates, or if one of `roots` is broken.
pub(crate) fn config(
    roots: Vec<CertificateDer<'static>>,
    https_needed: bool,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::config("TLS cannot be set up", "report this").with_source(error))?;
    let given = !roots.is_empty();
    let builder = match Verifier::new_with_extra_roots(roots, provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier)),
        Err(_) if !given && !https_needed => {
            builder.with_root_certificates(rustls::RootCertStore::empty())
        }
        Err(error) => {
            return Err(Error::config(
                "the certificates that this machine trusts cannot be read",
                "install the system's CA certificates, or give a root certificate",
            )
            .with_source(error));
        }
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
