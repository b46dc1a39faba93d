//! A stack that takes no memory of its own as long as it is short, as nearly all are.

/// A stack whose first `N` items lie in place.
#[derive(Debug)]
pub(super) struct Few<T, const N: usize> {
    first: [T; N],
    more: Vec<T>,
    length: usize,
}

impl<T: Copy, const N: usize> Few<T, N> {
    /// An empty stack; `filler` is what lies where no item is.
    pub(super) const fn new(filler: T) -> Self {
        Self {
            first: [filler; N],
            more: Vec::new(),
            length: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.length
    }

    #[inline]
    pub(super) fn push(&mut self, item: T) {
        match self.first.get_mut(self.length) {
            Some(place) => *place = item,
            None => self.more.push(item),
        }
        self.length += 1;
    }

    /// Keeps the first `length` items, if there are more.
    #[inline]
    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
        if !self.more.is_empty() {
            self.more.truncate(self.length.saturating_sub(N));
        }
    }

    /// The items, the oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        let near = self.first.get(..self.length.min(N)).unwrap_or_default();
        near.iter().chain(&self.more)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Few;

    proptest! {
        /// Whatever is done to it, it is as a `Vec` of which the same is done.
        #[test]
        fn it_is_a_stack(steps in prop::collection::vec((any::<bool>(), 0usize..9), 0..60)) {
            let mut few = Few::<usize, 3>::new(0);
            let mut stack = Vec::new();
            for (is_push, value) in steps {
                if is_push {
                    few.push(value);
                    stack.push(value);
                } else {
                    few.truncate(value);
                    stack.truncate(value);
                }
                prop_assert_eq!(few.len(), stack.len());
                prop_assert!(few.iter().eq(&stack));
                prop_assert!(few.iter().rev().eq(stack.iter().rev()));
            }
        }
    }
}
