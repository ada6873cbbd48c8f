//! The clocks of the machine, and the one timer that waits for the next tick.

use std::future::Future as _;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::Context;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use klamm_wire::{Clock, Now, Time, WallMillis};
use tokio::time::{Instant, Sleep, sleep_until};

use super::signal::Signal;

/// The longest sleep: a timer that fires in vain once a day costs nothing, and no sum overflows.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the driver's moments come from, for itself and for whoever else must tell the same time.
///
/// tokio's clock is the monotonic one, so that tests which pause it pause the driver too. Clones
/// tell the same time.
#[derive(Debug, Clone)]
pub struct ShellClock {
    begun: Instant,
    coarse: Arc<Coarse>,
}

/// The last moment that anybody asked for. Its halves are read one by one: they may be of two
/// neighbouring moments, which is as near as a coarse time has to be.
#[derive(Debug, Default)]
struct Coarse {
    mono: AtomicU64,
    wall: AtomicI64,
}

impl Default for ShellClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ShellClock {
    /// Time zero is now.
    pub fn new() -> Self {
        let clock = Self { begun: Instant::now(), coarse: Arc::default() };
        clock.now();
        clock
    }

    /// This moment, which is the coarse one from here on.
    pub(crate) fn now(&self) -> Now {
        let nanos = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let wall = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        self.coarse.mono.fetch_max(nanos, Ordering::Relaxed);
        self.coarse.wall.store(wall, Ordering::Relaxed);
        Now { mono: Time(nanos), wall: WallMillis(wall) }
    }

    fn instant(&self, time: Time) -> Instant {
        let now = Instant::now();
        let latest = now.checked_add(LONGEST).unwrap_or(now);
        let wanted = self.begun.checked_add(Duration::from_nanos(time.0));
        wanted.map_or(latest, |wanted| wanted.min(latest))
    }
}

impl Clock for ShellClock {
    fn coarse(&self) -> Now {
        let Coarse { mono, wall } = &*self.coarse;
        let mono = Time(mono.load(Ordering::Relaxed));
        Now { mono, wall: WallMillis(wall.load(Ordering::Relaxed)) }
    }

    fn exact(&self) -> Now {
        self.now()
    }
}

/// The one timer.
///
/// It fires where the runtime looks at sockets too: whatever had arrived by then is known to be
/// readable when [`take_fired`](Self::take_fired) says so, which a glance at the clock could not
/// promise.
pub(crate) struct Alarm {
    clock: ShellClock,
    signal: Signal,
    sleep: Option<Pin<Box<Sleep>>>,
    /// What the sleep waits for. A wish for later leaves it as it is: the sleep then ends in vain,
    /// which is cheaper than moving it with every deadline that moves.
    armed: Option<Time>,
    has_fired: bool,
}

impl Alarm {
    pub(crate) fn new(clock: ShellClock, signal: Signal) -> Self {
        Self { clock, signal, sleep: None, armed: None, has_fired: false }
    }

    /// Sees to it that the driver is woken at `wake`, or earlier. Whether that time has come
    /// already.
    pub(crate) fn arm(&mut self, wake: Option<Time>) -> bool {
        let Some(wake) = wake else { return false };
        if self.armed.is_some_and(|armed| armed <= wake) {
            return false;
        }
        let until = self.clock.instant(wake);
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(until),
            None => self.sleep = Some(Box::pin(sleep_until(until))),
        }
        self.armed = Some(wake);
        self.poll();
        self.has_fired
    }

    /// Whether a time that was armed has come; said once.
    pub(crate) fn take_fired(&mut self) -> bool {
        if self.signal.take() {
            self.poll();
        }
        mem::take(&mut self.has_fired)
    }

    fn poll(&mut self) {
        let (Some(sleep), Some(_)) = (&mut self.sleep, self.armed) else { return };
        let mut cx = Context::from_waker(self.signal.waker());
        if sleep.as_mut().poll(&mut cx).is_ready() {
            self.armed = None;
            self.has_fired = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_time_is_the_last_that_anybody_asked_for() {
        let clock = ShellClock::new();
        let other = clock.clone();
        let moment = other.exact();
        assert_eq!(clock.coarse(), moment);
        assert_eq!(clock.coarse(), moment, "and stays it");
        assert!(clock.exact().mono >= moment.mono);
    }
}
