//! Local files in a request: read, uploaded, and replaced by their URLs in the text, in memory.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use kling_check::{Report, Rule};
use kling_http::{MAX_VIDEO_BYTES, Media, MediaKind};
use kling_journal::FileHash;
use kling_json::{Edit, Span};
use kling_spec::{CommonRule, Level, Meaning, Spec};

use super::stop::{Stop, describe, exit_of};
use crate::input::path::path_of;
use crate::regular;

/// The maximum number of bytes of a file that are read: what the service accepts, and one more to detect a larger one.
const MAX_READ: u64 = MAX_VIDEO_BYTES + 1;

/// The maximum number of local files of a request; the contracts allow fewer.
const MAX_FILES: usize = 64;

/// A local file in the place of a URL.
#[derive(Debug)]
pub(crate) struct LocalFile {
    /// Its place in the text, including quotation marks.
    span: Span,
    /// The path of the file.
    pub(crate) path: PathBuf,
    /// The content. It is read only once, so that the uploaded bytes are those that identify the job.
    pub(crate) media: Media,
    /// Its hash, which distinguishes jobs.
    pub(crate) hash: FileHash,
}

/// Whether local files are the only reason why a request cannot be sent.
pub(crate) fn are_the_only_errors(report: &Report<'_>) -> bool {
    let mut errors = report
        .findings()
        .iter()
        .filter(|found| found.level() == Level::Error)
        .peekable();
    report.omitted().errors == 0
        && errors.peek().is_some()
        && errors.all(|found| found.rule() == Rule::Common(CommonRule::LocalFile))
}

/// Returns what a field is the URL of; `None` if the contract does not say, or if it may be either.
fn kind_at(path: &kling_spec::Path, spec: &Spec) -> Option<MediaKind> {
    spec.meanings().iter().find_map(|(meaning, written)| {
        let is_there = written.to == *path || written.also.iter().any(|also| also.to == *path);
        kind_of(*meaning).filter(|_| is_there)
    })
}

fn kind_of(meaning: Meaning) -> Option<MediaKind> {
    // An element may be an image or a video.
    let is_image = matches!(
        meaning,
        Meaning::FirstFrame | Meaning::LastFrame | Meaning::Reference
    );
    if meaning == Meaning::Video {
        Some(MediaKind::Video)
    } else {
        is_image.then_some(MediaKind::Image)
    }
}

/// Reads the local files of a report. Paths are relative to `folder`, and must stay inside it unless `anywhere`.
pub(crate) fn read(
    report: &Report<'_>,
    spec: Option<&Spec>,
    folder: &Path,
    anywhere: bool,
) -> Result<Vec<LocalFile>, Stop> {
    let mut files: Vec<LocalFile> = Vec::new();
    for found in report
        .findings()
        .iter()
        .filter(|found| found.level() == Level::Error)
    {
        let node = found.node();
        let Some(string) = node.text() else {
            continue;
        };
        if files.len() == MAX_FILES {
            return Err(Stop::usage(format!(
                "the request names more than {MAX_FILES} local files; remove some"
            )));
        }
        let named = string.decode();
        let path = locate(&named, folder, anywhere)?;
        let media = match files.iter().find(|file| file.path == path) {
            Some(file) => file.media.clone(),
            None => read_file(&named, &path)?,
        };
        if let Some(expected) = spec.and_then(|spec| kind_at(&path_of(node), spec))
            && expected != media.kind()
        {
            return Err(wrong_kind(&named, &media, &found.pointer(), expected));
        }
        files.push(LocalFile {
            span: node.span(),
            path,
            hash: FileHash::of(media.bytes()),
            media,
        });
    }
    Ok(files)
}

fn read_file(named: &str, path: &Path) -> Result<Media, Stop> {
    let mut bytes = Vec::new();
    regular::open(path)
        .and_then(|file| file.take(MAX_READ).read_to_end(&mut bytes))
        .map_err(|error| unreadable(named, &error))?;
    Media::new(named, bytes).map_err(|error| {
        Stop::new(
            exit_of(&error),
            format!("the request was not sent: {}", describe(&error)),
        )
    })
}

fn wrong_kind(named: &str, media: &Media, pointer: &str, expected: MediaKind) -> Stop {
    let (is, formats) = if expected == MediaKind::Video {
        ("a video", "an MP4, WebM or MOV file")
    } else {
        ("an image", "a JPEG, PNG, WebP or GIF file")
    };
    Stop::local(format!(
        "the file `{named}` of the request is {} by its first bytes, but {pointer} takes {is} according to the contract, so \
         nothing was sent; name {formats} there",
        media.mime_type()
    ))
}

fn unreadable(named: &str, error: &std::io::Error) -> Stop {
    Stop::local(format!(
        "the file `{named}` of the request cannot be read: {error}; correct its path, which is relative to the folder of the request"
    ))
}

/// Returns the file that a path in a request refers to.
fn locate(named: &str, folder: &Path, anywhere: bool) -> Result<PathBuf, Stop> {
    let plain = url::Url::parse(named)
        .ok()
        .filter(|url| url.scheme() == "file")
        .and_then(|url| url.to_file_path().ok())
        .unwrap_or_else(|| PathBuf::from(named));
    let unreadable = |error: std::io::Error| unreadable(named, &error);
    // Links are followed first: the location of the file counts, not its name.
    let path = fs::canonicalize(folder.join(plain)).map_err(unreadable)?;
    let folder = fs::canonicalize(folder).map_err(unreadable)?;
    if anywhere || path.starts_with(&folder) {
        Ok(path)
    } else {
        Err(Stop::local(format!(
            "the file `{named}` is outside the folder of the request, and the author of a request should not be able to \
             publish any file of yours; move it there, or allow it with `--allow-outside`"
        )))
    }
}

/// Returns the text with the URLs of the uploaded files; `urls` are in the order of `files`.
pub(crate) fn replace(text: &str, files: &[LocalFile], urls: &[String]) -> Result<String, Stop> {
    let mut edits: Vec<Edit> = files
        .iter()
        .zip(urls)
        .map(|(file, url)| Edit::new(file.span, kling_json::quoted(url)))
        .collect();
    edits.sort_by_key(|edit| edit.span.start);
    kling_json::apply(text, &edits).map_err(|error| {
        Stop::usage(format!(
            "the URLs of the files cannot be written into the request: {error}"
        ))
    })
}

/// Returns the text with the hash of each file in its place, which distinguishes jobs.
pub(crate) fn with_hashes(text: &str, files: &[LocalFile]) -> Result<String, Stop> {
    let hashes: Vec<String> = files.iter().map(|file| file.hash.to_string()).collect();
    replace(text, files, &hashes)
}

/// Returns the text with a placeholder URL for each file, to determine what the request will cost.
pub(crate) fn with_placeholders(text: &str, files: &[LocalFile]) -> Result<String, Stop> {
    let urls: Vec<String> = (1..)
        .zip(files)
        .map(|(number, file)| {
            let is_video = file.media.kind() == MediaKind::Video;
            let extension = if is_video { "mp4" } else { "png" };
            format!("https://example.com/{number}.{extension}")
        })
        .collect();
    replace(text, files, &urls)
}

#[cfg(test)]
mod tests {
    use kling_spec::Format;

    use super::*;

    #[test]
    fn the_contracts_of_all_editions_say_what_a_file_must_be() {
        let editions = kling_spec::EMBEDDED.iter().flat_map(|contract| {
            kling_spec::EDITIONS
                .iter()
                .filter_map(|edition| contract.parse_edition(edition))
        });
        let mut videos = 0;
        for spec in editions {
            for (path, field) in spec.fields() {
                let expected = match field.format.as_ref().map(|format| format.value) {
                    Some(Format::PublicUrl) => {
                        let is_video = path.to_string().contains("video");
                        videos += usize::from(is_video);
                        Some(if is_video {
                            MediaKind::Video
                        } else {
                            MediaKind::Image
                        })
                    }
                    _ => None,
                };
                assert_eq!(kind_at(path, &spec), expected, "{} {path}", spec.id());
            }
        }
        assert!(videos > 0);
    }

    #[test]
    fn a_path_stays_in_the_folder_unless_it_may_leave() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("requests");
        fs::create_dir_all(folder.join("images")).unwrap();
        fs::write(folder.join("images/a.png"), "a").unwrap();
        fs::write(outer.path().join("b.png"), "b").unwrap();
        assert!(locate("images/a.png", &folder, false).is_ok());
        assert!(locate("./images/../images/a.png", &folder, false).is_ok());
        assert!(locate("../b.png", &folder, false).is_err());
        assert!(locate("../b.png", &folder, true).is_ok());
        assert!(locate("missing.png", &folder, true).is_err());
        let address = url::Url::from_file_path(folder.join("images/a.png")).unwrap();
        assert!(locate(address.as_str(), &folder, false).is_ok());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("b.png"), folder.join("link.png"))
                .unwrap();
            assert!(locate("link.png", &folder, false).is_err());
        }
    }
}
