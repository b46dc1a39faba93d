//! Real, playable MP4 files of a requested length and size, made without a video encoder.
//!
//! The picture is a single colour that depends on the request, and the sound is silence: to test a client, a file must
//! be accepted by players, probes and parsers, not look nice. H.264 constrained baseline at 24 frames a second, AAC-LC
//! in stereo at 48 kHz, the `moov` box first, so that it plays while it is still being downloaded.

mod aac;
mod bits;
mod boxes;
mod h264;
mod movie;

use std::fmt;
use std::ops::RangeInclusive;

/// The length of a video, in seconds.
pub const SECONDS: RangeInclusive<u32> = 1..=60;
/// The length of a side of the picture, in pixels; only even ones, since the colours have half the resolution. The
/// maximum is four times the short side of a 1080p picture.
pub const SIDE: RangeInclusive<u32> = 2..=4320;
/// Pictures a second.
pub const FRAME_RATE: u32 = 24;
/// Sound samples a second, for each of the two channels.
pub const SAMPLE_RATE: u32 = 48_000;

/// The parameters of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Video {
    /// The length in seconds, within [`SECONDS`].
    pub seconds: u32,
    /// The width in pixels: even, within [`SIDE`].
    pub width: u32,
    /// The height in pixels: even, within [`SIDE`].
    pub height: u32,
    /// Whether there is a sound track, which is silent.
    pub sound: bool,
}

/// Why a video cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidVideo {
    /// The length, in seconds, is outside [`SECONDS`].
    Seconds(u32),
    /// A side, in pixels, is odd or outside [`SIDE`].
    Side(u32),
}

impl fmt::Display for InvalidVideo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(
                f,
                "a video must be {} to {} s long, not {seconds} s",
                SECONDS.start(),
                SECONDS.end()
            ),
            Self::Side(side) => write!(
                f,
                "the sides of a video must be an even number of pixels from {} to {}, not {side}",
                SIDE.start(),
                SIDE.end()
            ),
        }
    }
}

impl std::error::Error for InvalidVideo {}

/// Returns the bytes of an MP4 file with this video.
///
/// The same video always yields the same bytes. Its length is exact: that of the pictures by their number, that of the
/// sound by an edit list, since sound comes in frames of 1024 samples, the first of which no decoder can decode
/// completely. 15 s at 1920 × 1080 take under 64 KiB; nothing within the bounds takes more than 160 KiB.
///
/// ```
/// use kling_emulator::mp4::{self, InvalidVideo, Video};
///
/// let video = Video { seconds: 5, width: 1280, height: 720, sound: true };
/// let bytes = mp4::write(&video)?;
/// assert_eq!(&bytes[4..8], b"ftyp");
///
/// let odd = Video { width: 1281, ..video };
/// assert_eq!(mp4::write(&odd), Err(InvalidVideo::Side(1281)));
/// # Ok::<(), InvalidVideo>(())
/// ```
///
/// # Errors
/// The length or a side is out of bounds, or a side is odd.
pub fn write(video: &Video) -> Result<Vec<u8>, InvalidVideo> {
    if !SECONDS.contains(&video.seconds) {
        return Err(InvalidVideo::Seconds(video.seconds));
    }
    for side in [video.width, video.height] {
        if !SIDE.contains(&side) || side % 2 != 0 {
            return Err(InvalidVideo::Side(side));
        }
    }
    Ok(movie::write(video))
}
