//! The boxes of an MP4 file (ISO/IEC 14496-12, -14 and -15) that one or two tracks need.

/// The kind of a box: four letters.
pub(super) type Kind = [u8; 4];

/// Times are in milliseconds unless they are those of one track.
pub(super) const MOVIE_TIMESCALE: u32 = 1000;

/// The fields of a box in order, numbers in big-endian.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<u8>);

impl Fields {
    pub(super) fn byte(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(super) fn short(mut self, value: u16) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(super) fn long(mut self, value: u32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(super) fn longs(self, values: impl IntoIterator<Item = u32>) -> Self {
        values.into_iter().fold(self, Self::long)
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    pub(super) fn zeros(mut self, count: usize) -> Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }

    /// Writes the number of entries of a table, which precedes them.
    fn count<T>(self, entries: &[T]) -> Self {
        self.long(length(entries))
    }

    /// Returns these fields without a box.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Returns these fields as a box.
    pub(super) fn boxed(self, kind: Kind) -> Vec<u8> {
        let length = length(&self.0) + 8;
        Self::default().long(length).bytes(&kind).bytes(&self.0).0
    }
}

fn length<T>(entries: &[T]) -> u32 {
    u32::try_from(entries.len()).expect("the bounds of a video keep its file far below 4 GiB")
}

/// Returns a box of boxes.
pub(super) fn of_boxes(kind: Kind, children: &[Vec<u8>]) -> Vec<u8> {
    Fields::default().bytes(&children.concat()).boxed(kind)
}

/// Starts the fields of a box with a version, here 0, and flags.
fn full(flags: u32) -> Fields {
    Fields::default().long(flags)
}

/// The matrix that leaves a picture in place: 16.16 fixed point, the last column 2.30.
const IDENTITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// `und`, undetermined, as three letters of five bits.
const LANGUAGE: u16 = 0x55c4;

/// `ftyp`: what a reader needs to know to read the file.
pub(super) fn file_type() -> Vec<u8> {
    Fields::default()
        .bytes(b"isom")
        .long(0x200)
        .bytes(b"isomiso2avc1mp41")
        .boxed(*b"ftyp")
}

/// `mvhd`; the duration is in milliseconds.
pub(super) fn movie_header(duration: u32, tracks: u32) -> Vec<u8> {
    full(0)
        .longs([0, 0, MOVIE_TIMESCALE, duration]) // never created, never changed: no clock
        .long(0x1_0000) // rate 1
        .short(0x100) // volume 1
        .zeros(10)
        .longs(IDENTITY)
        .zeros(24)
        .long(tracks + 1) // next_track_ID
        .boxed(*b"mvhd")
}

/// `tkhd`; the duration is in milliseconds, the size, if any, in pixels.
pub(super) fn track_header(id: u32, duration: u32, size: Option<(u32, u32)>) -> Vec<u8> {
    let (width, height) = size.unwrap_or_default();
    let is_sound = size.is_none();
    full(3) // enabled, part of the movie
        .longs([0, 0, id, 0, duration])
        .zeros(8)
        .short(0) // layer
        .short(u16::from(is_sound)) // alternate_group
        .short(if is_sound { 0x100 } else { 0 })
        .zeros(2)
        .longs(IDENTITY)
        .longs([width << 16, height << 16])
        .boxed(*b"tkhd")
}

/// `edts`: the track is presented for `duration` milliseconds from `begin`, which is in the track's own time.
pub(super) fn edit(duration: u32, begin: u32) -> Vec<u8> {
    let list = full(0)
        .longs([1, duration, begin, 0x1_0000])
        .boxed(*b"elst");
    of_boxes(*b"edts", &[list])
}

/// `mdhd`; the duration is in the track's time.
pub(super) fn media_header(timescale: u32, duration: u32) -> Vec<u8> {
    full(0)
        .longs([0, 0, timescale, duration])
        .short(LANGUAGE)
        .zeros(2)
        .boxed(*b"mdhd")
}

/// `hdlr`: pictures (`vide`) or sound (`soun`).
pub(super) fn handler(kind: Kind, name: &str) -> Vec<u8> {
    full(0)
        .zeros(4)
        .bytes(&kind)
        .zeros(12)
        .bytes(name.as_bytes())
        .zeros(1)
        .boxed(*b"hdlr")
}

/// `vmhd`.
pub(super) fn video_header() -> Vec<u8> {
    full(1).zeros(8).boxed(*b"vmhd")
}

/// `smhd`.
pub(super) fn sound_header() -> Vec<u8> {
    full(0).zeros(4).boxed(*b"smhd")
}

/// `dinf`: the samples are in this file.
pub(super) fn data_information() -> Vec<u8> {
    let this_file = full(1).boxed(*b"url ");
    let references = full(0).long(1).bytes(&this_file).boxed(*b"dref");
    of_boxes(*b"dinf", &[references])
}

/// `stsd` with one entry.
pub(super) fn sample_description(entry: &[u8]) -> Vec<u8> {
    full(0).long(1).bytes(entry).boxed(*b"stsd")
}

/// `avc1` with `avcC`: H.264 pictures, each unit preceded by its length in four bytes.
pub(super) fn avc_entry(
    (width, height): (u16, u16),
    profile: [u8; 3],
    sequence: &[u8],
    picture: &[u8],
) -> Vec<u8> {
    let short =
        |bytes: &[u8]| u16::try_from(bytes.len()).expect("a parameter set has a few dozen bytes");
    let configuration = Fields::default()
        .byte(1)
        .bytes(&profile)
        .byte(0xfc | 3) // lengths of 4 bytes
        .byte(0xe0 | 1) // one sequence parameter set
        .short(short(sequence))
        .bytes(sequence)
        .byte(1) // one picture parameter set
        .short(short(picture))
        .bytes(picture)
        .boxed(*b"avcC");
    sample_entry()
        .zeros(16)
        .short(width)
        .short(height)
        .longs([72 << 16, 72 << 16]) // dots an inch, which nobody reads
        .zeros(4)
        .short(1) // frame_count
        .zeros(32) // compressorname
        .short(24) // depth
        .short(0xffff) // pre_defined
        .bytes(&configuration)
        .boxed(*b"avc1")
}

/// `mp4a` with `esds`: MPEG-4 sound, at `rate` samples a second and `bit_rate` bits a second.
pub(super) fn mp4a_entry(channels: u16, rate: u16, bit_rate: u32, configuration: &[u8]) -> Vec<u8> {
    let specific = descriptor(5, configuration);
    let decoder = Fields::default()
        .byte(0x40) // MPEG-4 audio
        .byte(5 << 2 | 1) // a stream of sound
        .zeros(3) // bufferSizeDB
        .longs([bit_rate, bit_rate])
        .bytes(&specific);
    let stream = Fields::default()
        .short(0) // ES_ID, which is 0 in a file
        .byte(0)
        .bytes(&descriptor(4, &decoder.0))
        .bytes(&descriptor(6, &[2]));
    let descriptors = full(0).bytes(&descriptor(3, &stream.0)).boxed(*b"esds");
    sample_entry()
        .zeros(8)
        .short(channels)
        .short(16) // bits a sample
        .zeros(4)
        .long(u32::from(rate) << 16)
        .bytes(&descriptors)
        .boxed(*b"mp4a")
}

/// The beginning of every sample entry: it uses the first data reference.
fn sample_entry() -> Fields {
    Fields::default().zeros(6).short(1)
}

/// A descriptor of ISO/IEC 14496-1, 8.3.3, with its length in one byte.
fn descriptor(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len())
        .ok()
        .filter(|length| *length < 128);
    let length = length.expect("the descriptors of one stream have a few dozen bytes");
    Fields::default().byte(tag).byte(length).bytes(content).0
}

/// `stts`: all samples have the same duration.
pub(super) fn sample_times(samples: u32, duration: u32) -> Vec<u8> {
    full(0).longs([1, samples, duration]).boxed(*b"stts")
}

/// `stss`: only the first sample is a sync sample.
pub(super) fn first_is_sync() -> Vec<u8> {
    full(0).longs([1, 1]).boxed(*b"stss")
}

/// `stsz`.
pub(super) fn sample_sizes(sizes: &[u32]) -> Vec<u8> {
    let same = sizes
        .first()
        .filter(|first| sizes.iter().all(|size| size == *first));
    let fields = full(0).long(same.copied().unwrap_or_default()).count(sizes);
    let table = if same.is_some() { &[] } else { sizes };
    fields.longs(table.iter().copied()).boxed(*b"stsz")
}

/// `stsc`: the number of samples of each chunk, written where it changes.
pub(super) fn samples_of_chunks(chunks: &[u32]) -> Vec<u8> {
    let mut runs = Vec::new();
    let mut last = None;
    for (number, samples) in (1..).zip(chunks) {
        if last != Some(samples) {
            runs.push([number, *samples, 1]);
            last = Some(samples);
        }
    }
    let fields = full(0).count(&runs);
    fields.longs(runs.into_iter().flatten()).boxed(*b"stsc")
}

/// `stco`: where each chunk begins in the file.
pub(super) fn chunk_offsets(offsets: &[u32]) -> Vec<u8> {
    full(0)
        .count(offsets)
        .longs(offsets.iter().copied())
        .boxed(*b"stco")
}
