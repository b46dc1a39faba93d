//! Several processes and one journal. The test program starts itself as a process that claims a job and holds it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use kling_journal::{Claim, ErrorKind, Event, JobKey, Journal, NewJob, State};

use crate::support::{
    JournalFolder, NOW, SERVICE, TEXT, accepted, begin, holder, new_job, record, saved,
};

/// The variable that passes the path of the journal to a started process.
const PATH: &str = "KLING_JOURNAL_TEST_PATH";
/// The variable with the text of the request.
const REQUEST: &str = "KLING_JOURNAL_TEST_REQUEST";

/// What a started process runs: claims the job, sends it if it is new, reports the result, and holds the job until its
/// input ends.
#[test]
fn started_process() {
    let (Some(path), Ok(text)) = (std::env::var_os(PATH), std::env::var(REQUEST)) else {
        return;
    };
    let mut journal = match Journal::open(Path::new(&path), holder(std::process::id())) {
        Ok(journal) => journal,
        Err(error) => return say(&format!("failed {:?}", error.kind())),
    };
    let key = JobKey::of(&text).unwrap();
    match journal.claim(new_job(&key, &text), NOW) {
        Ok(Claim::New(mut claimed_job)) => {
            journal.record(&mut claimed_job, Event::Send, NOW).unwrap();
            say("sent");
            std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            // The answer is recorded only just before the process ends.
            journal.record(&mut claimed_job, accepted(), NOW).unwrap();
        }
        Ok(Claim::Known(claimed_job, _)) => {
            say(&format!("found {}", claimed_job.job().state.word()));
        }
        Err(error) => {
            if let ErrorKind::Held(holder) = error.kind() {
                say(&format!("held {}", holder.pid));
            } else {
                say(&format!("failed {:?}", error.kind()));
            }
        }
    }
}

fn say(line: &str) {
    // On a line of its own, since the test harness writes here too.
    let mut out = std::io::stdout();
    writeln!(out, "\n>{line}").unwrap();
    out.flush().unwrap();
}

struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn start(place: &JournalFolder, text: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["processes::started_process", "--exact", "--nocapture"])
            .env(PATH, &place.path)
            .env(REQUEST, text)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Returns the next line that the process reports.
    fn reply(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "it said nothing");
            if let Some(reply) = line.trim_end().strip_prefix('>') {
                return reply.to_owned();
            }
        }
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn l07_of_eight_processes_one_sends_and_the_others_name_it() {
    let place = JournalFolder::new();
    let mut processes: Vec<Process> = (0..8).map(|_| Process::start(&place, TEXT)).collect();
    let reply: Vec<String> = processes.iter_mut().map(Process::reply).collect();
    let senders: Vec<usize> = (0..8).filter(|index| reply[*index] == "sent").collect();
    assert_eq!(senders.len(), 1, "{reply:?}");
    let holder = format!("held {}", processes[senders[0]].child.id());
    for (index, reply) in reply.iter().enumerate() {
        assert!(index == senders[0] || *reply == holder, "{reply}");
    }
    processes.into_iter().for_each(Process::end);
    let (job, history) = place.open().job(1).unwrap();
    assert_eq!(job.attempts, 1);
    assert_eq!(history.len(), 3);
    assert!(matches!(job.state, State::Accepted { .. }));
    assert_eq!(place.open().jobs(10).unwrap().len(), 1);
}

#[test]
fn different_jobs_do_not_wait_for_each_other() {
    let place = JournalFolder::new();
    let text = |index: usize| format!(r#"{{"prompt": "{index}"}}"#);
    let mut processes: Vec<Process> = (0..4)
        .map(|index| Process::start(&place, &text(index)))
        .collect();
    for process in &mut processes {
        assert_eq!(process.reply(), "sent");
    }
    processes.into_iter().for_each(Process::end);
    assert_eq!(place.open().jobs(10).unwrap().len(), 4);
}

#[test]
fn l01_the_jobs_of_a_killed_process_are_free_and_unknown() {
    let place = JournalFolder::new();
    let mut process = Process::start(&place, TEXT);
    assert_eq!(process.reply(), "sent");
    let mut journal = place.open();
    let pid = process.child.id();
    assert_eq!(
        journal.holder(1).unwrap().map(|holder| holder.pid),
        Some(pid)
    );
    process.kill();
    assert_eq!(journal.holder(1).unwrap(), None);
    let mut next = Process::start(&place, TEXT);
    assert_eq!(next.reply(), "found unknown");
    next.end();
    drop(journal);
    // Neither the killed process nor the others leave a lock behind.
    let left: Vec<_> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, ["journal.sqlite3"]);
}

#[test]
fn l07_another_job_may_be_asked_for_unless_a_request_is_on_its_way() {
    let place = JournalFolder::new();
    let mut first = place.open();
    let mut claimed_job = begin(&mut first, TEXT);
    record(&mut first, &mut claimed_job, &[Event::Send]);
    let mut second = Journal::open(&place.path, holder(2)).unwrap();
    let key = JobKey::of(TEXT).unwrap();
    let mut again = new_job(&key, TEXT);
    again.again = true;
    again.client_business_id = Some("business-2");
    let error = second.claim(again, NOW).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Held(holder(1)));
    assert!(error.to_string().contains("process 1 on studio"), "{error}");
    record(&mut first, &mut claimed_job, &[accepted()]);
    let Claim::New(other) = second.claim(again, NOW).unwrap() else {
        panic!("another job was asked for");
    };
    assert_eq!(other.job().occurrence, 1);
    // The same process cannot claim one job twice either.
    again.again = false;
    assert_eq!(
        second.claim(again, NOW).unwrap_err().kind(),
        &ErrorKind::Held(holder(2))
    );
}

#[test]
fn l01_a_saved_job_is_reported_again_until_another_is_requested() {
    let place = JournalFolder::new();
    let key = JobKey::of(TEXT).unwrap();
    let mut first = place.open();
    let mut claimed_job = begin(&mut first, TEXT);
    record(
        &mut first,
        &mut claimed_job,
        &[Event::Send, accepted(), Event::Completed, saved()],
    );
    // The process that saved the video is not done yet.
    let mut second = Journal::open(&place.path, holder(2)).unwrap();
    let error = second.claim(new_job(&key, TEXT), NOW).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Held(holder(1)));
    // Whether that process released the job or ended without doing so: it is the same job.
    drop(first);
    for _ in 0..2 {
        let claim = second.claim(new_job(&key, TEXT), NOW).unwrap();
        let Claim::Known(reply, effects) = claim else {
            panic!("another job");
        };
        assert!(matches!(reply.job().state, State::Saved { .. }) && effects.is_empty());
        let _ = second.release(reply).unwrap();
    }
    let again = NewJob {
        again: true,
        client_business_id: Some("business-2"),
        ..new_job(&key, TEXT)
    };
    assert!(matches!(second.claim(again, NOW).unwrap(), Claim::New(_)));
}

#[test]
fn l07_opening_a_journal_takes_no_lock_from_another_in_the_same_process() {
    let place = JournalFolder::new();
    drop(place.open());
    let writing = rusqlite::Connection::open(&place.path).unwrap();
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    drop(place.open());
    // Only another process can see whether the lock is still there: it has to wait for the lock, and reports that.
    let mut other = Process::start(&place, TEXT);
    assert_eq!(other.reply(), "failed Busy");
    other.end();
    writing.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_job_that_is_read_while_it_is_written_is_not_damaged() {
    let place = JournalFolder::new();
    let mut writer = place.open();
    let mut claimed_job = begin(&mut writer, TEXT);
    let key = JobKey::of(TEXT).unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            for _ in 0..300 {
                record(&mut writer, &mut claimed_job, &[Event::Found]);
            }
        });
        let reader = Journal::open_to_read(&place.path, holder(2)).unwrap();
        while !writing.is_finished() {
            let read = || {
                assert_eq!(reader.jobs(10)?.len(), 1);
                assert_eq!(reader.job(1)?.0.state, State::Intent);
                assert!(reader.known(&key, SERVICE)?.is_some());
                assert_eq!(reader.find(Some(SERVICE), "business-1")?.len(), 1);
                Ok::<(), kling_journal::Error>(())
            };
            // On a busy machine the writer may not let a reader in.
            if let Err(error) = read() {
                assert!(matches!(error.kind(), ErrorKind::Busy), "{error}");
            }
        }
    });
}
