//! The emulator's videos according to third-party programs: ffprobe finds the requested properties, ffmpeg decodes
//! every picture and sample, Chromium plays them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use kling_emulator::mp4::{self, FRAME_RATE, SAMPLE_RATE, Video};
use serde_json::Value;
use xtask::failure::{Failure, Result};

use super::browser::Browser;

/// Sizes of all ratios that the service has and some that it does not, with both short sides; some are multiples of
/// 16, the coding block size, in both directions, in one, or in none.
const SIZES: [(u32, u32); 20] = [
    (1280, 720),
    (720, 1280),
    (1920, 1080),
    (1080, 1920),
    (720, 720),
    (1080, 1080),
    (960, 720),
    (720, 960),
    (1440, 1080),
    (1680, 720),
    (1720, 720),
    (1722, 720),
    (720, 1686),
    (2880, 720),
    (720, 2880),
    (4320, 1080),
    (1080, 4320),
    (1154, 720),
    (16, 16),
    (2, 2),
];
/// Lengths in seconds: those of the service and the bounds.
const LENGTHS: [u32; 7] = [1, 3, 5, 10, 12, 15, 60];
/// The videos that a browser plays to the end.
const PLAYED: [Video; 4] = [
    video(1, (1280, 720), true),
    video(1, (1080, 1920), true),
    video(1, (1722, 720), false),
    video(1, (4320, 1080), false),
];

const fn video(seconds: u32, (width, height): (u32, u32), sound: bool) -> Video {
    Video {
        seconds,
        width,
        height,
        sound,
    }
}

/// Returns every size, and every length, with and without sound.
fn grid() -> Vec<Video> {
    let sizes = SIZES.into_iter().map(|size| (3, size));
    let lengths = LENGTHS.into_iter().map(|seconds| (seconds, SIZES[0]));
    sizes
        .chain(lengths)
        .flat_map(|(seconds, size)| [false, true].map(|sound| video(seconds, size, sound)))
        .collect()
}

/// Makes the videos and has them probed, decoded and played.
///
/// # Errors
/// A program finds a video other than the requested one, or a fault in one, or cannot be run.
pub(super) fn test(_root: &Path) -> Result<String> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let grid = grid();
    for video in &grid {
        let path = folder.path().join("video.mp4");
        make(video, &path)?;
        let (asked, found) = (asked(video), probe(&path)?);
        if found != asked {
            return Err(Failure::new(format!("{asked} was asked for, not {found}")));
        }
        decode(video, &path).map_err(|failure| Failure::new(format!("{asked}: {failure}")))?;
    }
    let mut browser = Browser::start()?;
    for video in &PLAYED {
        play(&mut browser, video, folder.path())?;
    }
    Ok(format!(
        "{} probed and decoded, {} played to the end",
        grid.len(),
        PLAYED.len()
    ))
}

fn make(video: &Video, path: &Path) -> Result<()> {
    let bytes = mp4::write(video).map_err(|error| Failure::new(error.to_string()))?;
    fs::write(path, bytes).map_err(|error| Failure::file(path, "written", &error))
}

/// Returns what ffprobe should report about a video, on one line.
fn asked(video: &Video) -> String {
    let Video {
        seconds,
        width,
        height,
        sound: _,
    } = video;
    let frames = seconds * FRAME_RATE;
    let picture = format!(
        "h264 Constrained Baseline yuv420p {width}x{height} {FRAME_RATE}/1, {frames} frames"
    );
    let sound = format!("aac LC {SAMPLE_RATE} Hz, 2 channels");
    let length = format!("{seconds}.000000 s");
    if video.sound {
        format!("{length}; {picture}, {length}; {sound}, {length}")
    } else {
        format!("{length}; {picture}, {length}")
    }
}

/// Returns what ffprobe reports about a file, in the format of [`asked`].
fn probe(path: &Path) -> Result<String> {
    let output = run(
        "ffprobe",
        &[
            "-v",
            "error",
            "-count_frames",
            "-show_streams",
            "-show_format",
            "-of",
            "json",
            &path.to_string_lossy(),
        ],
    )?;
    let details: Value = serde_json::from_slice(&output)
        .map_err(|error| Failure::new(format!("ffprobe prints no JSON: {error}")))?;
    let word = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut parts = vec![format!("{} s", word(&details["format"]["duration"]))];
    for stream in details["streams"].as_array().into_iter().flatten() {
        let field = |name: &str| word(&stream[name]);
        let what = if stream["codec_type"] == "video" {
            format!(
                "{} {}x{} {}, {} frames",
                field("pix_fmt"),
                field("width"),
                field("height"),
                field("avg_frame_rate"),
                field("nb_read_frames")
            )
        } else {
            format!(
                "{} Hz, {} channels",
                field("sample_rate"),
                field("channels")
            )
        };
        parts.push(format!(
            "{} {} {what}, {} s",
            field("codec_name"),
            field("profile"),
            field("duration")
        ));
    }
    Ok(parts.join("; "))
}

/// Decodes a whole file with ffmpeg, and fails unless every picture is equal to the first one, and has one colour.
fn decode(video: &Video, path: &Path) -> Result<()> {
    let input = path.to_string_lossy();
    let whole = [
        "-v", "error", "-xerror", "-i", &input, "-f", "framemd5", "-",
    ];
    let details = run("ffmpeg", &whole)?;
    let details = String::from_utf8_lossy(&details);
    // Lines for pictures begin with the number of their stream and end with their hash.
    let pictures = details.lines().filter(|line| line.starts_with("0,"));
    let hashes: Vec<&str> = pictures
        .filter_map(|line| line.rsplit(", ").next())
        .collect();
    let count = video.seconds * FRAME_RATE;
    if hashes.len() != count as usize || hashes.iter().any(|hash| *hash != hashes[0]) {
        return Err(Failure::new(format!(
            "{} pictures, not {count} that are all the same",
            hashes.len()
        )));
    }
    let first = [
        "-v",
        "error",
        "-xerror",
        "-i",
        &input,
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-",
    ];
    let samples = run("ffmpeg", &first)?;
    let area = video.width as usize * video.height as usize;
    if samples.len() != area * 3 / 2 {
        let length = samples.len();
        return Err(Failure::new(format!("a picture of {length} bytes")));
    }
    let (luma, chroma) = samples.split_at(area);
    let (blue, red) = chroma.split_at(area / 4);
    for plane in [luma, blue, red] {
        if plane.iter().any(|sample| *sample != plane[0]) {
            return Err(Failure::new("a picture of more than one colour"));
        }
    }
    Ok(())
}

/// Returns a program's output; it must succeed and print nothing to standard error.
fn run(program: &str, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("`{program}` cannot be started: {error}")))?;
    if output.status.success() && output.stderr.is_empty() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said: String = said.chars().take(500).collect();
    Err(Failure::new(format!(
        "{program} ({}): {said}",
        output.status
    )))
}

/// Fails unless Chromium reports the size and the length, plays, can seek to any place, and reaches the end.
fn play(browser: &mut Browser, video: &Video, folder: &Path) -> Result<()> {
    make(video, &folder.join("video.mp4"))?;
    let page = folder.join("video.html");
    fs::write(&page, PLAYER).map_err(|error| Failure::file(&page, "written", &error))?;
    browser.open(&format!("file://{}", page.display()))?;
    let seen = browser.evaluate("play()")?;
    let Video {
        seconds,
        width,
        height,
        ..
    } = video;
    let expected = format!("{width}x{height}, {seconds} s, played, moved, ended");
    let complaints = browser.complaints()?;
    if seen == expected.as_str() && complaints.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Chromium: {expected} was expected, not {seen}; it says {complaints:?}"
    )))
}

/// A page that plays the video in the same folder and reports the result.
const PLAYER: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>Player</title>
<video src="video.mp4"></video>
<script>
const player = document.querySelector("video");
const event = (name) => new Promise((resolve, reject) => {
  player.addEventListener(name, resolve, { once: true });
  player.addEventListener("error", () => reject(new Error(player.error.message)), { once: true });
});
async function play() {
  if (player.error) throw new Error(player.error.message);
  if (player.readyState === 0) await event("loadedmetadata");
  const told = [`${player.videoWidth}x${player.videoHeight}`, `${player.duration} s`];
  await player.play();
  while (!(player.currentTime > 0.2)) await event("timeupdate");
  told.push("played");
  player.pause();
  const moved = event("seeked");
  player.currentTime = player.duration / 2;
  await moved;
  if (player.currentTime === player.duration / 2) told.push("moved");
  const ended = event("ended");
  await player.play();
  await ended;
  if (player.currentTime === player.duration) told.push("ended");
  return told.join(", ");
}
</script>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_has_every_size_and_length_with_sound_and_without() {
        let grid = grid();
        assert_eq!(grid.len(), (SIZES.len() + LENGTHS.len()) * 2);
        for video in grid.iter().chain(&PLAYED) {
            assert!(mp4::write(video).is_ok(), "{video:?}");
        }
    }

    #[test]
    fn what_is_asked_of_a_video_is_one_line() {
        assert_eq!(
            asked(&video(5, (1280, 720), true)),
            "5.000000 s; h264 Constrained Baseline yuv420p 1280x720 24/1, 120 frames, 5.000000 s; \
             aac LC 48000 Hz, 2 channels, 5.000000 s"
        );
    }
}
