//! Wakers that say who woke: a flag for each thing that is polled, and one bell for the task.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// Wakes the task of the driver, wherever it is polled at the time.
#[derive(Default)]
pub(crate) struct Bell(Mutex<Option<Waker>>);

impl Bell {
    /// Rings for this waker from here on.
    pub(crate) fn attach(&self, waker: &Waker) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Some(held) => held.clone_from(waker),
            None => *held = Some(waker.clone()),
        }
    }

    pub(crate) fn ring(&self) {
        // Woken outside the lock: a waker may do anything.
        let waker = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Remembers that something was woken, and rings the bell for it once.
pub(crate) struct Signal {
    flag: Arc<Flag>,
    waker: Waker,
}

struct Flag {
    is_set: AtomicBool,
    bell: Arc<Bell>,
}

impl Flag {
    fn set(&self) {
        if !self.is_set.swap(true, Ordering::AcqRel) {
            self.bell.ring();
        }
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.set();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set();
    }
}

impl Signal {
    /// A signal that is set: what is new is polled once, so that it knows its waker.
    pub(crate) fn new(bell: &Arc<Bell>) -> Self {
        let flag = Arc::new(Flag { is_set: AtomicBool::new(true), bell: Arc::clone(bell) });
        Self { waker: Waker::from(Arc::clone(&flag)), flag }
    }

    /// Whether it was set since this was asked last.
    pub(crate) fn take(&self) -> bool {
        // A plain load first: most of what is asked has nothing to say.
        self.flag.is_set.load(Ordering::Acquire) && self.flag.is_set.swap(false, Ordering::AcqRel)
    }

    /// What sets it.
    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_signal_rings_once_until_it_is_taken() {
        let (bell, count) = (Arc::new(Bell::default()), Arc::new(Count::default()));
        bell.attach(&Waker::from(Arc::clone(&count)));
        let signal = Signal::new(&bell);
        assert!(signal.take(), "a new one is set");
        assert!(!signal.take());
        signal.waker().wake_by_ref();
        signal.waker().wake_by_ref();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(signal.take());
        signal.waker().wake_by_ref();
        assert_eq!(count.0.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_bell_without_a_waker_is_silent() {
        Bell::default().ring();
    }
}
