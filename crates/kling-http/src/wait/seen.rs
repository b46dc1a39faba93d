//! What a wait remembers of its task: as little as possible, since there may be thousands.

use crate::answer::{State, Task};

/// A task as it was last seen. As a struct it takes about two kilobytes, as text a tenth of that.
#[derive(Debug)]
pub(crate) struct LastSeen {
    state: State,
    percent: Option<f64>,
    text: Box<str>,
    raw: Box<str>,
}

impl LastSeen {
    pub(crate) fn new(task: &Task) -> Self {
        Self {
            state: task.state(),
            percent: task.percent(),
            // A task consists of JSON values, which can always be written.
            text: serde_json::to_string(task).unwrap_or_default().into(),
            raw: task.raw().into(),
        }
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.state == State::Completed
    }

    /// Whether `task` is behind this: in an earlier state, or with less progress in the same state.
    pub(crate) fn is_ahead_of(&self, task: &Task) -> bool {
        rank(&task.state(), task.percent()) < rank(&self.state, self.percent)
    }

    /// Whether `task` contains nothing new.
    pub(crate) fn is_like(&self, task: &Task) -> bool {
        self.state == task.state() && self.percent == task.percent()
    }

    /// Returns the task.
    pub(crate) fn task(&self) -> Option<Box<Task>> {
        let task: Task = serde_json::from_str(&self.text).ok()?;
        Some(Box::new(task.with_raw(self.raw.clone())))
    }
}

/// Ranks a task for comparison: by state, then by progress.
fn rank(state: &State, percent: Option<f64>) -> (u8, f64) {
    let state = match state {
        State::Other(_) => 0,
        State::Queued => 1,
        State::InProgress => 2,
        State::Completed | State::Failed => 3,
    };
    (state, percent.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LastSeen;
    use crate::Task;

    #[test]
    fn nothing_is_lost() {
        for task in [
            json!({}),
            json!({"id": "a", "status": "in_progress", "progress": 50, "x": {"y": [1.5, null]}}),
            json!({"id": "a", "result": {"data": [{"url": "https://a.example/x?y=z"}]}, "error": {"code": 7}}),
        ] {
            let task: Task = serde_json::from_value(task).unwrap();
            let task = task.with_raw("as it came");
            assert_eq!(LastSeen::new(&task).task().as_deref(), Some(&task));
        }
    }
}
