//! The crate's only door to locks, atomics and shared pointers, so that models can stand in.
//!
//! Shared pointers are the real ones in models too: methods are called on them, which a stand-in
//! does not allow, and nothing here relies on more of them than that they count.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use std::sync::{Arc, PoisonError, Weak};

/// Locks; a thread that panicked while it held the lock has left what it guards as it was before or
/// after one whole step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
