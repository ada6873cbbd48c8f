//! The crate's only door to locks, atomics and shared pointers, so that models can stand in.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) use std::sync::PoisonError;

/// Locks; a thread that panicked while it held the lock has left what it guards as it was before or
/// after one whole step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does not keep its target alive.
#[cfg(not(loom))]
pub(crate) type Weak<T> = std::sync::Weak<T>;

/// Models have no weak pointers: none of these ever leads anywhere.
#[cfg(loom)]
#[derive(Debug)]
pub(crate) struct Weak<T>(std::marker::PhantomData<fn() -> T>);

#[cfg(loom)]
impl<T> Weak<T> {
    pub(crate) fn upgrade(&self) -> Option<Arc<T>> {
        None
    }
}

/// A pointer that does not keep `target` alive.
pub(crate) fn downgrade<T>(target: &Arc<T>) -> Weak<T> {
    #[cfg(not(loom))]
    return Arc::downgrade(target);
    #[cfg(loom)]
    {
        let _ = target;
        Weak(std::marker::PhantomData)
    }
}
