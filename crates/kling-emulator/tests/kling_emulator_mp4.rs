//! The MP4 files, read by a reader that shares no code with the writer.

mod mp4_reader;

use kling_emulator::mp4::{self, FRAME_RATE, InvalidVideo, SAMPLE_RATE, SECONDS, SIDE, Video};
use mp4_reader::{Boxes, Parameters, Track};
use proptest::prelude::*;

/// Samples in a frame of AAC.
const FRAME_SAMPLES: u32 = 1024;

fn video() -> impl Strategy<Value = Video> {
    let any = || (SIDE.start() / 2..=SIDE.end() / 2).prop_map(|half| half * 2);
    // Small pictures test as much as large ones, except for the number of macroblocks.
    let small = || (1_u32..60).prop_map(|half| half * 2);
    let size = prop_oneof![4 => (small(), small()), 1 => (any(), small()), 1 => (any(), any())];
    (SECONDS, size, proptest::bool::ANY).prop_map(|(seconds, (width, height), sound)| Video {
        seconds,
        width,
        height,
        sound,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(0x6d70_3431),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_file_says_what_was_asked_for(video in video()) {
        let file = mp4::write(&video).unwrap();
        prop_assert_eq!(&mp4::write(&video).unwrap(), &file, "not the same twice");
        prop_assert!(file.len() < 160 << 10, "{} bytes", file.len());
        let top = Boxes::read(&file).unwrap();
        prop_assert_eq!(top.kinds(), ["ftyp", "moov", "mdat"]);
        let moov = top.only("moov").boxes().unwrap();
        prop_assert_eq!(moov.only("mvhd").long(12), 1000);
        prop_assert_eq!(moov.only("mvhd").long(16), video.seconds * 1000);
        let tracks: Vec<Track> = moov.all("trak").map(Track::read).collect();
        prop_assert_eq!(tracks.len(), 1 + usize::from(video.sound));

        let pictures = &tracks[0];
        let frames = video.seconds * FRAME_RATE;
        prop_assert_eq!(pictures.handler, *b"vide");
        prop_assert_eq!(pictures.size, (video.width, video.height));
        prop_assert_eq!(pictures.entry_size(), (video.width, video.height));
        prop_assert_eq!(pictures.samples.len(), frames as usize);
        prop_assert_eq!(pictures.sync.as_deref(), Some(&[1][..]));
        prop_assert_eq!(pictures.edit, (video.seconds * 1000, 0));
        prop_assert_eq!(pictures.duration, video.seconds * pictures.timescale);
        prop_assert_eq!(pictures.sample_duration * frames, pictures.duration);

        if let Some(sound) = tracks.get(1) {
            prop_assert_eq!(sound.handler, *b"soun");
            prop_assert_eq!(sound.timescale, SAMPLE_RATE);
            prop_assert_eq!(sound.sample_duration, FRAME_SAMPLES);
            prop_assert_eq!(sound.edit, (video.seconds * 1000, FRAME_SAMPLES));
            prop_assert_eq!(sound.duration, FRAME_SAMPLES * u32::try_from(sound.samples.len()).unwrap());
            let heard = video.seconds * SAMPLE_RATE + FRAME_SAMPLES;
            prop_assert!((heard..heard + FRAME_SAMPLES).contains(&sound.duration));
            prop_assert!(sound.samples.iter().all(|sample| file[sample.clone()] == file[sound.samples[0].clone()]));
        }

        // Every byte of `mdat` is part of exactly one sample.
        let mut samples: Vec<_> = tracks.iter().flat_map(|track| track.samples.clone()).collect();
        samples.sort_by_key(|sample| sample.start);
        let mdat = top.only("mdat");
        let mut end = mdat.begin;
        for sample in samples {
            prop_assert_eq!(sample.start, end);
            end = sample.end;
        }
        prop_assert_eq!(end, mdat.begin + mdat.content.len());
        prop_assert_eq!(end, file.len());
    }

    #[test]
    fn the_pictures_are_of_the_size(video in video()) {
        let file = mp4::write(&video).unwrap();
        let moov = Boxes::read(&file).unwrap().only("moov").boxes().unwrap();
        let pictures = Track::read(moov.all("trak").next().unwrap());
        let (sequence, _) = pictures.parameter_sets();
        let parameters = Parameters::read(&sequence);
        prop_assert_eq!(parameters.seen(), (video.width, video.height));
        let macroblocks = parameters.columns * parameters.rows;
        for (number, sample) in (0..).zip(&pictures.samples) {
            let unit = &file[sample.clone()];
            let (length, unit) = unit.split_at(4);
            prop_assert_eq!(u32::from_be_bytes(length.try_into().unwrap()) as usize, unit.len());
            prop_assert_eq!(unit[0] & 0x1f, if number == 0 { 5 } else { 1 });
            // A start code in a unit would end the unit.
            let is_code = |three: &[u8]| three[..2] == [0, 0] && three[2] < 3;
            prop_assert!(!unit.windows(3).any(is_code));
            prop_assert_ne!(unit.last(), Some(&0));
            if number > 0 {
                prop_assert_eq!(mp4_reader::skipped(unit), (number % 16, macroblocks));
            }
        }
    }
}

#[test]
fn fifteen_seconds_in_high_definition_take_under_64_kib() {
    // Ratios are limited to 4 to 1; the short side is 1080.
    let long = [1080, 1350, 1440, 1620, 1920, 2520, 4320];
    for long in long {
        for (width, height) in [(long, 1080), (1080, long)] {
            let video = Video {
                seconds: 15,
                width,
                height,
                sound: true,
            };
            let length = mp4::write(&video).unwrap().len();
            assert!(length < 64 << 10, "{width}x{height}: {length} bytes");
        }
    }
}

#[test]
fn the_greatest_video_takes_under_160_kib() {
    let greatest = Video {
        seconds: *SECONDS.end(),
        width: *SIDE.end(),
        height: *SIDE.end(),
        sound: true,
    };
    let length = mp4::write(&greatest).unwrap().len();
    assert!(length < 160 << 10, "{length} bytes");
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    let least = Video {
        seconds: 1,
        width: 2,
        height: 2,
        sound: false,
    };
    assert!(mp4::write(&least).is_ok());
    let seconds = |seconds| mp4::write(&Video { seconds, ..least }).unwrap_err();
    for wrong in [0, 61, u32::MAX] {
        assert_eq!(seconds(wrong), InvalidVideo::Seconds(wrong));
    }
    for wrong in [0, 1, 3, 1081, 4321, 4322, u32::MAX - 1] {
        let width = Video {
            width: wrong,
            ..least
        };
        let height = Video {
            height: wrong,
            ..least
        };
        assert_eq!(mp4::write(&width), Err(InvalidVideo::Side(wrong)));
        assert_eq!(mp4::write(&height), Err(InvalidVideo::Side(wrong)));
    }
    assert_eq!(
        InvalidVideo::Seconds(0).to_string(),
        "a video must be 1 to 60 s long, not 0 s"
    );
    assert_eq!(
        InvalidVideo::Side(1081).to_string(),
        "the sides of a video must be an even number of pixels from 2 to 4320, not 1081"
    );
}

#[test]
fn videos_that_differ_a_little_differ_in_colour() {
    let video = Video {
        seconds: 5,
        width: 1280,
        height: 720,
        sound: false,
    };
    // The first samples follow the header of the first picture.
    let colour = |video: &Video| {
        let file = mp4::write(video).unwrap();
        let mdat = Boxes::read(&file).unwrap().only("mdat").content.to_vec();
        mdat[20]
    };
    let longer = Video {
        seconds: 10,
        ..video
    };
    assert_ne!(colour(&video), colour(&longer));
}
