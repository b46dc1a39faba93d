//! Local images in a request: read, uploaded, and replaced by their URLs in the text, in memory.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use kling_check::{Report, Rule};
use kling_journal::FileHash;
use kling_json::{Edit, Span};
use kling_spec::{CommonRule, Level};

use super::stop::Stop;
use crate::regular;

/// The maximum number of bytes of an image that are read: what the service accepts, and one more to detect a larger
/// one.
pub(crate) const MAX_IMAGE: u64 = (10 << 20) + 1;

/// The maximum number of images of a request; the contracts allow fewer.
const MAX_IMAGES: usize = 64;

/// A local image in the place of a URL.
#[derive(Debug)]
pub(crate) struct LocalImage {
    /// Its place in the text, including quotation marks.
    span: Span,
    /// The path of the file.
    pub(crate) path: PathBuf,
    /// The content. It is read only once, so that the uploaded bytes are those that identify the job.
    pub(crate) bytes: Vec<u8>,
    /// Its hash, which distinguishes jobs.
    pub(crate) hash: FileHash,
}

/// Whether local images are the only reason why a request cannot be sent.
pub(crate) fn are_the_only_errors(report: &Report<'_>) -> bool {
    let mut errors = report
        .findings()
        .iter()
        .filter(|found| found.level() == Level::Error)
        .peekable();
    report.omitted().errors == 0
        && errors.peek().is_some()
        && errors.all(|found| {
            found.rule() == Rule::Common(CommonRule::LocalFile) && is_image(&found.pointer())
        })
}

/// Whether a member can be an image: only images can be uploaded.
fn is_image(pointer: &str) -> bool {
    pointer
        .rsplit('/')
        .find(|token| !token.is_empty() && token.parse::<usize>().is_err())
        .is_some_and(|name| !name.contains("video"))
}

/// Reads the images of a report. Paths are relative to `folder`, and must stay inside it unless `anywhere`.
pub(crate) fn read(
    report: &Report<'_>,
    folder: &Path,
    anywhere: bool,
) -> Result<Vec<LocalImage>, Stop> {
    let mut images = Vec::new();
    for found in report
        .findings()
        .iter()
        .filter(|found| found.level() == Level::Error)
    {
        let node = found.node();
        let Some(string) = node.text() else {
            continue;
        };
        if images.len() == MAX_IMAGES {
            return Err(Stop::usage(format!(
                "the request names more than {MAX_IMAGES} local images; remove some"
            )));
        }
        let named = string.decode();
        let path = locate(&named, folder, anywhere)?;
        let mut bytes = Vec::new();
        regular::open(&path)
            .and_then(|file| file.take(MAX_IMAGE).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&named, &error))?;
        images.push(LocalImage {
            span: node.span(),
            path,
            hash: FileHash::of(&bytes),
            bytes,
        });
    }
    Ok(images)
}

fn unreadable(named: &str, error: &std::io::Error) -> Stop {
    Stop::local(format!(
        "the image `{named}` of the request cannot be read: {error}; correct its path, which is relative to the folder of the request"
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
            "the image `{named}` is outside the folder of the request, and the author of a request should not be able to \
             publish any file of yours; move it there, or allow it with `--allow-outside`"
        )))
    }
}

/// Returns the text with the URLs of the uploaded images; `urls` are in the order of `images`.
pub(crate) fn replace(text: &str, images: &[LocalImage], urls: &[String]) -> Result<String, Stop> {
    let mut edits: Vec<Edit> = images
        .iter()
        .zip(urls)
        .map(|(image, url)| Edit::new(image.span, kling_json::quoted(url)))
        .collect();
    edits.sort_by_key(|edit| edit.span.start);
    kling_json::apply(text, &edits).map_err(|error| {
        Stop::usage(format!(
            "the URLs of the images cannot be written into the request: {error}"
        ))
    })
}

/// Returns the text with the hash of each image in its place, which distinguishes jobs.
pub(crate) fn with_hashes(text: &str, images: &[LocalImage]) -> Result<String, Stop> {
    let hashes: Vec<String> = images.iter().map(|image| image.hash.to_string()).collect();
    replace(text, images, &hashes)
}

/// Returns the text with a placeholder URL for each image, to determine what the request will cost.
pub(crate) fn with_placeholders(text: &str, images: &[LocalImage]) -> Result<String, Stop> {
    let urls: Vec<String> = (1..=images.len())
        .map(|number| format!("https://example.com/{number}.png"))
        .collect();
    replace(text, images, &urls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_can_be_uploaded() {
        assert!(is_image("/image_urls/0"));
        assert!(is_image("/metadata/image_list/1/image_url"));
        assert!(is_image("/metadata/element_list/0/url"));
        assert!(!is_image("/video_list/0/video_url"));
        assert!(!is_image(""));
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
