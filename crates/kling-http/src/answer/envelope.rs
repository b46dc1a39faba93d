//! Finding the task in an answer that wraps it, as gateways and webhooks do.

use serde_json::{Map, Value};

use super::Task;
use crate::task_ref::TaskRef;

/// Members that may hold the task.
const WRAPPERS: [&str; 3] = ["data", "output", "task"];

/// How deeply a task may be wrapped.
const DEPTH: usize = 2;

/// Members that hold other names of a task.
const NAMES: [&str; 2] = ["task_id", "external_task_id"];

/// Which task an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The one asked for.
    This,
    /// Another one.
    Another,
    /// The answer does not say.
    Unnamed,
}

impl Task {
    /// Returns the task that the answer is about: the object itself, or the inner one with the name asked for, or else
    /// the first inner one with a name. Keeps the object around it for its status and its reason.
    pub(crate) fn unwrapped(mut self, asked: Option<&TaskRef>) -> Self {
        self.adopt_id();
        let is_asked = |task: &Self| asked.is_some_and(|asked| task.has_name(asked.as_str()));
        if is_asked(&self) {
            return self;
        }
        let inner: Vec<Self> = candidates(&self.other, DEPTH);
        let found = match inner.iter().position(is_asked) {
            Some(index) => Some(index),
            None if self.has_a_name() => None,
            None => inner.iter().position(Self::has_a_name),
        };
        match found.and_then(|index| inner.into_iter().nth(index)) {
            Some(mut found) => {
                for name in WRAPPERS {
                    self.other.remove(name);
                }
                found.envelope = Some(Box::new(self));
                found
            }
            None => self,
        }
    }

    /// Compares the task with the one asked for.
    pub(crate) fn about(&self, asked: &TaskRef) -> About {
        let own = self
            .client_business_id
            .as_deref()
            .or_else(|| self.envelope.as_ref()?.client_business_id.as_deref());
        let is_of_another = match (own, asked.client_id()) {
            (Some(own), Some(expected)) => own != expected,
            (Some(_) | None, _) => false,
        };
        if is_of_another {
            About::Another
        } else if self.has_name(asked.as_str()) {
            About::This
        } else if self.has_a_name() {
            About::Another
        } else {
            About::Unnamed
        }
    }

    /// Takes the id from undocumented places: `task_id`, or a number.
    fn adopt_id(&mut self) {
        for name in ["id", "task_id"] {
            if self.id.is_none() {
                self.id = match self.other.get(name) {
                    Some(Value::String(id)) => Some(id.clone()),
                    Some(Value::Number(id)) => Some(id.to_string()),
                    Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_))
                    | None => None,
                };
            }
        }
    }

    fn has_name(&self, name: &str) -> bool {
        self.id.as_deref() == Some(name)
            || self.client_business_id.as_deref() == Some(name)
            || NAMES
                .iter()
                .any(|member| self.other.get(*member).and_then(Value::as_str) == Some(name))
    }

    /// Whether any member could identify the task.
    fn has_a_name(&self) -> bool {
        self.id.is_some()
            || self.client_business_id.is_some()
            || ["id", "task_id", "client_business_id"]
                .iter()
                .any(|name| self.other.get(*name).is_some_and(|name| !name.is_null()))
    }
}

/// The objects inside an answer that may be the task, outermost first.
fn candidates(members: &Map<String, Value>, depth: usize) -> Vec<Task> {
    if depth == 0 {
        return Vec::new();
    }
    let objects: Vec<&Map<String, Value>> = WRAPPERS
        .iter()
        .filter_map(|name| members.get(*name))
        .flat_map(|value| {
            let items = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            items.iter().filter_map(Value::as_object)
        })
        .collect();
    let own = objects.iter().map(|object| {
        let mut task = Task::from((*object).clone());
        task.adopt_id();
        task
    });
    let deeper = objects
        .iter()
        .flat_map(|object| candidates(object, depth - 1));
    own.chain(deeper).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::About;
    use crate::{State, Task, TaskRef};

    fn asked(answer: &Value, task: &TaskRef) -> Task {
        let task = serde_json::from_value::<Task>(answer.clone())
            .unwrap()
            .unwrapped(Some(task));
        // Unwrapping a second time loses nothing.
        assert_eq!(task.clone().unwrapped(None).id, task.id);
        task
    }

    #[test]
    fn the_task_is_found_in_every_envelope() {
        let task = TaskRef::id("a");
        for answer in [
            json!({"id": "a", "status": "SUCCESS"}),
            json!({"task_id": "a", "task_status": "succeed"}),
            json!({"code": "success", "data": {"task_id": "a", "status": "success"}}),
            json!({"code": 0, "message": "SUCCEED", "data": {"task_id": "a", "task_status": "succeed"}}),
            json!({"id": "evt", "type": "generation.completed", "data": {"task_id": "a", "status": "SUCCESS"}}),
            json!({"id": "evt", "data": {"id": "other", "data": {"id": "a", "status": "done"}}}),
            json!({"request_id": "r", "output": {"task_id": "a", "task_status": "SUCCEEDED"}}),
            json!({"data": [{"id": "b", "status": "failed"}, {"id": "a", "status": "done"}]}),
            json!({"id": "a", "data": {"status": "completed"}}),
            json!({"status": "completed", "data": {"id": "a", "url": "https://a.example/v.mp4"}}),
        ] {
            let found = asked(&answer, &task);
            assert_eq!(found.about(&task), About::This, "{answer}");
            assert_eq!(found.state(), State::Completed, "{answer}");
        }
    }

    #[test]
    fn another_task_is_distinguished_from_an_answer_without_a_name() {
        let task = TaskRef::id("a").expecting_client_business_id("order-7");
        for (answer, about) in [
            (json!({"id": "a"}), About::This),
            (json!({"id": 17}), About::Another),
            (json!({"id": "A"}), About::Another),
            (json!({"id": " a "}), About::Another),
            (
                json!({"id": "a", "client_business_id": "order-7"}),
                About::This,
            ),
            (
                json!({"id": "a", "client_business_id": "order-8"}),
                About::Another,
            ),
            (
                json!({"client_business_id": "order-8", "data": {"id": "a"}}),
                About::Another,
            ),
            (
                json!({"status": "completed", "client_business_id": "order-8"}),
                About::Another,
            ),
            (json!({"status": "completed"}), About::Unnamed),
            (json!({"data": {"status": "completed"}}), About::Unnamed),
        ] {
            assert_eq!(asked(&answer, &task).about(&task), about, "{answer}");
        }
        let own = TaskRef::client_business_id("order-7");
        for (answer, about) in [
            (
                json!({"id": "b", "client_business_id": "order-7"}),
                About::This,
            ),
            (
                json!({"id": "b", "client_business_id": "ORDER-7"}),
                About::Another,
            ),
            (json!({"id": "order-7"}), About::This),
            (
                json!({"id": "order-7", "client_business_id": "order-8"}),
                About::Another,
            ),
            (json!({"id": "b"}), About::Another),
        ] {
            assert_eq!(asked(&answer, &own).about(&own), about, "{answer}");
        }
        assert_eq!(
            asked(&json!({"id": 17}), &TaskRef::id("17")).about(&TaskRef::id("17")),
            About::This
        );
    }

    #[test]
    fn the_end_of_a_call_is_not_that_of_the_task() {
        let task = TaskRef::id("a");
        let found = asked(
            &json!({"status": "error", "message": "busy", "data": {"id": "a"}}),
            &task,
        );
        assert!(!found.state().is_final() && found.is_of_a_failed_call());
        let found = asked(&json!({"status": "FAILURE", "data": {"id": "a"}}), &task);
        assert_eq!(found.state(), State::Failed);
        let found = asked(&json!({"status": "success", "data": {"id": "a"}}), &task);
        assert!(!found.state().is_final());
        let found = asked(
            &json!({"status": "success", "data": {"id": "a", "status": "queued"}}),
            &task,
        );
        assert_eq!(found.state(), State::Queued);
    }
}
