//! What a downloaded file is: a complete video of a known kind, a page of text, or something else.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::video::{Video, VideoError};
use super::{mp4, webm};

/// How many bytes of the beginning [`is_page`] looks at.
pub(super) const BEGINNING: usize = 4096;

/// Inspects a file of `length` bytes by its content. What its host calls it does not matter.
pub(super) fn inspect(file: &mut (impl Read + Seek), length: u64) -> Result<Video, VideoError> {
    let mut beginning = [0; 4];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut beginning)?;
    if beginning == webm::BEGINNING {
        webm::walk(file, length)
    } else {
        mp4::walk(file, length)
    }
}

/// Returns the length of a saved video in seconds, according to its header; `None` if the header does not say, or if
/// it is not a complete video.
pub fn video_seconds(path: &Path) -> Option<f64> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    inspect(&mut file, length).ok()?.seconds
}

/// Whether a file of this length with this beginning is a page or a JSON answer, which hosts send instead of a video
/// that they do not have.
pub(super) fn is_page(beginning: &[u8], length: u64) -> bool {
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r');
    if !beginning.iter().all(is_text) {
        return false;
    }
    let text = String::from_utf8_lossy(beginning);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_markup = text.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_alphabetic() || "!?".contains(first))
    });
    let is_json = text.starts_with(['{', '[']) && length <= BEGINNING as u64;
    is_markup || is_json
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn pages_are_distinguished_from_what_may_be_a_video() {
        let of = |bytes: &[u8]| is_page(bytes, bytes.len() as u64);
        for text in [
            "<html><title>expired</title>",
            "\u{feff}\r\n<?xml version=\"1.0\"?><Code>AccessDenied</Code>",
            "<!doctype html>",
            r#"{"code":404,"msg":"expired"}"#,
            "[]",
        ] {
            assert!(of(text.as_bytes()), "{text}");
        }
        for bytes in [
            b"".as_slice(),
            b"<",
            b"< 3",
            b"#EXTM3U\nhttps://example.com/1.ts",
            b"\0\0\0\x18ftypmp42",
            // A box of a gigabyte, according to its first bytes.
            b"<abcmdat\0\0\0\0",
            b"RIFF",
        ] {
            assert!(!of(bytes), "{bytes:?}");
        }
        // A long JSON text could hold anything.
        assert!(!is_page(b"{\"video\": \"AAAA", 5000));
        assert!(is_page(b"<html>", 5000));
    }
}
