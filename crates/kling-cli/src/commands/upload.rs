//! `kling upload`: an image or a video, for use in requests.

use std::io::Read as _;
use std::path::Path;

use kling_http::{MAX_VIDEO_BYTES, Media};
use serde::Serialize;

use crate::cli::Upload;
use crate::exit::Exit;
use crate::regular;
use crate::service::print::{Print, VERSION};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};

/// What `kling upload` prints as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    url: &'a str,
    bytes: u64,
    #[serde(rename = "type")]
    mime_type: &'a str,
}

pub(super) fn run(arguments: &Upload) -> Exit {
    let print = Print::new(arguments.connection.format);
    let done = session::run(
        &arguments.connection,
        |continue_options| continue_options,
        print,
        async |session: &Session| {
            let name = arguments.file.display().to_string();
            let media = read(&arguments.file, &name)?;
            let uploaded = session
                .call(
                    "uploading",
                    Exit::NotReached,
                    session.client.upload_media(&media),
                )
                .await??;
            let output = Output {
                version: VERSION,
                url: &uploaded.url,
                bytes: uploaded.bytes,
                mime_type: &uploaded.mime_type,
            };
            Ok(session.print.result(&output, || uploaded.url.clone()))
        },
    );
    end(done, print)
}

fn read(path: &Path, name: &str) -> Result<Media, Stop> {
    let mut bytes = Vec::new();
    regular::open(path)
        .and_then(|file| file.take(MAX_VIDEO_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| {
            Stop::local(format!(
                "the file `{name}` cannot be read: {error}; give an image or a video"
            ))
        })?;
    Ok(Media::new(name, bytes)?)
}
