//! A reader of MP4 boxes, H.264 parameter sets and slice headers, for tests only: it panics at anything unexpected,
//! and shares no code with the writer.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::ops::Range;

/// A box: its kind, its content, and where the content begins in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Box<'a> {
    pub(crate) kind: &'a [u8],
    pub(crate) content: &'a [u8],
    pub(crate) begin: usize,
}

/// Consecutive boxes that end exactly where they should.
#[derive(Debug, Clone)]
pub(crate) struct Boxes<'a>(Vec<Box<'a>>);

impl<'a> Boxes<'a> {
    pub(crate) fn read(file: &'a [u8]) -> Result<Self, String> {
        Self::read_at(file, 0)
    }

    fn read_at(mut rest: &'a [u8], mut begin: usize) -> Result<Self, String> {
        let mut boxes = Vec::new();
        while !rest.is_empty() {
            let header = rest.get(..8).ok_or(format!("half a header at {begin}"))?;
            let length = long(header, 0) as usize;
            if length < 8 || length > rest.len() {
                return Err(format!("a box of {length} bytes at {begin}"));
            }
            let (whole, after) = rest.split_at(length);
            boxes.push(Box {
                kind: &whole[4..8],
                content: &whole[8..],
                begin: begin + 8,
            });
            rest = after;
            begin += length;
        }
        Ok(Self(boxes))
    }

    pub(crate) fn kinds(&self) -> Vec<&str> {
        let kind = |found: &Box<'a>| std::str::from_utf8(found.kind).unwrap();
        self.0.iter().map(kind).collect()
    }

    pub(crate) fn all(&self, kind: &str) -> impl Iterator<Item = Box<'a>> {
        let found = |one: &&Box<'a>| one.kind == kind.as_bytes();
        self.0.iter().filter(found).copied()
    }

    #[track_caller]
    pub(crate) fn only(&self, kind: &str) -> Box<'a> {
        let mut all = self.all(kind);
        let first = all.next().unwrap_or_else(|| panic!("no `{kind}`"));
        assert!(all.next().is_none(), "more than one `{kind}`");
        first
    }
}

impl<'a> Box<'a> {
    pub(crate) fn boxes(&self) -> Result<Boxes<'a>, String> {
        Boxes::read_at(self.content, self.begin)
    }

    pub(crate) fn long(&self, at: usize) -> u32 {
        long(self.content, at)
    }

    fn longs(&self, range: Range<usize>) -> Vec<u32> {
        range.map(|place| self.long(place * 4)).collect()
    }
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn short(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap()))
}

/// A track, and where its samples are in the file.
#[derive(Debug, Clone)]
pub(crate) struct Track<'a> {
    pub(crate) handler: [u8; 4],
    pub(crate) size: (u32, u32),
    pub(crate) timescale: u32,
    pub(crate) duration: u32,
    pub(crate) sample_duration: u32,
    /// How long it is presented, in the movie's time, and from where, in the track's time.
    pub(crate) edit: (u32, u32),
    pub(crate) sync: Option<Vec<u32>>,
    pub(crate) samples: Vec<Range<usize>>,
    entry: Box<'a>,
}

impl<'a> Track<'a> {
    pub(crate) fn read(trak: Box<'a>) -> Self {
        let trak = trak.boxes().unwrap();
        let header = trak.only("tkhd");
        let list = trak.only("edts").boxes().unwrap().only("elst");
        assert_eq!(list.long(4), 1, "one edit");
        let media = trak.only("mdia").boxes().unwrap();
        let times = media.only("mdhd");
        let table = media.only("minf").boxes().unwrap();
        let table = table.only("stbl").boxes().unwrap();
        let durations = table.only("stts");
        assert_eq!(durations.long(4), 1, "one duration");
        let samples = samples(&table);
        assert_eq!(durations.long(8) as usize, samples.len());
        let description = table.only("stsd");
        assert_eq!(description.long(4), 1, "one entry");
        let entries = Boxes::read_at(&description.content[8..], description.begin + 8);
        Self {
            handler: media.only("hdlr").content[8..12].try_into().unwrap(),
            size: (header.long(76) >> 16, header.long(80) >> 16),
            timescale: times.long(12),
            duration: times.long(16),
            sample_duration: durations.long(12),
            edit: (list.long(8), list.long(12)),
            sync: table.all("stss").next().map(|sync| {
                let count = sync.long(4) as usize;
                sync.longs(2..2 + count)
            }),
            samples,
            entry: entries.unwrap().0[0],
        }
    }

    /// Returns the size in the sample entry.
    pub(crate) fn entry_size(&self) -> (u32, u32) {
        (short(self.entry.content, 24), short(self.entry.content, 26))
    }

    /// Returns the sequence and the picture parameter set of `avcC`.
    pub(crate) fn parameter_sets(&self) -> (Vec<u8>, Vec<u8>) {
        let boxes = Boxes::read_at(&self.entry.content[78..], 0).unwrap();
        let avcc = boxes.only("avcC").content;
        assert_eq!(avcc[5], 0xe1, "one sequence parameter set");
        let length = short(avcc, 6) as usize;
        let (sequence, rest) = avcc[8..].split_at(length);
        assert_eq!(&avcc[1..4], &sequence[1..4], "profile and level");
        assert_eq!(rest[0], 1, "one picture parameter set");
        let picture = &rest[3..];
        assert_eq!(short(rest, 1) as usize, picture.len());
        (sequence.to_vec(), picture.to_vec())
    }
}

/// Locates the samples: chunks of `stco`, as long as `stsc` says, of the sizes in `stsz`.
fn samples(table: &Boxes<'_>) -> Vec<Range<usize>> {
    let sizes = table.only("stsz");
    let count = sizes.long(8) as usize;
    let sizes = match sizes.long(4) {
        0 => sizes.longs(3..3 + count),
        same => vec![same; count],
    };
    let offsets = table.only("stco");
    let offsets = offsets.longs(2..2 + offsets.long(4) as usize);
    let runs = table.only("stsc");
    let runs = runs.longs(2..2 + runs.long(4) as usize * 3);
    let mut sizes = sizes.into_iter();
    let mut samples = Vec::new();
    for (number, offset) in (1..).zip(offsets) {
        let run = runs.chunks(3).rfind(|run| run[0] <= number).unwrap();
        let mut place = offset as usize;
        for _ in 0..run[1] {
            let end = place + sizes.next().unwrap() as usize;
            samples.push(place..end);
            place = end;
        }
    }
    assert_eq!(sizes.next(), None, "samples that are in no chunk");
    samples
}

/// The bits of a unit, after its header byte and without the bytes against start codes.
struct Bits(std::vec::IntoIter<bool>);

impl Bits {
    fn new(unit: &[u8]) -> Self {
        let mut content: Vec<u8> = Vec::new();
        for (at, byte) in unit.iter().enumerate().skip(1) {
            if !(*byte == 3 && at >= 3 && unit[at - 2..at] == [0, 0]) {
                content.push(*byte);
            }
        }
        let bits = content
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1));
        Self(bits.collect::<Vec<_>>().into_iter())
    }

    fn number(&mut self, count: usize) -> u32 {
        let bits = self.0.by_ref().take(count);
        bits.fold(0, |number, bit| number << 1 | u32::from(bit))
    }

    fn unsigned(&mut self) -> u32 {
        let zeros = self.0.by_ref().take_while(|bit| !bit).count();
        (1 << zeros) - 1 + self.number(zeros)
    }

    /// Fails unless only the end mark is left.
    fn end(mut self) {
        assert_eq!(self.number(1), 1, "the end mark");
        assert!(self.0.len() < 8);
        assert!(self.0.all(|bit| !bit));
    }
}

/// What a sequence parameter set says about the size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    crop: [u32; 4],
}

impl Parameters {
    pub(crate) fn read(unit: &[u8]) -> Self {
        assert_eq!(unit[0], 0x67);
        assert_eq!(unit[1..3], [66, 0xc0], "constrained baseline");
        let mut bits = Bits::new(unit);
        bits.number(24);
        assert_eq!(bits.unsigned(), 0, "its number");
        assert_eq!(bits.unsigned(), 0, "frame numbers of 4 bits");
        assert_eq!(bits.unsigned(), 2, "the order of pictures");
        assert_eq!(bits.unsigned(), 1, "one reference");
        assert_eq!(bits.number(1), 0, "no gaps");
        let columns = bits.unsigned() + 1;
        let rows = bits.unsigned() + 1;
        assert_eq!(bits.number(2), 0b11, "frames");
        let mut crop = [0; 4];
        if bits.number(1) == 1 {
            crop = crop.map(|_| bits.unsigned());
        }
        Self {
            columns,
            rows,
            crop,
        }
    }

    /// Returns the displayed size.
    pub(crate) fn seen(&self) -> (u32, u32) {
        let [left, right, top, bottom] = self.crop;
        let hidden = |crop: u32| {
            assert!(crop * 2 < 16, "less than a macroblock is hidden");
            crop * 2
        };
        (
            self.columns * 16 - hidden(left + right),
            self.rows * 16 - hidden(top + bottom),
        )
    }
}

/// Returns the number of a picture that skips all of its macroblocks, and how many there are.
pub(crate) fn skipped(unit: &[u8]) -> (u32, u32) {
    let mut bits = Bits::new(unit);
    assert_eq!(bits.unsigned(), 0, "the first macroblock");
    assert_eq!(bits.unsigned(), 5, "a picture of skipped macroblocks");
    assert_eq!(bits.unsigned(), 0, "the picture parameter set");
    let number = bits.number(4);
    assert_eq!(bits.number(3), 0);
    assert_eq!(bits.unsigned(), 0, "slice_qp_delta");
    assert_eq!(bits.unsigned(), 1, "no deblocking");
    let macroblocks = bits.unsigned();
    bits.end();
    (number, macroblocks)
}
