//! The crate's only door to what threads share.

pub(crate) use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Locks; a thread that panicked while it held the lock has left the pool as it was before or
/// after one whole step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
