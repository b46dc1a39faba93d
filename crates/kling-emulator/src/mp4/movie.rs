//! A movie of one or two tracks: first the description of the samples, then the samples.

use super::boxes::{self, Fields, MOVIE_TIMESCALE};
use super::h264::Stream;
use super::{FRAME_RATE, SAMPLE_RATE, Video, aac};

/// Units per second in the time of the pictures.
const VIDEO_TIMESCALE: u32 = 24_000;
const PICTURE_DURATION: u32 = VIDEO_TIMESCALE / FRAME_RATE;

/// The samples of one track, in chunks of a second, which are interleaved in the file.
struct Track {
    id: u32,
    samples: Vec<Vec<u8>>,
    /// The number of samples of each chunk.
    chunks: Vec<u32>,
    /// `edts`, which says which part of the samples is presented.
    edit: Vec<u8>,
    /// The size in pixels; `None` for sound.
    size: Option<(u32, u32)>,
    /// The boxes of `mdia` before `minf`.
    media: Vec<Vec<u8>>,
    /// The boxes of `minf` before `stbl`.
    information: Vec<Vec<u8>>,
    /// The boxes of `stbl` that do not depend on where the samples are.
    description: Vec<Vec<u8>>,
}

/// Returns the bytes of the file; the video must be within bounds.
pub(super) fn write(video: &Video) -> Vec<u8> {
    let mut tracks = vec![pictures(video)];
    if video.sound {
        tracks.push(sound(video));
    }
    let file_type = boxes::file_type();
    // Where the samples begin depends on the length of `moov`, not on the numbers in it.
    let header = 8;
    let length = moov(video, &tracks, 0).len();
    let begin = u32::try_from(file_type.len() + length + header)
        .expect("the tables of a minute have a few thousand bytes");
    let moov = moov(video, &tracks, begin);
    let mut samples = Fields::default();
    for chunk in in_turns(&tracks) {
        samples = chunk
            .samples
            .iter()
            .fold(samples, |all, one| all.bytes(one));
    }
    [file_type, moov, samples.boxed(*b"mdat")].concat()
}

/// A chunk and its position in the file.
struct Chunk<'a> {
    track: u32,
    samples: &'a [Vec<u8>],
}

/// Returns the chunks of all tracks in file order: second by second.
fn in_turns(tracks: &[Track]) -> Vec<Chunk<'_>> {
    let mut rest: Vec<&[Vec<u8>]> = tracks.iter().map(|track| &track.samples[..]).collect();
    let seconds = tracks.iter().map(|track| track.chunks.len()).max();
    let mut chunks = Vec::new();
    for second in 0..seconds.unwrap_or_default() {
        for (track, rest) in tracks.iter().zip(&mut rest) {
            if let Some(count) = track.chunks.get(second) {
                let (samples, later) = rest.split_at(*count as usize);
                *rest = later;
                let track = track.id;
                chunks.push(Chunk { track, samples });
            }
        }
    }
    chunks
}

fn size_of(samples: &[Vec<u8>]) -> impl Iterator<Item = u32> {
    let size = |sample: &Vec<u8>| u32::try_from(sample.len());
    samples
        .iter()
        .map(move |sample| size(sample).expect("a picture has at most some 75 KiB"))
}

fn milliseconds(video: &Video) -> u32 {
    video.seconds * MOVIE_TIMESCALE
}

/// Writes `moov`, for samples that begin at this position of the file.
fn moov(video: &Video, tracks: &[Track], begin: u32) -> Vec<u8> {
    let count = u32::from(video.sound) + 1;
    let mut children = vec![boxes::movie_header(milliseconds(video), count)];
    for track in tracks {
        let mut offsets = Vec::new();
        let mut place = begin;
        for chunk in in_turns(tracks) {
            if chunk.track == track.id {
                offsets.push(place);
            }
            place += size_of(chunk.samples).sum::<u32>();
        }
        children.push(trak(video, track, &offsets));
    }
    boxes::of_boxes(*b"moov", &children)
}

fn trak(video: &Video, track: &Track, offsets: &[u32]) -> Vec<u8> {
    let sizes: Vec<u32> = size_of(&track.samples).collect();
    let mut table = track.description.clone();
    table.push(boxes::sample_sizes(&sizes));
    table.push(boxes::samples_of_chunks(&track.chunks));
    table.push(boxes::chunk_offsets(offsets));
    let mut information = track.information.clone();
    information.push(boxes::data_information());
    information.push(boxes::of_boxes(*b"stbl", &table));
    let mut media = track.media.clone();
    media.push(boxes::of_boxes(*b"minf", &information));
    boxes::of_boxes(
        *b"trak",
        &[
            boxes::track_header(track.id, milliseconds(video), track.size),
            track.edit.clone(),
            boxes::of_boxes(*b"mdia", &media),
        ],
    )
}

fn pictures(video: &Video) -> Track {
    let stream = Stream::new(video);
    let count = video.seconds * FRAME_RATE;
    let samples = (0..count).map(|number| behind_length(&stream.picture(number)));
    let side = |pixels| u16::try_from(pixels).expect("a side has at most 4320 pixels");
    let entry = boxes::avc_entry(
        (side(video.width), side(video.height)),
        stream.profile(),
        &stream.sequence_parameters(),
        &Stream::picture_parameters(),
    );
    Track {
        id: 1,
        samples: samples.collect(),
        chunks: vec![FRAME_RATE; video.seconds as usize],
        edit: boxes::edit(milliseconds(video), 0),
        size: Some((video.width, video.height)),
        media: vec![
            boxes::media_header(VIDEO_TIMESCALE, count * PICTURE_DURATION),
            boxes::handler(*b"vide", "Pictures"),
        ],
        information: vec![boxes::video_header()],
        description: vec![
            boxes::sample_description(&entry),
            boxes::sample_times(count, PICTURE_DURATION),
            boxes::first_is_sync(),
        ],
    }
}

/// Returns a unit in MP4 form, preceded by its length.
fn behind_length(unit: &[u8]) -> Vec<u8> {
    let length = u32::try_from(unit.len()).expect("a picture has at most some 75 KiB");
    Fields::default().long(length).bytes(unit).finish()
}

fn sound(video: &Video) -> Track {
    // A decoder needs the previous frame to decode one completely, so the first frame is not presented.
    let heard = video.seconds * SAMPLE_RATE;
    let count = (heard + aac::FRAME_SAMPLES).div_ceil(aac::FRAME_SAMPLES);
    let frame = aac::silence();
    let bits = u32::try_from(frame.len()).expect("a frame of silence has a few bytes") * 8;
    let rate = u16::try_from(SAMPLE_RATE).expect("48000 is below 65536");
    let bit_rate = bits * SAMPLE_RATE / aac::FRAME_SAMPLES;
    let entry = boxes::mp4a_entry(aac::CHANNELS, rate, bit_rate, &aac::configuration());
    Track {
        id: 2,
        samples: vec![frame; count as usize],
        chunks: frames_of_seconds(video.seconds, count),
        edit: boxes::edit(milliseconds(video), aac::FRAME_SAMPLES),
        size: None,
        media: vec![
            boxes::media_header(SAMPLE_RATE, count * aac::FRAME_SAMPLES),
            boxes::handler(*b"soun", "Sound"),
        ],
        information: vec![boxes::sound_header()],
        description: vec![
            boxes::sample_description(&entry),
            boxes::sample_times(count, aac::FRAME_SAMPLES),
        ],
    }
}

/// Returns how many frames of sound begin in each second; the last second takes the rest.
fn frames_of_seconds(seconds: u32, count: u32) -> Vec<u32> {
    let before = |second: u32| (second * SAMPLE_RATE).div_ceil(aac::FRAME_SAMPLES);
    (0..seconds)
        .map(|second| {
            let end = if second + 1 == seconds {
                count
            } else {
                before(second + 1)
            };
            end - before(second)
        })
        .collect()
}
