//! Splits the input into jobs.

use std::io;
use std::sync::Arc;

use crate::input::files::{Files, NotRead};
use crate::input::lines::{Chunk, LineReader, Offsets};
use crate::input::request::{File, FileName};
use crate::regular;
use crate::settings::Settings;

/// The number of files per job: enough that taking a job costs little compared to opening its files.
const FILES_PER_JOB: usize = 8;

/// A unit of work for one thread.
pub(super) enum Job {
    /// Files of one request each, still to be read.
    Documents(Vec<File>),
    /// Lines that were read into the thread's buffer.
    Lines(Block),
    /// A line that was skipped because it is too long.
    TooLarge {
        file: Arc<FileName>,
        settings: Arc<Settings>,
        found: bool,
        offsets: Offsets,
        length: u64,
        mentions: bool,
        opens: bool,
    },
    /// Something that is not read.
    NotRead(NotRead),
    /// A file of lines that has ended without any request.
    Empty {
        file: Arc<FileName>,
        found: bool,
        opens: bool,
    },
}

/// Lines of a file.
pub(super) struct Block {
    pub(super) file: Arc<FileName>,
    pub(super) settings: Arc<Settings>,
    pub(super) found: bool,
    pub(super) offsets: Offsets,
    /// How many bytes of the buffer they take.
    pub(super) length: usize,
    /// Whether they are the first lines of the file.
    pub(super) opens: bool,
}

/// Returns the jobs in order, with their numbers. Only one thread at a time reads lines, which is far faster than
/// checking them.
pub(super) struct Source {
    files: Files,
    /// The file that is being read line by line, with its settings.
    lines: Option<(LineReader, Arc<Settings>)>,
    /// Whether no lines of it have been returned yet.
    opening: bool,
    /// What was found after a group of documents.
    next_file: Option<Result<File, NotRead>>,
    sequence: u64,
}

impl Source {
    /// Returns the jobs for some files.
    pub(super) const fn new(files: Files) -> Self {
        Self {
            files,
            lines: None,
            opening: false,
            next_file: None,
            sequence: 0,
        }
    }

    /// Returns the next job and its number, counted from 0. Lines are read into `buffer`.
    pub(super) fn next(&mut self, buffer: &mut Vec<u8>) -> Option<(u64, Job)> {
        let job = self.job(buffer)?;
        let sequence = self.sequence;
        self.sequence += 1;
        Some((sequence, job))
    }

    fn job(&mut self, buffer: &mut Vec<u8>) -> Option<Job> {
        if let Some(job) = self.piece(buffer) {
            return Some(job);
        }
        let mut documents = Vec::new();
        while documents.len() < FILES_PER_JOB {
            match self.next_file.take().or_else(|| self.files.next()) {
                Some(Ok(file)) if !file.lines => documents.push(file),
                other if !documents.is_empty() => {
                    self.next_file = other;
                    break;
                }
                Some(Ok(file)) => {
                    if let Some(job) = self.open(file, buffer) {
                        return Some(job);
                    }
                }
                Some(Err(not_read)) => return Some(Job::NotRead(not_read)),
                None => return None,
            }
        }
        Some(Job::Documents(documents))
    }

    fn open(&mut self, file: File, buffer: &mut Vec<u8>) -> Option<Job> {
        let opened: io::Result<Box<dyn io::Read + Send>> = match &file.path {
            None => Ok(Box::new(io::stdin())),
            Some(path) => regular::open_given(path).map(|file| Box::new(file) as Box<_>),
        };
        match opened {
            Ok(reader) => {
                let limit = file.settings.limit;
                let reader = LineReader::new(file.name, file.found, reader, limit);
                self.lines = Some((reader, file.settings));
                self.opening = true;
                self.piece(buffer)
            }
            Err(error) => Some(Job::NotRead(NotRead::unreadable(file.name.shown(), &error))),
        }
    }

    /// Returns the next block of the file that is being read.
    fn piece(&mut self, buffer: &mut Vec<u8>) -> Option<Job> {
        let (reader, settings) = self.lines.as_mut()?;
        let settings = Arc::clone(settings);
        let opens = std::mem::replace(&mut self.opening, false);
        let file = Arc::clone(&reader.file);
        let found = reader.found;
        match reader.next(buffer) {
            Ok(Some(Chunk::Block { offsets, length })) => Some(Job::Lines(Block {
                file,
                settings,
                found,
                offsets,
                length,
                opens,
            })),
            Ok(Some(Chunk::TooLarge {
                offsets,
                length,
                mentions,
            })) => Some(Job::TooLarge {
                file,
                settings,
                found,
                offsets,
                length,
                mentions,
                opens,
            }),
            Ok(None) => {
                let is_empty = reader.requests() == 0;
                self.lines = None;
                is_empty.then_some(Job::Empty { file, found, opens })
            }
            Err(error) => {
                self.lines = None;
                Some(Job::NotRead(NotRead::unreadable(file.shown(), &error)))
            }
        }
    }
}
