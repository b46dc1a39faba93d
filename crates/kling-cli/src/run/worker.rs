//! The work of one thread: takes jobs, processes each request, and passes on the results.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use kling_json::Buffer;
use memchr::memchr;

use super::Task;
use super::ordered::{Ordered, PartialResult};
use super::source::{Block, Job, Source};
use crate::input::document::{self, Document};
use crate::input::files::{self, NotRead};
use crate::input::lines::{BLOCK, is_blank};
use crate::input::request::{self, Body, File, FileName, Request};
use crate::regular;

/// The maximum number of rendered bytes that a thread keeps before it waits for its turn to write.
const OUTPUT: usize = 256 << 10;

/// Texts up to this length are validated by the standard library: the validator for long ones first detects the
/// processor's features, which takes longer than a whole short text.
const SHORT: usize = 4 << 10;

/// A thread's state. The buffers are reused for each job.
pub(super) struct Worker<'r, T: Task> {
    task: &'r T,
    source: &'r Mutex<Source>,
    ordered: &'r Ordered<T>,
    input: Vec<u8>,
    part: PartialResult<T::Tally>,
    /// The memory of the last document.
    buffer: Buffer,
}

impl<'r, T: Task> Worker<'r, T> {
    /// Makes a worker without a job.
    pub(super) fn new(task: &'r T, source: &'r Mutex<Source>, ordered: &'r Ordered<T>) -> Self {
        Self {
            task,
            source,
            ordered,
            input: Vec::new(),
            part: PartialResult::default(),
            buffer: Buffer::default(),
        }
    }

    /// Does jobs until there are none left, or the output has ended.
    pub(super) fn work(&mut self) {
        let guard = self.ordered.stop_on_panic();
        while self.step() {}
        drop(guard);
    }

    /// Does one job; returns whether there was one, and there may be more.
    pub(super) fn step(&mut self) -> bool {
        match self.take() {
            Some(job) => self.finish(job),
            None => false,
        }
    }

    /// Takes a job, whose lines are then in the worker's buffer.
    pub(super) fn take(&mut self) -> Option<(u64, Job)> {
        if self.ordered.is_stopped() {
            return None;
        }
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        source.next(&mut self.input)
    }

    /// Does a job; returns whether there may be more.
    pub(super) fn finish(&mut self, (number, job): (u64, Job)) -> bool {
        let goes_on = match job {
            Job::Documents(files) => files.iter().all(|file| self.document(number, file)),
            Job::Lines(block) => self.lines(number, &block),
            Job::TooLarge {
                file,
                settings,
                found,
                offsets,
                length,
                mentions,
                opens,
            } => {
                self.part.files += u64::from(opens);
                self.part.bytes += length;
                let request = Request {
                    file: &file,
                    body: Body::TooLarge { mentions },
                    index: offsets.requests,
                    offset: offsets.offset,
                    lines: offsets.lines,
                    found,
                    settings: &settings,
                };
                self.request(number, &request)
            }
            Job::NotRead(NotRead::Unreadable(message)) => {
                self.part.unreadable.push_str(&message);
                true
            }
            Job::NotRead(NotRead::PassedOver(name)) => {
                self.part.passed_over += 1;
                if self.task.shows_skipped() {
                    let why = "its name does not end in `.json`, `.jsonl` or `.ndjson`";
                    let message = request::skipped(name.shown(), why);
                    self.part.output.notes.push_str(&message);
                }
                true
            }
            Job::Empty { file, found, opens } => {
                self.part.files += u64::from(opens);
                // The user named this file, and it contains no requests.
                if !found && !file.is_stdin() {
                    let message = format!(
                        "error: `{}` contains no request: all its lines are blank; write one request per line\n",
                        file.shown()
                    );
                    self.part.unreadable.push_str(&message);
                }
                true
            }
        };
        if self.input.len() > BLOCK {
            self.input.truncate(BLOCK);
            self.input.shrink_to_fit();
        }
        goes_on && self.ordered.finish(number, &mut self.part)
    }

    fn request(&mut self, number: u64, request: &Request<'_>) -> bool {
        let PartialResult { output, tally, .. } = &mut self.part;
        self.task.request(request, &mut self.buffer, output, tally);
        self.part.output.len() < OUTPUT || self.ordered.pass(number, &mut self.part)
    }

    fn document(&mut self, number: u64, file: &File) -> bool {
        let mut buffer = std::mem::take(&mut self.input);
        let limit = file.settings.limit;
        let read = match &file.path {
            None => document::read(io::stdin(), limit, file.found, &mut buffer),
            Some(path) => regular::open_given(path)
                .and_then(|opened| document::read(opened, limit, file.found, &mut buffer)),
        };
        let goes_on = match read {
            Ok(document) => {
                self.part.files += 1;
                self.part.bytes += buffer.len() as u64;
                let body = match document {
                    Document::TooLarge { mentions } => Body::TooLarge { mentions },
                    Document::Read => body(&buffer),
                };
                let request = Request {
                    file: &file.name,
                    body,
                    index: 0,
                    offset: 0,
                    lines: 0,
                    found: file.found,
                    settings: &file.settings,
                };
                self.request(number, &request)
            }
            Err(error) => {
                self.part
                    .unreadable
                    .push_str(&files::unreadable(file.name.shown(), &error));
                true
            }
        };
        self.input = buffer;
        goes_on
    }

    fn lines(&mut self, number: u64, block: &Block) -> bool {
        self.part.files += u64::from(block.opens);
        self.part.bytes += block.length as u64;
        let buffer = std::mem::take(&mut self.input);
        let goes_on = self.each_line(number, block, &buffer[..block.length]);
        self.input = buffer;
        goes_on
    }

    fn each_line(&mut self, number: u64, block: &Block, bytes: &[u8]) -> bool {
        // Validating the whole block at once is faster; if that fails, each line is validated on its own.
        let text = kling_json::validate_utf8(bytes).ok();
        let file: &Arc<FileName> = &block.file;
        let (mut index, mut lines) = (block.offsets.requests, block.offsets.lines);
        let mut start = 0;
        while start < bytes.len() {
            let line_end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
            let end = line_end - usize::from(line_end > start && bytes[line_end - 1] == b'\r');
            let line = &bytes[start..end];
            if !is_blank(line) {
                let body = if line.len() > block.settings.limit {
                    Body::TooLarge {
                        mentions: block.found && crate::input::mention::is_in(line),
                    }
                } else {
                    text.map_or_else(|| body(line), |text| Body::Text(&text[start..end]))
                };
                let offset = block.offsets.offset + start as u64;
                let request = Request {
                    file,
                    body,
                    index,
                    offset,
                    lines,
                    found: block.found,
                    settings: &block.settings,
                };
                if !self.request(number, &request) {
                    return false;
                }
                index += 1;
            }
            lines += 1;
            start = line_end + 1;
        }
        true
    }
}

fn body(bytes: &[u8]) -> Body<'_> {
    if bytes.len() <= SHORT
        && let Ok(text) = str::from_utf8(bytes)
    {
        return Body::Text(text);
    }
    kling_json::validate_utf8(bytes).map_or(Body::Bytes(bytes), Body::Text)
}
