//! One attempt to fetch a video, or the rest of it.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_RANGE, HeaderMap, HeaderName, IF_RANGE, LOCATION, RANGE,
};
use url::Url;

use super::DownloadOptions;
use super::header_mismatch::HeaderMismatch;
use super::media::{self, BEGINNING};
use super::part::PartFile;
use super::validator::validator;
use super::video::{ASK_AGAIN, no_video};
use crate::answer::reason;
use crate::client::{Answer, Client, Framing, reason, transport_error};
use crate::error::{Error, Kind};

/// The maximum number of redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// How an attempt ended that did not fail.
pub(super) enum End {
    /// The file is whole, as far as its host says.
    Whole {
        /// Whether the host sent the length, so that a file of that length cannot be cut off.
        length_known: bool,
    },
    /// The existing part does not match what the host has: start again.
    Restart,
    /// The host refuses the URL.
    Refused(Error),
}

pub(super) struct Fetch<'f> {
    pub(super) client: &'f Client,
    pub(super) options: &'f DownloadOptions,
}

impl Fetch<'_> {
    pub(super) async fn run(&self, url: &Url, part: &mut PartFile) -> Result<End, Error> {
        if part.len() > 0 && part.part_info().validator.is_none() {
            part.restart().await?;
        }
        let response = self.send(url, part).await?;
        match response.status().as_u16() {
            200 | 203 => {
                self.check_head(&response)?;
                part.restart().await?;
                part.mismatch =
                    HeaderMismatch::of_head(response.headers(), self.client.sanitiser());
                let total = response.content_length();
                let known =
                    total.is_some() || Answer::head_of(&response).framing == Framing::Delimited;
                part.remember(validator(response.headers()), total).await?;
                self.receive(response, part, total, known).await
            }
            206 => {
                self.check_head(&response)?;
                part.mismatch =
                    HeaderMismatch::of_head(response.headers(), self.client.sanitiser());
                match fitting_total(response.headers(), part) {
                    Some(_) if part.mismatch.encoding.is_some() => Ok(End::Restart),
                    Some(total) => self.receive(response, part, Some(total), true).await,
                    None => Ok(End::Restart),
                }
            }
            416 => {
                let total = text(response.headers(), &CONTENT_RANGE)
                    .and_then(|range| range.trim().strip_prefix("bytes */")?.parse().ok())
                    .or(part.part_info().total);
                if total == Some(part.len()) && part.len() > 0 {
                    Ok(End::Whole { length_known: true })
                } else {
                    Ok(End::Restart)
                }
            }
            status @ (403 | 404 | 410) => Ok(End::Refused(
                Error::new(
                    Kind::Expired,
                    format!("the host of the video answered {status} {}", reason(status)),
                )
                .with_status(status)
                .with_help("the videos are kept for 24 hours; the id is kept, ask for its status"),
            )),
            status => Err(Error::new(
                Kind::Status,
                format!("the host of the video answered {status} {}", reason(status)),
            )
            .with_status(status)
            .with_retry_after(Answer::head_of(&response).retry_after)),
        }
    }

    /// Sends the request, following at most [`MAX_REDIRECTS`] redirects; each location is checked like the first.
    async fn send(&self, url: &Url, part: &PartFile) -> Result<Response, Error> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self
                .client
                .files()
                .get(url.clone())
                .header(ACCEPT_ENCODING, "identity");
            if let (1.., Some(validator)) = (part.len(), &part.part_info().validator) {
                request = request
                    .header(RANGE, format!("bytes={}-", part.len()))
                    .header(IF_RANGE, validator);
            }
            let response = self
                .in_time(request.send())
                .await?
                .map_err(transport_error)?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let to = text(response.headers(), &LOCATION).and_then(|to| url.join(to).ok());
            let Some(to) = to else {
                return Err(Error::new(
                    Kind::Address,
                    "the host of the video redirects without a target",
                )
                .with_status(response.status().as_u16()));
            };
            url = self.client.links().check(to.as_str())?;
        }
        Err(Error::new(
            Kind::Address,
            format!("the URL of the video leads through more than {MAX_REDIRECTS} redirects"),
        )
        .with_help("ask for the status of the task again, which may give another URL"))
    }

    /// Checks whether the head of an answer shows that there is no video, or one that is too large.
    fn check_head(&self, response: &Response) -> Result<(), Error> {
        match response.content_length() {
            Some(0) => Err(no_video("it is empty")),
            Some(length) if length > self.options.max_bytes => Err(self.too_large()),
            Some(_) | None => Ok(()),
        }
    }

    /// Returns an error if a host sent a page of text instead of a video.
    pub(super) fn page(&self, part: &PartFile) -> Option<Error> {
        let beginning = part.beginning();
        if !media::is_page(beginning, part.len()) {
            return None;
        }
        let sanitiser = self.client.sanitiser();
        let said = reason::of_body(beginning).and_then(|said| said.message_text());
        let text = said.map(|said| sanitiser.message(&said));
        let text = text.or_else(|| sanitiser.excerpt(beginning));
        let message = format!(
            "the host of the video sent text instead: `{}`",
            text.unwrap_or_default()
        );
        let error = Error::new(Kind::Media, message).with_help(ASK_AGAIN);
        Some(error.with_body(sanitiser.evidence(beginning)))
    }

    async fn receive(
        &self,
        mut response: Response,
        part: &mut PartFile,
        total: Option<u64>,
        length_known: bool,
    ) -> Result<End, Error> {
        if total.is_some_and(|total| total > self.options.max_bytes) {
            return Err(self.too_large());
        }
        self.options.notify(part.len(), total);
        while let Some(chunk) = self
            .in_time(response.chunk())
            .await?
            .map_err(transport_error)?
        {
            if part.len().saturating_add(chunk.len() as u64) > self.options.max_bytes {
                return Err(self.too_large());
            }
            part.write(&chunk).await?;
            if part.beginning().len() == BEGINNING
                && let Some(error) = self.page(part)
            {
                return Err(error);
            }
            self.options.notify(part.len(), total);
        }
        match total {
            Some(total) if part.len() != total => Err(Error::new(
                Kind::Transport,
                format!("the video ended after {} of {total} bytes", part.len()),
            )),
            None if part.len() == 0 => Err(no_video("it is empty")),
            Some(_) | None => Ok(End::Whole { length_known }),
        }
    }

    async fn in_time<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        let limit = self.options.stall_timeout;
        tokio::time::timeout(limit, future)
            .await
            .map_err(|_| stalled(limit))
    }

    fn too_large(&self) -> Error {
        Error::new(
            Kind::TooLarge,
            format!(
                "the video is longer than the limit of {} bytes",
                self.options.max_bytes
            ),
        )
        .with_help("raise the limit to save it")
    }
}

fn stalled(limit: Duration) -> Error {
    Error::new(
        Kind::Timeout,
        format!(
            "no byte of the video was received for {} s",
            limit.as_secs_f64()
        ),
    )
}

pub(super) fn too_slow() -> Error {
    Error::new(Kind::Timeout, "the video was not complete in time")
        .with_help("download it again: it continues from here")
}

/// Returns the total length if the range in the answer is the missing one: it begins where the file ends, and belongs
/// to a video of the same length and the same strong validator; for an empty file, it is the whole video.
fn fitting_total(headers: &HeaderMap, part: &PartFile) -> Option<u64> {
    let range = text(headers, &CONTENT_RANGE)?
        .trim()
        .strip_prefix("bytes ")?;
    let (range, total) = range.split_once('/')?;
    let (first, last) = range.trim().split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total: u64 = total.trim().parse().ok()?;
    let part_info = part.part_info();
    let same_total = part_info.total.is_none_or(|known| known == total);
    let same_video = part.len() == 0
        || part_info.validator.is_some() && part_info.validator == validator(headers);
    let fits =
        first == part.len() && last.checked_add(1) == Some(total) && same_total && same_video;
    (fits && total > 0).then_some(total)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
