//! `kling upload`: an image, for use in requests.

use serde::Serialize;

use crate::cli::Upload;
use crate::exit::Exit;
use crate::service::print::{Print, VERSION};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};

/// The object of `kling upload`.
#[derive(Serialize)]
struct Object<'a> {
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
        None,
        print,
        async |session: &Session| {
            let uploaded = session
                .call(
                    "uploading",
                    Exit::NotReached,
                    session.client.upload_image(&arguments.file),
                )
                .await?
                .map_err(|error| Stop::of_call(&error))?;
            let object = Object {
                version: VERSION,
                url: &uploaded.url,
                bytes: uploaded.bytes,
                mime_type: &uploaded.mime_type,
            };
            Ok(session.print.result(&object, || uploaded.url.clone()))
        },
    );
    end(done, print)
}
