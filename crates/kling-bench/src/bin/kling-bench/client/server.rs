//! A service on loopback that knows every task and does as little as possible for an answer, so that the client is what
//! is measured.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as Listener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;

/// The longest request head that is read, in bytes; those of the client have about 250.
const MAX_HEAD: usize = 16 * 1024;

/// The service, on its own thread. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    answers: Arc<AtomicU64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to listen on a free port.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let answers = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = oneshot::channel();
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let counter = answers.clone();
        let thread = thread::spawn(move || {
            runtime.spawn(accept(listener, counter));
            // Ends the service, whether it was stopped or its owner is gone.
            let _ = runtime.block_on(stopped);
        });
        Ok(Self {
            address,
            answers,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns how many requests have been answered so far.
    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping the sender stops the service.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has already been printed.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, answers: Arc<AtomicU64>) {
    loop {
        // A connection closed before it is accepted is the client's problem.
        if let Ok((stream, _)) = listener.accept().await {
            let answers = answers.clone();
            // So is one that breaks.
            tokio::spawn(async move { serve(stream, &answers).await.ok() });
        }
    }
}

/// Answers the requests of a connection, one after another.
async fn serve(mut stream: TcpStream, answers: &AtomicU64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(end) = head_end(&input) {
                break end;
            }
            if input.len() > MAX_HEAD || stream.read_buf(&mut input).await? == 0 {
                return Ok(());
            }
        };
        let head: Vec<u8> = input.drain(..end).collect();
        // Counted first, because a caller that has read an answer may look at the count.
        answers.fetch_add(1, Ordering::Relaxed);
        stream.write_all(answer(&id(&head)).as_bytes()).await?;
    }
}

/// Returns the length of the first head in the text, including the empty line at its end.
fn head_end(input: &[u8]) -> Option<usize> {
    let end = b"\r\n\r\n";
    let place = input.windows(end.len()).position(|bytes| bytes == end)?;
    Some(place + end.len())
}

/// Returns the last segment of the requested path.
fn id(head: &[u8]) -> String {
    let path = head.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
    let id = path.rsplit(|&byte| byte == b'/').next();
    String::from_utf8_lossy(id.unwrap_or_default()).into_owned()
}

/// Returns the members that the service is documented to send for a running task.
fn answer(id: &str) -> String {
    let body = format!(
        r#"{{"id":"{id}","object":"generation.task","model":"kling-v3-omni","status":"in_progress","progress":30,"created_at":1768380224,"metadata":{{}}}}"#
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::Server;

    #[test]
    fn each_request_of_a_connection_is_answered_about_its_own_task() {
        let server = Server::start().unwrap();
        let mut stream = TcpStream::connect(server.address).unwrap();
        for id in ["video_1", "video_2"] {
            let request = format!("GET /v1/videos/generations/{id} HTTP/1.1\r\nHost: x\r\n\r\n");
            // In two pieces, as a network may deliver it.
            let (first, second) = request.split_at(20);
            stream.write_all(first.as_bytes()).unwrap();
            stream.write_all(second.as_bytes()).unwrap();
            let mut answer = String::new();
            while !answer.ends_with("{}}") {
                let mut piece = [0; 256];
                let length = stream.read(&mut piece).unwrap();
                assert_ne!(length, 0, "{answer}");
                answer.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
            assert!(answer.contains(&format!(r#""id":"{id}""#)), "{answer}");
        }
        drop(stream);
        assert_eq!(server.answers(), 2);
    }
}
