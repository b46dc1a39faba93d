//! Copying a saved video to another path, with the same care as if it were downloaded there.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::options::{Existing, Saved};
use super::part::{Opened, PartFile};
use super::video::Video;
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;
use crate::upload::shown;

/// The number of bytes copied at a time.
const BLOCK: usize = 256 * 1024;

/// Copies the saved video of a task to `target`: completely or not at all, and over another file only if `existing`
/// allows it. An existing file with the same bytes counts as the copy.
///
/// # Errors
/// [`is_input`](Error::is_input) if `from` cannot be read, [`is_media`](Error::is_media) if it is not a complete
/// video, [`is_local_io`](Error::is_local_io) if `target` cannot be written, or is being written by another process.
pub async fn copy(
    from: &Path,
    task: &TaskRef,
    target: PathBuf,
    existing: Existing,
) -> Result<Saved, Error> {
    let mut part = match PartFile::open(target, task, existing).await? {
        Opened::Part(part) => part,
        Opened::Saved(saved) => return Ok(saved),
    };
    match fill(&mut part, from).await {
        Ok(video) => part.put_in_place(video, existing).await,
        Err(error) => {
            part.remove().await;
            Err(error)
        }
    }
}

async fn fill(part: &mut PartFile, from: &Path) -> Result<Video, Error> {
    let unreadable = |error: io::Error| {
        Error::new(Kind::Input, format!("`{}` cannot be read", shown(from))).with_source(error)
    };
    // A download that broke off may have left some bytes.
    part.restart().await?;
    let mut video = File::open(from).await.map_err(unreadable)?;
    let mut block = vec![0; BLOCK];
    loop {
        let read = video.read(&mut block).await.map_err(unreadable)?;
        if read == 0 {
            return part.check().await;
        }
        part.write(block.get(..read).unwrap_or_default()).await?;
    }
}
