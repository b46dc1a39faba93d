//! A gateway on loopback that renames the path of tasks and passes on everything else, byte for byte.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;

use xtask::failure::{Failure, Result};

/// The service's path of tasks, and that of the server behind the gateway.
const NAMES: [&str; 2] = ["/v1/videos/generations", "/v1/videos"];
/// The longest head of a request that is read, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// A gateway that listens until this process ends.
pub(super) struct Gateway {
    url: String,
}

impl Gateway {
    /// Listens on a free port, in front of this server.
    pub(super) fn start(server: &str) -> Result<Self> {
        let failed = |error| Failure::new(format!("the gateway does not listen: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let server = server.trim_start_matches("http://").to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = server.clone();
                // A failure here is a failure for the client, whose result is checked.
                thread::spawn(move || pass(client, &server).ok());
            }
        });
        Ok(Self { url })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// Passes on one request and its answer, and closes the connection.
fn pass(mut client: TcpStream, server: &str) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if head.len() == MAX_HEAD || client.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).map_err(io::Error::other)?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    client.read_exact(&mut body)?;
    // After the first line, inserts the header that closes the connection after the answer.
    let (line, rest) = head.split_once("\r\n").ok_or(io::ErrorKind::InvalidData)?;
    let [from, to] = NAMES;
    let head = format!(
        "{}\r\nConnection: close\r\n{rest}",
        line.replacen(from, to, 1)
    );
    let mut server = TcpStream::connect(server)?;
    server.write_all(&[head.as_bytes(), &body].concat())?;
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}
