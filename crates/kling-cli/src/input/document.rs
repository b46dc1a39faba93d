//! Reads a file that is a single request.

use std::io::{self, Read};

use super::mention::Mention;

/// The initial capacity in bytes.
const USUAL: usize = 4 << 10;

/// The number of bytes read at a time while skipping a text that is too long.
const CHUNK: usize = 64 << 10;

/// The content of a file.
#[derive(Debug)]
pub(crate) enum Document {
    /// At most as many bytes as allowed; they are in the buffer.
    Read,
    /// More than that.
    TooLarge {
        /// Whether it contains the name of a member that only requests have.
        mentions: bool,
    },
}

/// Reads a file into `buffer`, at most `limit` bytes.
///
/// `look_through`: whether to read a longer file to its end, without keeping it, to determine whether it is a request.
pub(crate) fn read(
    reader: impl Read,
    limit: usize,
    look_through: bool,
    buffer: &mut Vec<u8>,
) -> io::Result<Document> {
    buffer.clear();
    // Most requests are shorter, so that one call reads them.
    buffer.reserve(USUAL);
    let mut reader = reader;
    let most = (limit as u64).saturating_add(1);
    reader.by_ref().take(most).read_to_end(buffer)?;
    if buffer.len() <= limit {
        return Ok(Document::Read);
    }
    let mut mention = Mention::default();
    if look_through {
        mention.feed(buffer);
        buffer.truncate(CHUNK);
        buffer.resize(CHUNK, 0);
        while !mention.found() {
            match reader.read(buffer) {
                Ok(0) => break,
                Ok(length) => mention.feed(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    buffer.clear();
    Ok(Document::TooLarge {
        mentions: mention.found(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_limit_is_read_and_a_longer_one_is_not() {
        let mut buffer = Vec::new();
        assert!(matches!(
            read(&b"12345"[..], 5, true, &mut buffer),
            Ok(Document::Read)
        ));
        assert_eq!(buffer, b"12345");
        assert!(matches!(
            read(&b"123456"[..], 5, true, &mut buffer),
            Ok(Document::TooLarge { mentions: false })
        ));
        assert!(matches!(
            read(&b"123456 model"[..], 5, true, &mut buffer),
            Ok(Document::TooLarge { mentions: true })
        ));
    }
}
