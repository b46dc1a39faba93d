//! What is known about names, looked up by name.

/// Values by name, at most a few dozen of them: a search in order, without hashing.
#[derive(Debug)]
pub(crate) struct Names<T>(Box<[(Box<str>, T)]>);

impl<T> Names<T> {
    /// Of several values for one name, the first counts.
    pub(crate) fn new<'n>(entries: impl IntoIterator<Item = (&'n str, T)>) -> Self {
        let entries = entries.into_iter();
        let mut names: Vec<(Box<str>, T)> =
            entries.map(|(name, value)| (name.into(), value)).collect();
        // A stable sort, so that the first of several stays first.
        names.sort_by(|(left, _), (right, _)| left.cmp(right));
        names.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self(names.into())
    }

    /// Iterates over all names with their values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the value for a name.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let index = self
            .0
            .binary_search_by(|(known, _)| (**known).cmp(name))
            .ok()?;
        self.0.get(index).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn the_first_value_for_a_name_counts() {
        let names = Names::new([("b", 1), ("a", 2), ("b", 3), ("", 4)]);
        assert_eq!(
            ["a", "b", "", "c"].map(|name| names.get(name).copied()),
            [Some(2), Some(1), Some(4), None]
        );
    }
}
