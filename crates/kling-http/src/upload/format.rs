//! The formats of files that the service takes, by their first bytes. What a file is called does not matter.

use super::kind::MediaKind;

/// A format that the service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
    Mp4,
    WebM,
    Mov,
}

/// The first bytes of a `WebM` or Matroska file.
const EBML: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3];

/// The id of the element in the header of such a file that says which of the two it is.
const DOCUMENT_TYPE: &[u8] = &[0x42, 0x82];

/// The number of bytes in which that element is looked for; headers have about 40.
const HEADER_BYTES: usize = 256;

/// The number of boxes that are looked at for the one that shows a movie.
const BOX_LIMIT: usize = 16;

/// Major brands of files in the container of MP4 that are pictures or sounds.
const NOT_VIDEO: [&[u8]; 10] = [
    b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"crx ", b"M4A ", b"M4B ", b"M4P ",
];

impl Format {
    /// Returns the format of a file; `None` if the service does not take it.
    pub(super) fn of(file: &[u8]) -> Option<Self> {
        if file.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if file.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if file.starts_with(b"GIF87a") || file.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else if file.starts_with(EBML) {
            is_webm(file).then_some(Self::WebM)
        } else {
            movie(file)
        }
    }

    pub(super) const fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::WebP | Self::Gif => MediaKind::Image,
            Self::Mp4 | Self::WebM | Self::Mov => MediaKind::Video,
        }
    }

    pub(super) const fn mime_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Mov => "video/quicktime",
        }
    }

    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
            Self::Mov => "mov",
        }
    }
}

/// Whether the header of a file of this family says that it is a `WebM` (RFC 8794).
fn is_webm(file: &[u8]) -> bool {
    let header = file.get(..HEADER_BYTES).unwrap_or(file);
    let Some(at) = header
        .windows(DOCUMENT_TYPE.len())
        .position(|bytes| bytes == DOCUMENT_TYPE)
    else {
        return false;
    };
    let rest = header.get(at + DOCUMENT_TYPE.len()..).unwrap_or_default();
    // The size of the value precedes it; the leading zeros of its first byte give its own length.
    let size_length = rest.first().map_or(0, |first| first.leading_zeros() + 1);
    rest.get(size_length as usize..)
        .is_some_and(|value| value.starts_with(b"webm"))
}

/// Returns the format of a file that consists of boxes (ISO/IEC 14496-12), by the first one that is not a filler: MP4
/// files begin with their brand, old `QuickTime` files with the movie or the media.
fn movie(file: &[u8]) -> Option<Format> {
    let mut rest = file;
    for _ in 0..BOX_LIMIT {
        let (size, content) = rest.split_first_chunk::<4>()?;
        let (name, content) = content.split_first_chunk::<4>()?;
        match name {
            b"ftyp" => {
                let brand = content.get(..4)?;
                return match brand {
                    b"qt  " => Some(Format::Mov),
                    _ if NOT_VIDEO.contains(&brand) => None,
                    _ => Some(Format::Mp4),
                };
            }
            b"moov" | b"mdat" => return Some(Format::Mov),
            b"wide" | b"free" | b"skip" | b"pnot" => {
                let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
                // A shorter box would never end.
                rest = rest.get(size.max(8)..)?;
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn what_the_service_takes() {
        for (format, file) in [
            (Format::Jpeg, b"\xff\xd8\xff\xe0".as_slice()),
            (Format::Png, b"\x89PNG\r\n\x1a\n"),
            (Format::Gif, b"GIF87a"),
            (Format::Gif, b"GIF89a"),
            (Format::WebP, b"RIFF\0\0\0\0WEBPVP8 "),
            (Format::Mp4, b"\0\0\0\x18ftypisom\0\0\0\0"),
            (Format::Mp4, b"\0\0\0\x18ftypmp42\0\0\0\0"),
            (Format::Mp4, b"\0\0\0\x08free\0\0\0\x18ftypisom"),
            (Format::Mov, b"\0\0\0\x14ftypqt  \0\0\0\0"),
            (Format::Mov, b"\0\0\0\x08wide\0\0\0\0mdat"),
            (Format::Mov, b"\0\0\x01\0moov\0\0\0\x6cmvhd"),
            (Format::WebM, b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"),
            (
                Format::WebM,
                b"\x1a\x45\xdf\xa3\x8b\x42\x86\x81\x01\x42\x82\x10\0\0\x04webm",
            ),
        ] {
            assert_eq!(Format::of(file), Some(format), "{file:?}");
        }
    }

    #[test]
    fn what_the_service_does_not_take() {
        for file in [
            b"".as_slice(),
            b"\x89PN",
            b"<html><body></body></html>",
            b"RIFF\0\0\0\0WAVEfmt ",
            b"RIFF\0\0\0\0AVI ",
            b"\0\0\0\x18ftypheic\0\0\0\0",
            b"\0\0\0\x18ftypM4A \0\0\0\0",
            b"\0\0\0\x18ftyp",
            b"\0\0\0\0free\0\0\0\0",
            b"\xff\xff\xff\xfffree\0\0\0\x18ftypisom",
            b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska",
            b"\x1a\x45\xdf\xa3\x80webm",
            b"\x1a\x45\xdf\xa3\x82\x42\x82",
            b"\x1a\x45\xdf\xa3\x83\x42\x82\0",
        ] {
            assert_eq!(Format::of(file), None, "{file:?}");
        }
        let fillers = b"\0\0\0\x08free".repeat(100);
        assert_eq!(Format::of(&fillers), None);
    }
}
