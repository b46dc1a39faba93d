//! The head of a request: its first line and its headers.

/// The maximum number of headers of a request.
const MAX_HEADERS: usize = 100;

/// What the headers say about the length of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// This many bytes; 0 if there is no body.
    Length(u64),
    /// Chunks, the last of which is empty.
    Chunked,
}

/// The head of a request that can be understood in only one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    /// The requested host with its port, in lower case.
    pub(crate) host: String,
    /// The names are in lower case.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) framing: Framing,
    /// Whether the client supports HTTP/1.1, and with it chunks.
    pub(crate) is_new: bool,
    pub(crate) keep_alive: bool,
    pub(crate) expects_continue: bool,
}

/// A request that is answered with an error before it is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
}

const fn bad(reason: &'static str) -> Refused {
    Refused {
        status: 400,
        reason,
    }
}

impl Head {
    /// Parses a head at the beginning of `bytes` and returns it with its length; `None` if it is incomplete.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Refused> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => {
                return Err(Refused {
                    status: 431,
                    reason: "too many headers",
                });
            }
            Err(_) => return Err(bad("this is not HTTP/1.1")),
        };
        let is_new = request.version == Some(1);
        let headers: Vec<(String, Vec<u8>)> = request
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
            .collect();
        let method = request.method.unwrap_or_default().to_owned();
        let raw = request.path.unwrap_or_default();
        let (target, authority) = target(&method, raw)?;
        let host = match (authority, only(&headers, "host")?) {
            (Some(authority), _) => authority,
            (None, Some(host)) => host,
            (None, None) => return Err(bad("there is no Host header")),
        };
        let framing = framing(&headers, is_new)?;
        let says = |name: &str, token: &str| {
            values(&headers, name).any(|value| {
                let value = String::from_utf8_lossy(value).to_ascii_lowercase();
                value.split(',').any(|part| part.trim() == token)
            })
        };
        let keep_alive = is_new && !says("connection", "close");
        let expects_continue = is_new && says("expect", "100-continue");
        let head = Self {
            method,
            target,
            host: host.to_ascii_lowercase(),
            is_new,
            keep_alive,
            expects_continue,
            framing,
            headers,
        };
        Ok(Some((head, length)))
    }

    /// Returns the target up to its query.
    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// Returns all values of the headers with this name, which must be in lower case.
    pub(crate) fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        values(&self.headers, name)
    }

    /// Returns the first header with this name, which must be in lower case, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.values(name)
            .next()
            .and_then(|value| std::str::from_utf8(value).ok())
    }
}

fn values<'h>(headers: &'h [(String, Vec<u8>)], name: &str) -> impl Iterator<Item = &'h [u8]> {
    headers
        .iter()
        .filter(move |(found, _)| found == name)
        .map(|(_, value)| value.as_slice())
}

/// Returns the value of a header that may occur only once.
fn only(headers: &[(String, Vec<u8>)], name: &str) -> Result<Option<String>, Refused> {
    let mut values = values(headers, name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(bad("a header that must occur only once occurs twice"));
    }
    match std::str::from_utf8(value) {
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(_) => Err(bad("a header is not text")),
    }
}

/// Splits a request's target into path and query, and the host if it has one.
fn target(method: &str, raw: &str) -> Result<(String, Option<String>), Refused> {
    if raw.starts_with('/') {
        return Ok((raw.to_owned(), None));
    }
    if raw == "*" && method == "OPTIONS" {
        return Ok(("/*".to_owned(), None));
    }
    // Clients use this form if they take this server for a proxy.
    let Some(rest) = raw.strip_prefix("http://") else {
        return Err(bad("the target is neither a path nor an http URL"));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    Ok((path, Some(authority.to_owned())))
}

/// Determines the length of the body, if that is unambiguous (RFC 9112, section 6).
fn framing(headers: &[(String, Vec<u8>)], is_new: bool) -> Result<Framing, Refused> {
    let length = only(headers, "content-length")?;
    match (only(headers, "transfer-encoding")?, length) {
        (Some(_), Some(_)) => Err(bad(
            "Content-Length and Transfer-Encoding exclude each other",
        )),
        (Some(_), None) if !is_new => Err(bad("HTTP/1.0 has no Transfer-Encoding")),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), None) => Err(bad("the only Transfer-Encoding supported is `chunked`")),
        (None, Some(length)) => {
            let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            let length = digits.then(|| length.parse().ok()).flatten();
            length
                .map(Framing::Length)
                .ok_or_else(|| bad("Content-Length is not a number of bytes"))
        }
        (None, None) => Ok(Framing::Length(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Head, Refused> {
        Head::parse(text.as_bytes()).map(|read| read.unwrap().0)
    }

    #[test]
    fn a_plain_request_is_read() {
        let text = "POST /v1/x?y=1 HTTP/1.1\r\nHost: LocalHost:80\r\nContent-Length: 3\r\n\r\nabc";
        let (head, length) = Head::parse(text.as_bytes()).unwrap().unwrap();
        assert_eq!((head.path(), head.target.as_str()), ("/v1/x", "/v1/x?y=1"));
        assert_eq!(
            (head.host.as_str(), head.framing),
            ("localhost:80", Framing::Length(3))
        );
        assert!(head.keep_alive && !head.expects_continue);
        assert_eq!(&text[length..], "abc");
    }

    #[test]
    fn half_a_head_asks_for_more() {
        assert_eq!(Head::parse(b"GET / HTTP/1.1\r\nHost: a\r\n"), Ok(None));
    }

    #[test]
    fn what_two_readers_could_understand_differently_is_refused() {
        let with = |headers: &str| parse(&format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n"));
        assert!(with("Content-Length: 0\r\n").is_ok());
        for headers in [
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
            "Content-Length: 3\r\nContent-Length: 3\r\n",
            "Content-Length: 3, 3\r\n",
            "Content-Length: +3\r\n",
            "Content-Length: -3\r\n",
            "Content-Length: 0x3\r\n",
            "Content-Length: \r\n",
            "Content-Length: 99999999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            " folded: yes\r\n",
            "Host: b\r\n",
            "no colon\r\n",
        ] {
            assert_eq!(
                with(headers).map_err(|refused| refused.status),
                Err(400),
                "{headers}"
            );
        }
        let many = "a: b\r\n".repeat(MAX_HEADERS);
        assert_eq!(with(&many).unwrap_err().status, 431);
        for text in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
            "\u{0}\u{1}\r\n\r\n",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_that_is_a_url_says_the_host() {
        let head = parse("GET http://example.com?x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
        assert_eq!(
            (head.host.as_str(), head.target.as_str()),
            ("example.com", "/?x")
        );
    }
}
