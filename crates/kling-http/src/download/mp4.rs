//! Whether a file is a complete MP4 or `QuickTime` movie, by its boxes (ISO/IEC 14496-12), and how long it plays.

use std::io::{Read, Seek, SeekFrom};

use super::options::VideoKind;
use super::video::{Video, VideoError};

/// The maximum number of boxes that are walked. A fragmented file of an hour has several thousand.
const BOX_LIMIT: usize = 1_000_000;

/// The `QuickTime` brand in `ftyp`.
const QUICKTIME: &[u8; 4] = b"qt  ";

struct Header {
    kind: [u8; 4],
    /// Where the content begins; `end` is where the box ends.
    content: u64,
    end: u64,
}

/// Walks the boxes of a file of `length` bytes. They must end exactly at the end of the file, and include a movie
/// header and media data. An MP4 begins with `ftyp`, or at least contains it; old `QuickTime` files do not have one.
pub(super) fn walk(file: &mut (impl Read + Seek), length: u64) -> Result<Video, VideoError> {
    let mut at = 0;
    let (mut seconds, mut kind) = (None, None);
    let (mut movie, mut media, mut leading) = (false, false, false);
    for index in 0..BOX_LIMIT {
        if at == length {
            return match (movie, media) {
                (true, true) => Ok(Video {
                    kind: kind.unwrap_or(VideoKind::Mov),
                    seconds,
                    leading_boxes: leading && kind == Some(VideoKind::Mp4),
                }),
                (false, _) => Err(VideoError::NotVideo("it has no movie header")),
                (true, false) => Err(VideoError::NotVideo("it has no media data")),
            };
        }
        let header = read_header(file, at, length)?;
        if index == 0 && !header.kind.iter().all(u8::is_ascii_graphic) {
            return Err(VideoError::NotVideo(
                "it does not begin like a known kind of video",
            ));
        }
        match &header.kind {
            b"ftyp" if kind.is_none() => {
                leading = index > 0;
                kind = Some(brand(file, &header)?);
            }
            b"moov" if !movie => {
                movie = true;
                seconds = movie_seconds(file, &header)?;
            }
            b"mdat" => media = true,
            _ => {}
        }
        at = header.end;
    }
    Err(VideoError::NotVideo(
        "it has more boxes than a video can have",
    ))
}

/// The kind of video that the `ftyp` box declares.
fn brand(file: &mut (impl Read + Seek), header: &Header) -> Result<VideoKind, VideoError> {
    if header.end - header.content < 4 {
        return Ok(VideoKind::Mp4);
    }
    file.seek(SeekFrom::Start(header.content))?;
    let brand: [u8; 4] = read(file)?;
    Ok(if &brand == QUICKTIME {
        VideoKind::Mov
    } else {
        VideoKind::Mp4
    })
}

fn read_header(file: &mut (impl Read + Seek), at: u64, limit: u64) -> Result<Header, VideoError> {
    file.seek(SeekFrom::Start(at))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    let [s0, s1, s2, s3, k0, k1, k2, k3] = head;
    let (size, header) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        // The last box, which extends to the end.
        0 => (limit - at, 8),
        1 => {
            let mut large = [0; 8];
            file.read_exact(&mut large)?;
            (u64::from_be_bytes(large), 16)
        }
        size => (u64::from(size), 8),
    };
    let end = at
        .checked_add(size)
        .filter(|end| size >= header && *end <= limit);
    let Some(end) = end else {
        return Err(VideoError::NotVideo("a box in it is longer than the file"));
    };
    Ok(Header {
        kind: [k0, k1, k2, k3],
        content: at + header,
        end,
    })
}

/// The length of the movie, from the `mvhd` box in `moov`.
fn movie_seconds(file: &mut (impl Read + Seek), movie: &Header) -> Result<Option<f64>, VideoError> {
    let mut at = movie.content;
    for _ in 0..BOX_LIMIT {
        if at == movie.end {
            return Err(VideoError::NotVideo("its movie header is empty"));
        }
        let header = read_header(file, at, movie.end)?;
        if &header.kind == b"mvhd" {
            file.seek(SeekFrom::Start(header.content))?;
            return read_movie_header(file);
        }
        at = header.end;
    }
    Err(VideoError::NotVideo(
        "it has more boxes than a video can have",
    ))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no video is so long that its seconds lose anything"
)]
fn read_movie_header(file: &mut impl Read) -> Result<Option<f64>, VideoError> {
    let version = u32::from_be_bytes(read(file)?) >> 24;
    let (scale, duration) = if version == 1 {
        let _created_and_modified: [u8; 16] = read(file)?;
        let scale = u32::from_be_bytes(read(file)?);
        let duration = u64::from_be_bytes(read(file)?);
        (scale, (duration != u64::MAX).then_some(duration))
    } else {
        let _created_and_modified: [u8; 8] = read(file)?;
        let scale = u32::from_be_bytes(read(file)?);
        let duration = u32::from_be_bytes(read(file)?);
        (scale, (duration != u32::MAX).then_some(u64::from(duration)))
    };
    // All ones mean "unknown", and a fragmented file may say 0.
    let known = duration.filter(|duration| *duration > 0 && scale > 0);
    Ok(known.map(|duration| duration as f64 / f64::from(scale)))
}

fn read<const N: usize>(file: &mut impl Read) -> Result<[u8; N], VideoError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{VideoError, VideoKind, walk};

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), kind.as_slice(), content].concat()
    }

    /// A movie header of version 0 with this scale and duration.
    fn header(scale: u32, duration: u32) -> Vec<u8> {
        let content = [
            [0; 12].as_slice(),
            &scale.to_be_bytes(),
            &duration.to_be_bytes(),
            &[0; 80],
        ]
        .concat();
        boxed(
            *b"moov",
            &[boxed(*b"free", b""), boxed(*b"mvhd", &content)].concat(),
        )
    }

    fn video() -> Vec<u8> {
        [
            boxed(*b"ftyp", b"isom\0\0\0\0"),
            header(1000, 5250),
            boxed(*b"mdat", &[7; 100]),
        ]
        .concat()
    }

    fn seconds(file: &[u8]) -> Result<Option<f64>, VideoError> {
        walk(&mut Cursor::new(file), file.len() as u64).map(|video| video.seconds)
    }

    #[test]
    fn a_whole_file() {
        assert_eq!(seconds(&video()).unwrap(), Some(5.25));
    }

    #[test]
    fn every_cut_is_found() {
        let video = video();
        for cut in 0..video.len() {
            assert!(
                matches!(seconds(&video[..cut]), Err(VideoError::NotVideo(_))),
                "{cut}"
            );
        }
    }

    #[test]
    fn large_and_last_sizes() {
        let start = [boxed(*b"ftyp", b"isom"), header(600, 6000)].concat();
        let large = [
            1u32.to_be_bytes().as_slice(),
            b"mdat",
            &24u64.to_be_bytes(),
            &[0; 8],
        ]
        .concat();
        assert_eq!(
            seconds(&[start.clone(), large].concat()).unwrap(),
            Some(10.0)
        );
        let last = [0u32.to_be_bytes().as_slice(), b"mdat", &[0; 8]].concat();
        assert_eq!(
            seconds(&[start.clone(), last].concat()).unwrap(),
            Some(10.0)
        );
        let too_long = [
            1u32.to_be_bytes().as_slice(),
            b"mdat",
            &u64::MAX.to_be_bytes(),
        ]
        .concat();
        assert!(seconds(&[start, too_long].concat()).is_err());
    }

    #[test]
    fn an_unknown_length_is_none() {
        for (scale, duration) in [(0, 5), (1000, 0), (1000, u32::MAX)] {
            let file = [
                boxed(*b"ftyp", b""),
                header(scale, duration),
                boxed(*b"mdat", b""),
            ]
            .concat();
            assert_eq!(seconds(&file).unwrap(), None);
        }
    }

    #[test]
    fn quicktime_and_what_lies_before_the_first_box() {
        let of = |file: Vec<u8>| {
            let video = walk(&mut Cursor::new(&file), file.len() as u64).unwrap();
            assert_eq!(video.seconds, Some(5.25));
            (video.kind, video.leading_boxes)
        };
        let quicktime = boxed(*b"ftyp", b"qt  \0\0\0\0");
        let rest = [header(1000, 5250), boxed(*b"mdat", &[7; 100])].concat();
        let wide = boxed(*b"wide", b"");
        assert_eq!(of(video()), (VideoKind::Mp4, false));
        assert_eq!(of([wide.clone(), video()].concat()), (VideoKind::Mp4, true));
        assert_eq!(
            of([quicktime, rest.clone()].concat()),
            (VideoKind::Mov, false)
        );
        assert_eq!(of([wide, rest].concat()), (VideoKind::Mov, false));
    }

    #[test]
    fn what_is_not_a_video() {
        for file in [
            Vec::new(),
            b"<html><body>expired</body></html>".to_vec(),
            [boxed(*b"ftyp", b""), boxed(*b"mdat", b"")].concat(),
            [boxed(*b"ftyp", b""), header(1, 1)].concat(),
            [
                boxed(*b"ftyp", b""),
                boxed(*b"moov", b""),
                boxed(*b"mdat", b""),
            ]
            .concat(),
            [video(), vec![0; 3]].concat(),
        ] {
            assert!(
                matches!(seconds(&file), Err(VideoError::NotVideo(_))),
                "{file:?}"
            );
        }
    }
}
