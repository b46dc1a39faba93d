//! Whether a file is a complete `WebM`, by its elements (RFC 8794 and RFC 9559), and how long it plays.

use std::io::{Read, Seek, SeekFrom};

use super::options::VideoKind;
use super::video::{Video, VideoError};

/// The first bytes of every file of this family.
pub(super) const BEGINNING: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// The maximum number of elements that are walked.
const ELEMENT_LIMIT: usize = 1_000_000;

/// The ids of the elements that are read or required.
const HEADER: u32 = 0x1a45_dfa3;
const DOCUMENT_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const CLUSTER: u32 = 0x1f43_b675;

/// Nanoseconds per unit of the duration, unless the file sets another number.
const USUAL_SCALE: u64 = 1_000_000;

struct Element {
    id: u32,
    /// Where its content begins.
    content: u64,
    /// Where it ends; `None` if a live encoder did not know.
    end: Option<u64>,
}

/// Walks the elements of a file of `length` bytes: a header that says `WebM`, then a segment with tracks and at least
/// one cluster, ending exactly at the end of the file.
pub(super) fn walk(file: &mut (impl Read + Seek), length: u64) -> Result<Video, VideoError> {
    let header = element(file, 0, length)?;
    let (HEADER, Some(end)) = (header.id, header.end) else {
        return Err(VideoError::NotVideo("it does not begin like a WebM"));
    };
    if document_type(file, &header, end)? != b"webm" {
        return Err(VideoError::NotVideo(
            "it is a Matroska file of another type",
        ));
    }
    let mut seconds = None;
    let (mut segment, mut tracks, mut cluster) = (false, false, false);
    let mut at = end;
    for _ in 0..ELEMENT_LIMIT {
        if at == length {
            return if tracks && cluster {
                Ok(Video {
                    kind: VideoKind::WebM,
                    seconds,
                    leading_boxes: false,
                })
            } else {
                Err(VideoError::NotVideo("it has no tracks or no frames"))
            };
        }
        let found = element(file, at, length)?;
        at = match found.id {
            // Nested elements are walked like those on the same level: only their positions matter here.
            SEGMENT if !segment => {
                segment = true;
                if found.end.is_some_and(|end| end != length) {
                    return Err(VideoError::NotVideo("there is data after its end"));
                }
                found.content
            }
            CLUSTER => {
                cluster = true;
                found.end.unwrap_or(found.content)
            }
            id => {
                let Some(end) = found.end else {
                    return Err(VideoError::NotVideo("an element in it has no length"));
                };
                tracks |= id == TRACKS;
                if id == INFO {
                    seconds = duration(file, &found, end)?;
                }
                end
            }
        };
    }
    Err(VideoError::NotVideo(
        "it has more elements than a video can have",
    ))
}

fn document_type(
    file: &mut (impl Read + Seek),
    header: &Element,
    end: u64,
) -> Result<Vec<u8>, VideoError> {
    let mut at = header.content;
    while at < end {
        let found = element(file, at, end)?;
        if found.id == DOCUMENT_TYPE {
            let text = content(file, &found)?;
            // Texts may be padded with zeros.
            return Ok(text.split(|byte| *byte == 0).next().unwrap_or(&[]).to_vec());
        }
        at = found.end.unwrap_or(end);
    }
    Ok(Vec::new())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no scale is so large that it loses anything"
)]
fn duration(
    file: &mut (impl Read + Seek),
    info: &Element,
    end: u64,
) -> Result<Option<f64>, VideoError> {
    let (mut scale, mut length) = (USUAL_SCALE, None);
    let mut at = info.content;
    while at < end {
        let found = element(file, at, end)?;
        match found.id {
            SCALE => {
                scale = content(file, &found)?
                    .iter()
                    .fold(0, |number, byte| number << 8 | u64::from(*byte));
            }
            DURATION => {
                let bytes = content(file, &found)?;
                let short = <[u8; 4]>::try_from(bytes.as_slice()).map(f32::from_be_bytes);
                let long = <[u8; 8]>::try_from(bytes.as_slice()).map(f64::from_be_bytes);
                length = long.ok().or(short.ok().map(f64::from));
            }
            _ => {}
        }
        at = found.end.unwrap_or(end);
    }
    let seconds = length.map(|length| length * scale as f64 / 1e9);
    Ok(seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0))
}

/// Reads the content of an element that holds a number or a word.
fn content(file: &mut (impl Read + Seek), element: &Element) -> Result<Vec<u8>, VideoError> {
    let length = element.end.unwrap_or(element.content) - element.content;
    let mut bytes = vec![0; usize::try_from(length.min(8)).unwrap_or_default()];
    file.seek(SeekFrom::Start(element.content))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn element(file: &mut (impl Read + Seek), at: u64, limit: u64) -> Result<Element, VideoError> {
    const BROKEN: VideoError = VideoError::NotVideo("an element in it cannot be read");
    file.seek(SeekFrom::Start(at))?;
    let (id, id_length) = number(file)?;
    let id = u32::try_from(id).map_err(|_| BROKEN)?;
    let (size, size_length) = number(file)?;
    let content = at + u64::from(id_length + size_length);
    // The bit that marks the length of a number is not part of a size; all ones mean that it is unknown.
    let mask = (1 << (7 * size_length)) - 1;
    let end = match size & mask {
        size if size == mask => None,
        size => {
            let end = content.checked_add(size).filter(|end| *end <= limit);
            Some(end.ok_or(VideoError::NotVideo(
                "an element in it is longer than the file",
            ))?)
        }
    };
    Ok(Element { id, content, end })
}

/// Reads a number whose length is given by the leading zeros of its first byte, including the bit that ends them;
/// returns its length too.
fn number(file: &mut impl Read) -> Result<(u64, u32), VideoError> {
    let mut first = [0];
    file.read_exact(&mut first)?;
    let [first] = first;
    let more = first.leading_zeros();
    let mut rest = [0; 7];
    let Some(rest) = rest.get_mut(..more as usize) else {
        return Err(VideoError::NotVideo("an element in it cannot be read"));
    };
    file.read_exact(rest)?;
    let number = rest.iter().fold(u64::from(first), |number, byte| {
        number << 8 | u64::from(*byte)
    });
    Ok((number, more + 1))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{Video, VideoError, VideoKind, walk};

    fn element(id: u32, content: &[u8]) -> Vec<u8> {
        let id: Vec<u8> = id
            .to_be_bytes()
            .into_iter()
            .skip_while(|b| *b == 0)
            .collect();
        let size = u32::try_from(content.len()).unwrap() | 0x1000_0000;
        [&id, &size.to_be_bytes()[..], content].concat()
    }

    /// An element of unknown size.
    fn endless(id: u32, content: &[u8]) -> Vec<u8> {
        [&id.to_be_bytes()[..], &[0xff], content].concat()
    }

    fn header(kind: &str) -> Vec<u8> {
        element(
            super::HEADER,
            &element(super::DOCUMENT_TYPE, kind.as_bytes()),
        )
    }

    fn content(cluster: fn(u32, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let info = [
            element(super::SCALE, &[0x0f, 0x42, 0x40]),
            element(super::DURATION, &5041.0f64.to_be_bytes()),
        ];
        let frame = element(0xa3, &[7; 100]);
        [
            element(super::INFO, &info.concat()),
            element(super::TRACKS, b"tracks"),
            cluster(super::CLUSTER, &frame),
            cluster(super::CLUSTER, &frame),
        ]
        .concat()
    }

    fn walked(file: &[u8]) -> Result<Video, VideoError> {
        walk(&mut Cursor::new(file), file.len() as u64)
    }

    #[test]
    fn whole_files_of_known_and_of_unknown_size() {
        for segment in [
            element(super::SEGMENT, &content(element)),
            endless(super::SEGMENT, &content(endless)),
        ] {
            let video = walked(&[header("webm"), segment].concat()).unwrap();
            assert_eq!(video.kind, VideoKind::WebM);
            assert_eq!(video.seconds, Some(5.041));
        }
    }

    #[test]
    fn every_cut_is_found() {
        let file = [header("webm"), element(super::SEGMENT, &content(element))].concat();
        for cut in 0..file.len() {
            assert!(
                matches!(walked(&file[..cut]), Err(VideoError::NotVideo(_))),
                "{cut}"
            );
        }
        let longer = [file, b"x".to_vec()].concat();
        assert!(walked(&longer).is_err());
    }

    #[test]
    fn what_is_not_webm() {
        for file in [
            [
                header("matroska"),
                element(super::SEGMENT, &content(element)),
            ]
            .concat(),
            [header("webm"), element(super::SEGMENT, b"")].concat(),
            [header("webm"), endless(super::SEGMENT, &[0; 40])].concat(),
            header(""),
        ] {
            assert!(matches!(walked(&file), Err(VideoError::NotVideo(_))));
        }
    }
}
