//! Processes a list of items, several of them concurrently.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use xtask::failure::{Failure, Result};

/// The number of items processed concurrently. They wait for disks and sockets more than they compute.
const AT_ONCE: usize = 4;

/// Processes each item and returns the results in the order of the items. After a failure no other item is begun.
///
/// # Errors
/// That of the first item that failed, preceded by the item's name.
pub(super) fn each<I: Sync, T: Send>(
    items: &[I],
    name: impl Fn(&I) -> String + Sync,
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let failed = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(items.len()) {
            scope.spawn(|| {
                while locked(&failed).is_none() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else {
                        break;
                    };
                    match work(item) {
                        Ok(value) => locked(&done).push((index, value)),
                        Err(failure) => {
                            let failure = Failure::new(format!("{}: {failure}", name(item)));
                            locked(&failed).get_or_insert(failure);
                        }
                    }
                }
            });
        }
    });
    if let Some(failure) = locked(&failed).take() {
        return Err(failure);
    }
    let mut done = std::mem::take(&mut *locked(&done));
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}

fn locked<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_done_in_order_and_a_failure_is_named() {
        let items: Vec<u32> = (0..50).collect();
        let squares = each(&items, u32::to_string, |item| Ok(item * item)).unwrap();
        assert_eq!(squares[7], 49);
        assert_eq!(squares.len(), 50);
        let failure = each(&items, u32::to_string, |item| {
            if *item == 30 {
                Err(Failure::new("too many"))
            } else {
                Ok(())
            }
        });
        assert_eq!(failure, Err(Failure::new("30: too many")));
    }
}
