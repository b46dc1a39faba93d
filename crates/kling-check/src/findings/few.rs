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

    /// Keeps the first `length` items, of which there are no fewer, and puts one on top.
    #[inline]
    pub(super) fn put(&mut self, length: usize, item: T) {
        match self.first.get_mut(length) {
            Some(place) if length <= self.length && self.more.is_empty() => {
                *place = item;
                self.length = length + 1;
            }
            _ => {
                self.truncate(length);
                self.push(item);
            }
        }
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
        fn it_is_a_stack(steps in prop::collection::vec((0..3, 0usize..9), 0..60)) {
            let mut few = Few::<usize, 3>::new(0);
            let mut stack = Vec::new();
            for (step, value) in steps {
                match step {
                    0 => {
                        few.push(value);
                        stack.push(value);
                    }
                    1 => {
                        few.put(value, value);
                        stack.truncate(value);
                        stack.push(value);
                    }
                    _ => {
                        few.truncate(value);
                        stack.truncate(value);
                    }
                }
                prop_assert_eq!(few.len(), stack.len());
                prop_assert!(few.iter().eq(&stack));
                prop_assert!(few.iter().rev().eq(stack.iter().rev()));
            }
        }
    }
}
