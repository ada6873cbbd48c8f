//! Timers for callers, kept by the loop: whoever waits needs no runtime for it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use klamm_engine::wire::Time;

use super::line::Line;

/// Who is to be woken, and when.
#[derive(Default)]
pub(crate) struct Timers(Mutex<Table>);

#[derive(Default)]
struct Table {
    wakers: BTreeMap<Key, Waker>,
    last: u64,
    is_over: bool,
}

/// A time, and the turn among those of the same time.
type Key = (Time, u64);

impl Timers {
    /// The earliest.
    pub(super) fn next(&self) -> Option<Time> {
        self.lock().wakers.first_key_value().map(|((until, _), _)| *until)
    }

    /// Wakes all whose time has come.
    pub(super) fn fire(&self, now: Time) {
        let due = {
            let mut table = self.lock();
            let later = table.wakers.split_off(&(Time(now.0.saturating_add(1)), 0));
            std::mem::replace(&mut table.wakers, later)
        };
        due.into_values().for_each(Waker::wake);
    }

    /// Wakes everybody: no time will come any more.
    pub(super) fn end(&self) {
        let all = {
            let mut table = self.lock();
            table.is_over = true;
            std::mem::take(&mut table.wakers)
        };
        all.into_values().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a time. Dropped, it leaves nothing behind.
pub(crate) struct Sleep {
    timers: Arc<Timers>,
    line: Arc<Line>,
    until: Time,
    key: Option<Key>,
}

impl Sleep {
    pub(super) fn new(timers: Arc<Timers>, line: Arc<Line>, until: Time) -> Self {
        Self { timers, line, until, key: None }
    }

    /// Whether there is nothing to wait for, and whether the loop must hear of the wait.
    fn enlist(&mut self, waker: &Waker) -> (bool, bool) {
        let mut table = self.timers.lock();
        if table.is_over {
            return (true, false);
        }
        let key = match self.key {
            Some(key) if !table.wakers.contains_key(&key) => return (true, false),
            Some(key) => key,
            None => {
                table.last = table.last.wrapping_add(1);
                (self.until, table.last)
            }
        };
        let is_new = self.key.replace(key).is_none();
        table.wakers.insert(key, waker.clone());
        let is_first = table.wakers.first_key_value().is_some_and(|(first, _)| *first == key);
        (false, is_new && is_first)
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (is_over, is_earliest) = self.enlist(cx.waker());
        if is_earliest {
            self.line.wake();
        }
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let waker = self.timers.lock().wakers.remove(&key);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(sleep: &mut Sleep) -> bool {
        Pin::new(sleep).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    fn sleep(timers: &Arc<Timers>, until: u64) -> Sleep {
        Sleep::new(Arc::clone(timers), Arc::default(), Time(until))
    }

    #[test]
    fn a_sleep_ends_when_its_time_has_come_and_not_before() {
        let timers = Arc::new(Timers::default());
        let (mut early, mut late) = (sleep(&timers, 5), sleep(&timers, 6));
        assert!(!poll(&mut late) && !poll(&mut early));
        assert_eq!(timers.next(), Some(Time(5)));
        timers.fire(Time(5));
        assert!(poll(&mut early) && !poll(&mut late));
        assert_eq!(timers.next(), Some(Time(6)));
    }

    #[test]
    fn a_sleep_that_is_dropped_leaves_nothing_behind() {
        let timers = Arc::new(Timers::default());
        let mut dropped = sleep(&timers, 5);
        assert!(!poll(&mut dropped));
        drop(dropped);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn nobody_sleeps_beyond_the_end() {
        let timers = Arc::new(Timers::default());
        let (mut early, mut late) = (sleep(&timers, 5), sleep(&timers, u64::MAX));
        assert!(!poll(&mut early));
        timers.end();
        assert!(poll(&mut early) && poll(&mut late));
    }
}
