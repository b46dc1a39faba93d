//! A file that has the form of an MP4 video.

/// A video of 5.25 seconds with this many bytes of media.
pub(crate) fn video(media: usize) -> Vec<u8> {
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
        boxed(*b"ftyp", b"isom\0\0\0\0isom"),
        boxed(*b"moov", &boxed(*b"mvhd", &header)),
        boxed(*b"mdat", &content),
    ]
    .concat()
}

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), content].concat()
}
