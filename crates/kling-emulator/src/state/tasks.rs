//! All jobs, found by their id, by the caller's id, or by their video.

use std::collections::HashMap;

use super::task::Task;

/// All jobs, in the order in which they were submitted.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    all: Vec<Task>,
    ids: HashMap<String, usize>,
    /// The most recent task of each caller's id.
    client_ids: HashMap<String, usize>,
    tokens: HashMap<String, usize>,
}

impl Tasks {
    pub(crate) fn add(&mut self, task: Task) {
        let index = self.all.len();
        self.ids.insert(task.id.clone(), index);
        self.tokens.insert(task.token.clone(), index);
        if let Some(id) = &task.client_business_id {
            self.client_ids.insert(id.clone(), index);
        }
        self.all.push(task);
    }

    /// Returns the task with this id, or the most recent one with this `client_business_id`.
    pub(crate) fn find(&self, id: &str) -> Option<&Task> {
        let index = self.ids.get(id).or_else(|| self.client_ids.get(id))?;
        self.all.get(*index)
    }

    pub(crate) fn of_video(&self, token: &str) -> Option<&Task> {
        self.all.get(*self.tokens.get(token)?)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Task> + ExactSizeIterator {
        self.all.iter()
    }

    /// Returns the seconds that were charged for tasks that have failed.
    pub(crate) fn failed_seconds(&self, now_ms: u64) -> u64 {
        let failed = self.all.iter().filter(|task| task.is_failed(now_ms));
        failed
            .map(|task| u64::from(task.billed_seconds.unwrap_or_default()))
            .sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}
