//! Files in the format of a video.

/// An MP4 of 5.25 seconds with this many bytes of media.
pub(crate) fn video(media: usize) -> Vec<u8> {
    [boxed(*b"ftyp", b"isom\0\0\0\0isom"), movie(media)].concat()
}

/// A `QuickTime` movie of the same length.
pub(crate) fn quicktime(media: usize) -> Vec<u8> {
    [boxed(*b"ftyp", b"qt  \0\0\0\0qt  "), movie(media)].concat()
}

/// A `WebM` of the same length, whose encoder did not know the size in advance.
pub(crate) fn webm(media: u8) -> Vec<u8> {
    [
        &b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"[..],
        b"\x18\x53\x80\x67\xff",
        b"\x15\x49\xa9\x66\x8b\x44\x89\x88",
        &5250.0f64.to_be_bytes(),
        b"\x16\x54\xae\x6b\x80",
        b"\x1f\x43\xb6\x75\xff\xa3\x40",
        &[media],
        &vec![7; usize::from(media)],
    ]
    .concat()
}

/// All boxes except the first.
fn movie(media: usize) -> Vec<u8> {
    let header = [
        [0; 12].as_slice(),
        &1000u32.to_be_bytes(),
        &5250u32.to_be_bytes(),
        &[0; 80],
    ]
    .concat();
    let content: Vec<u8> = (0..media)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    [
        boxed(*b"moov", &boxed(*b"mvhd", &header)),
        boxed(*b"mdat", &content),
    ]
    .concat()
}

pub(crate) fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), content].concat()
}
