//! Connections for [`Questions`](super::questions::Questions): one time limit covers lookup, TCP and TLS, and a failed
//! lookup can be distinguished from other faults.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use http::Uri;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;
type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// A connector that connects within a time limit or fails.
#[derive(Debug, Clone)]
pub(crate) struct InTime<C> {
    inner: C,
    limit: Duration,
}

impl<C> InTime<C> {
    pub(crate) fn new(inner: C, limit: Duration) -> Self {
        Self { inner, limit }
    }
}

impl<C> Service<Uri> for InTime<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
    C::Response: 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<C::Response, BoxError>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.inner.call(uri);
        let limit = self.limit;
        Box::pin(async move { tokio::time::timeout(limit, connecting).await? })
    }
}

/// The system's lookup.
#[derive(Debug, Clone)]
pub(crate) struct LookUp {
    system: GaiResolver,
}

impl Default for LookUp {
    fn default() -> Self {
        Self {
            system: GaiResolver::new(),
        }
    }
}

impl Service<Name> for LookUp {
    type Response = GaiAddrs;
    type Error = NoAddress;
    type Future = BoxFuture<GaiAddrs, NoAddress>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), NoAddress>> {
        self.system.poll_ready(context).map_err(NoAddress)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let looking = self.system.call(name);
        Box::pin(async move { looking.await.map_err(NoAddress) })
    }
}

/// A name has no address, or it could not be looked up.
#[derive(Debug)]
pub(crate) struct NoAddress(io::Error);

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lookup failed")
    }
}

impl StdError for NoAddress {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}
