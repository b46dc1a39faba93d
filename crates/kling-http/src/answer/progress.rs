//! The state and progress of the task in an answer.

use serde_json::Value;

use super::{State, Task};

impl Task {
    /// The state of the task, from its `status`, `task_status` or `state`, at the top of the answer or in the object
    /// around the task. If the status is not a string, its JSON text; empty if there is no status.
    pub fn state(&self) -> State {
        let mut first = None;
        for word in self.words() {
            let state = State::from_word(word);
            if state.is_known() {
                return state;
            }
            first.get_or_insert(state);
        }
        let around = self.envelope.as_ref().map(|envelope| envelope.state());
        // A success without a video may be that of the call, and so may an error.
        let is_of_call = match &around {
            Some(State::Completed) => self.video_url().is_none(),
            Some(State::Failed) => self.is_of_a_failed_call(),
            Some(State::Queued | State::InProgress | State::Other(_)) | None => false,
        };
        if let Some(around) = around
            && around.is_known()
            && !is_of_call
        {
            return around;
        }
        if let Some(event) = self.event().filter(State::is_final) {
            return event;
        }
        first.unwrap_or_else(|| {
            let odd = self.other.get("status").map(Value::to_string);
            State::from_word(&odd.unwrap_or_default())
        })
    }

    /// The status words of the task itself.
    fn words(&self) -> impl Iterator<Item = &str> {
        let inner = ["data", "output"]
            .into_iter()
            .filter_map(|name| self.other.get(name)?.as_object());
        let words = [&self.other].into_iter().chain(inner).flat_map(|members| {
            ["status", "task_status", "state"]
                .into_iter()
                .filter_map(|name| members.get(name)?.as_str())
        });
        self.status.as_deref().into_iter().chain(words)
    }

    /// Whether the object around the task says that the call failed, in words that are not used for tasks.
    pub(crate) fn is_of_a_failed_call(&self) -> bool {
        self.envelope.as_ref().is_some_and(|envelope| {
            envelope.words().any(|word| {
                ["error", "fail"]
                    .iter()
                    .any(|failed| failed.eq_ignore_ascii_case(word.trim()))
            })
        })
    }

    /// The state named by the webhook event around the task, such as `generation.completed`.
    fn event(&self) -> Option<State> {
        let around = &self.envelope.as_ref()?.other;
        ["event", "event_type", "type"].iter().find_map(|name| {
            let (_, word) = around.get(*name)?.as_str()?.rsplit_once('.')?;
            Some(State::from_word(word))
        })
    }

    /// Whether it reports a state, or where the video is.
    pub(crate) fn has_state_or_video(&self) -> bool {
        self.state() != State::Other(String::new()) || self.video_url().is_some()
    }

    /// The progress in percent, always from 0 to 100. A string such as `50%` also counts.
    pub fn percent(&self) -> Option<f64> {
        let percent = match (&self.progress, self.other.get("progress")) {
            (Some(number), _) => number.as_f64()?,
            (None, Some(Value::String(text))) => text.trim().trim_end_matches('%').parse().ok()?,
            (None, _) => return None,
        };
        (!percent.is_nan()).then(|| percent.clamp(0.0, 100.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{State, Task, TaskRef};

    fn task(value: Value) -> Task {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn odd_statuses_are_waiting() {
        for (status, word) in [
            (json!(5), "5"),
            (json!(["completed"]), "[\"completed\"]"),
            (json!(null), "null"),
        ] {
            let state = task(json!({"status": status})).state();
            assert_eq!(state, State::Other(word.to_owned()));
            assert!(!state.is_final() && !state.is_known());
        }
        assert!(task(json!({"status": "pending"})).state().is_known());
        let both = task(json!({"status": 200, "task_status": "succeed"}));
        assert_eq!(both.state(), State::Completed);
    }

    #[test]
    fn progress_may_be_a_text() {
        for (progress, percent) in [
            (json!("100%"), Some(100.0)),
            (json!("7"), Some(7.0)),
            (json!(-5), Some(0.0)),
            (json!(1e308), Some(100.0)),
            (json!("NaN"), None),
            (json!("soon"), None),
        ] {
            assert_eq!(task(json!({"progress": progress})).percent(), percent);
        }
    }

    #[test]
    fn the_name_of_an_event_is_a_word_where_there_is_no_other() {
        let asked = TaskRef::id("a");
        for (answer, state) in [
            (
                json!({"event": "video.completed", "data": {"id": "a"}}),
                State::Completed,
            ),
            (
                json!({"id": "evt", "type": "generation.failed", "data": {"task_id": "a"}}),
                State::Failed,
            ),
            (
                json!({"type": "video.failed", "data": {"id": "a", "status": "queued"}}),
                State::Queued,
            ),
            (
                json!({"type": "failed", "data": {"id": "a"}}),
                State::Other(String::new()),
            ),
        ] {
            let found = task(answer.clone()).unwrapped(Some(&asked));
            assert_eq!(found.state(), state, "{answer}");
        }
    }
}
