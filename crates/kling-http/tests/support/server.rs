//! A server on loopback that handles each connection as a test says, and counts.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::http::Request;

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    connections: AtomicUsize,
    /// Submits that were read to the end.
    posts: AtomicUsize,
    charges: AtomicUsize,
    requests: Mutex<Vec<Request>>,
}

impl Ledger {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    pub(crate) fn posts(&self) -> usize {
        self.posts.load(SeqCst)
    }

    pub(crate) fn charges(&self) -> usize {
        self.charges.load(SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Counts a submit that was read to the end.
    pub(crate) fn count_post(&self) {
        self.posts.fetch_add(1, SeqCst);
    }

    /// Counts a charge: a service that has read a submit charges for it.
    pub(crate) fn charge(&self) {
        self.charges.fetch_add(1, SeqCst);
    }

    pub(crate) fn note(&self, request: Request) {
        if request.method == "POST" {
            self.count_post();
        }
        self.requests.lock().unwrap().push(request);
    }
}

/// A server that ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    pub(crate) ledger: Arc<Ledger>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts a server without TLS.
    pub(crate) async fn start<F, R>(handle: F) -> Self
    where
        F: Fn(Conn) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self::with_tls(None, handle).await
    }

    /// Starts a server with TLS; a connection whose handshake fails is dropped.
    pub(crate) async fn start_tls<F, R>(acceptor: TlsAcceptor, handle: F) -> Self
    where
        F: Fn(Conn) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self::with_tls(Some(acceptor), handle).await
    }

    async fn with_tls<F, R>(acceptor: Option<TlsAcceptor>, handle: F) -> Self
    where
        F: Fn(Conn) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ledger = Arc::new(Ledger::default());
        let handle = Arc::new(handle);
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let seen = ledger.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                seen.connections.fetch_add(1, SeqCst);
                let (acceptor, handle, ledger) = (acceptor.clone(), handle.clone(), seen.clone());
                tokio::spawn(async move {
                    let stream: Box<dyn Io> = match acceptor {
                        None => Box::new(tcp),
                        Some(acceptor) => match acceptor.accept(tcp).await {
                            Ok(tls) => Box::new(tls),
                            Err(_) => return,
                        },
                    };
                    handle(Conn {
                        stream,
                        ledger,
                        buffer: Vec::new(),
                    })
                    .await;
                });
            }
        });
        Self {
            address,
            scheme,
            ledger,
            accepting,
        }
    }

    /// Starts a server that answers each request with what `answer` returns for it.
    pub(crate) async fn answering<F>(answer: F) -> Self
    where
        F: Fn(&Request, usize) -> Vec<u8> + Send + Sync + 'static,
    {
        let answer = Arc::new(answer);
        let counter = Arc::new(AtomicUsize::new(0));
        Self::start(move |mut conn| {
            let (answer, counter) = (answer.clone(), counter.clone());
            async move {
                while let Some(request) = conn.read().await {
                    let number = counter.fetch_add(1, SeqCst);
                    if conn.send(&answer(&request, number)).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// The base URL. With TLS the host is a name, matching its certificate.
    pub(crate) fn url(&self) -> String {
        match self.scheme {
            "https" => format!("https://localhost:{}", self.address.port()),
            _ => format!("http://{}", self.address),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A connection of either kind.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {
    /// Closes with a reset.
    fn reset(self: Box<Self>);
}

impl Io for TcpStream {
    fn reset(self: Box<Self>) {
        self.set_zero_linger().unwrap();
    }
}

impl Io for TlsStream<TcpStream> {
    fn reset(self: Box<Self>) {
        self.get_ref().0.set_zero_linger().unwrap();
    }
}

/// A connection handled by a test.
pub(crate) struct Conn {
    pub(crate) stream: Box<dyn Io>,
    pub(crate) ledger: Arc<Ledger>,
    buffer: Vec<u8>,
}

impl Conn {
    /// Reads the next request completely and records it; `None` at the end of the connection.
    pub(crate) async fn read(&mut self) -> Option<Request> {
        loop {
            if let Some((request, used)) = Request::parse(&self.buffer) {
                self.buffer.drain(..used);
                self.ledger.note(request.clone());
                return Some(request);
            }
            if !self.read_some().await {
                return None;
            }
        }
    }

    /// Reads up to the end of the next head, without the body.
    pub(crate) async fn read_head(&mut self) {
        while !self.buffer.windows(4).any(|end| end == b"\r\n\r\n") && self.read_some().await {}
    }

    /// Reads whatever arrives; returns false at the end of the connection.
    pub(crate) async fn read_some(&mut self) -> bool {
        let mut chunk = vec![0; 64 * 1024];
        match self.stream.read(&mut chunk).await {
            Ok(0) | Err(_) => false,
            Ok(read) => {
                self.buffer.extend_from_slice(&chunk[..read]);
                true
            }
        }
    }

    /// Reads until the other side closes.
    pub(crate) async fn drain(&mut self) {
        while self.read_some().await {
            self.buffer.clear();
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Sends and closes.
    pub(crate) async fn send_last(mut self, bytes: &[u8]) {
        // The client may have hung up already; the test checks what the client does.
        let _ = self.send(bytes).await;
        let _ = self.stream.shutdown().await;
    }

    pub(crate) fn reset(self) {
        self.stream.reset();
    }
}

/// A boxed future, as a trait object's method can return.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The URL of a port where no server listens, or will while the tests run: the port stays reserved.
pub(crate) fn closed_port() -> String {
    static TAKEN: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    TAKEN.lock().unwrap().push(socket);
    url
}
