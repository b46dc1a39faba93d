//! The output of several threads, written in the order of their jobs and with bounded memory.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Task;
use super::progress::Progress;
use crate::exit::{Exit, Failure};
use crate::output::stdio;

/// How many finished jobs may wait for an earlier one, and how many bytes of output they may have in total. A thread
/// that finds no room waits for its turn.
const WAITING_JOBS: usize = 64;
const WAITING_BYTES: usize = 1 << 20;

/// The result of a job, or of a part of one.
pub(super) struct PartialResult<Tally> {
    /// The output and the messages.
    pub(super) output: RunOutput,
    /// Messages for people about what could not be read.
    pub(super) unreadable: String,
    pub(super) tally: Tally,
    /// Files that were opened.
    pub(super) files: u64,
    /// Paths of a list that were skipped because of their names.
    pub(super) passed_over: u64,
    /// Bytes that were read.
    pub(super) bytes: u64,
}

/// The output of a run.
#[derive(Debug, Default)]
pub(crate) struct RunOutput {
    /// For standard output.
    pub(crate) out: Vec<u8>,
    /// Notes for people, which go to standard error.
    pub(crate) notes: String,
}

impl RunOutput {
    pub(super) const fn len(&self) -> usize {
        self.out.len() + self.notes.len()
    }
}

impl<Tally: Default> Default for PartialResult<Tally> {
    fn default() -> Self {
        Self {
            output: RunOutput::default(),
            unreadable: String::new(),
            tally: Tally::default(),
            files: 0,
            passed_over: 0,
            bytes: 0,
        }
    }
}

/// The result of a whole run.
pub(crate) struct RunResult<Tally> {
    /// Where the output went; `None` if nothing more can be written.
    pub(crate) sink: Option<Sink>,
    pub(crate) tally: Tally,
    /// Files that were opened.
    pub(crate) files: u64,
    /// Paths of a list that were skipped because of their names.
    pub(crate) passed_over: u64,
    /// [`Exit::Trouble`] if something could not be read or written.
    pub(crate) exit: Exit,
}

/// The destination of rendered findings.
pub(crate) struct Sink {
    out: io::Stdout,
    /// The length of the separator, which is dropped before the first finding.
    separator: usize,
}

impl Sink {
    /// Makes a sink for standard output, with a head, for findings that each begin with a separator.
    pub(crate) fn stdout(head: &str, separator: &str) -> io::Result<Self> {
        let mut out = io::stdout();
        out.write_all(head.as_bytes())?;
        Ok(Self {
            out,
            separator: separator.len(),
        })
    }

    fn findings(&mut self, rendered: &[u8]) -> io::Result<()> {
        if rendered.is_empty() {
            return Ok(());
        }
        let separator = std::mem::take(&mut self.separator);
        self.out
            .write_all(&rendered[separator.min(rendered.len())..])?;
        self.out.flush()
    }

    /// Writes what follows all findings.
    pub(crate) fn end(&mut self, rendered: &[u8]) -> io::Result<()> {
        self.out.write_all(rendered)?;
        self.out.flush()
    }
}

/// Takes the parts of all threads and writes them in order.
pub(super) struct Ordered<T: Task> {
    state: Mutex<State<T::Tally>>,
    turn: Condvar,
    stopped: AtomicBool,
}

struct State<Tally> {
    /// The job whose turn it is.
    next: u64,
    waiting: BTreeMap<u64, PartialResult<Tally>>,
    waiting_bytes: usize,
    sink: Sink,
    total: PartialResult<Tally>,
    broken: bool,
    exit: Exit,
    progress: Progress,
}

impl<T: Task> Ordered<T> {
    pub(super) fn new(sink: Sink, progress: Progress) -> Self {
        Self {
            state: Mutex::new(State {
                next: 0,
                waiting: BTreeMap::new(),
                waiting_bytes: 0,
                sink,
                total: PartialResult::default(),
                broken: false,
                exit: Exit::Clean,
                progress,
            }),
            turn: Condvar::new(),
            stopped: AtomicBool::new(false),
        }
    }

    /// Whether nothing more can be written.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Writes the output so far of an unfinished job as soon as it is its turn; returns whether to continue.
    pub(super) fn pass(&self, number: u64, part: &mut PartialResult<T::Tally>) -> bool {
        let mut state = self.lock();
        while state.next != number && !self.is_stopped() {
            state = self
                .turn
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if self.is_stopped() {
            return false;
        }
        self.write(&mut state, part);
        !self.is_stopped()
    }

    /// Writes the rest of a job, or stores it until it is its turn; returns whether to continue.
    pub(super) fn finish(&self, number: u64, part: &mut PartialResult<T::Tally>) -> bool {
        let mut state = self.lock();
        while state.next != number && !self.is_stopped() {
            let has_room = state.waiting.len() < WAITING_JOBS
                && state.waiting_bytes + part.output.len() <= WAITING_BYTES;
            if has_room {
                part.output.out.shrink_to_fit();
                state.waiting_bytes += part.output.len();
                state.waiting.insert(number, std::mem::take(part));
                return true;
            }
            state = self
                .turn
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if self.is_stopped() {
            return false;
        }
        self.write(&mut state, part);
        state.next += 1;
        while let Some(mut waiting) = state.take_next() {
            self.write(&mut state, &mut waiting);
            state.next += 1;
        }
        self.turn.notify_all();
        !self.is_stopped()
    }

    /// Returns the total.
    pub(super) fn into_result(self) -> RunResult<T::Tally> {
        let State {
            sink,
            total,
            broken,
            exit,
            progress,
            ..
        } = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        progress.finish();
        RunResult {
            sink: (!broken).then_some(sink),
            tally: total.tally,
            files: total.files,
            passed_over: total.passed_over,
            exit,
        }
    }

    /// Makes the others stop when this thread panics, since its job would never be finished.
    pub(super) const fn stop_on_panic(&self) -> StopOnPanic<'_, T> {
        StopOnPanic(self)
    }

    fn write(&self, state: &mut State<T::Tally>, part: &mut PartialResult<T::Tally>) {
        let State {
            sink,
            progress,
            total,
            ..
        } = state;
        if !part.unreadable.is_empty() {
            progress.suspend(|| stdio::eprint(&part.unreadable));
            part.unreadable.clear();
            state.exit = Exit::Trouble;
        }
        if !part.output.notes.is_empty() {
            progress.suspend(|| stdio::eprint(&part.output.notes));
            part.output.notes.clear();
        }
        let written = if part.output.out.is_empty() {
            Ok(())
        } else {
            progress.suspend(|| sink.findings(&part.output.out))
        };
        part.output.out.clear();
        T::add(&mut total.tally, std::mem::take(&mut part.tally));
        total.files += std::mem::take(&mut part.files);
        total.passed_over += std::mem::take(&mut part.passed_over);
        total.bytes += std::mem::take(&mut part.bytes);
        progress.update(total.bytes, || T::findings(&total.tally));
        if let Err(error) = written {
            state.broken = true;
            self.stopped.store(true, Ordering::Relaxed);
            self.turn.notify_all();
            // A closed output is not a fault: the run ends with what it has found so far.
            if error.kind() != ErrorKind::BrokenPipe {
                progress.suspend(|| stdio::eprint(&Failure::output(&error).to_string()));
                state.exit = Exit::Trouble;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T::Tally>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Tally> State<Tally> {
    fn take_next(&mut self) -> Option<PartialResult<Tally>> {
        let part = self.waiting.remove(&self.next)?;
        self.waiting_bytes -= part.output.len();
        Some(part)
    }
}

/// See [`Ordered::stop_on_panic`].
pub(super) struct StopOnPanic<'o, T: Task>(&'o Ordered<T>);

impl<T: Task> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stopped.store(true, Ordering::Relaxed);
            self.0.turn.notify_all();
        }
    }
}
