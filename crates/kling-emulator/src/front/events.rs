//! The state as server-sent events.

use std::time::Duration;

use tokio::time::timeout;

use crate::app::App;
use crate::http::{Answer, Connection, End, Script};
use crate::service::control;

/// Sends the state whenever it changes, until the client leaves; if there are too many watchers, answers with an
/// error.
pub(super) async fn send(app: &App, connection: &mut Connection) {
    /// How often the progress of jobs is checked.
    const TICK: Duration = Duration::from_millis(200);
    /// The minimum time between two events, however much happens.
    const REST: Duration = Duration::from_millis(50);
    /// After this many quiet ticks a comment keeps the connection open.
    const QUIET_TICKS: u32 = 75;
    let Ok(_place) = app.watchers.try_acquire() else {
        let script = Script::write(no_place(app).bytes(false), End::Close);
        connection.play(&script).await;
        return;
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\n";
    if connection.write(head.as_bytes()).await.is_err() {
        return;
    }
    let mut changes = app.changes.subscribe();
    let mut sent = None;
    let mut quiet = 0;
    loop {
        changes.mark_unchanged();
        let revision = revision(app);
        if sent != Some(revision) {
            sent = Some(revision);
            quiet = 0;
            let mut event = b"event: state\ndata: ".to_vec();
            event.extend_from_slice(&control::state_json(app));
            event.extend_from_slice(b"\n\n");
            let is_gone = connection.write(&event).await.is_err();
            if is_gone || connection.gone_within(REST).await {
                return;
            }
        }
        quiet += 1;
        if quiet > QUIET_TICKS {
            quiet = 0;
            if connection.write(b": still here\n\n").await.is_err() {
                return;
            }
        }
        // A change is reported at once; the progress of jobs is checked on every tick.
        let next = timeout(TICK, changes.changed());
        tokio::select! {
            _ = next => {}
            () = connection.gone() => return,
        }
    }
}

fn no_place(app: &App) -> Answer {
    let message = format!(
        "{} pages and programs are watching already, which is the limit; close one of them, or ask for `/_emulator/state`",
        app.limits.watchers()
    );
    Answer::error(503, "too_many_watchers", &message).with("retry-after", "5")
}

/// Returns a value that differs whenever the state does: after changes, and after progress of jobs.
fn revision(app: &App) -> (u64, u64) {
    let now_ms = app.now_ms();
    let state = app.state();
    let jobs = state.tasks.iter().fold(0_u64, |sum, task| {
        let status = task.status(now_ms);
        let expired = u64::from(now_ms / 1000 >= task.expiry());
        let ended = u64::from(task.ended_ms(now_ms).is_some());
        sum.wrapping_mul(31)
            .wrapping_add(u64::from(status.progress) + (ended << 8) + (expired << 9))
            .wrapping_add(crate::http::wide(status.status.len()) << 10)
    });
    (*app.changes.borrow(), jobs)
}
