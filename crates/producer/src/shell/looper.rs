//! The engine with everything that the loop does for it between its turns.

use std::io::IoSlice;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use klamm_engine::call::Call;
use klamm_engine::cluster::{Command, ConnId, Drive, Event};
use klamm_engine::engine::Abandoned;
use klamm_engine::wire::{Clock as _, Now, Time};
use klamm_engine::{Engine, Job};
use klamm_net::ShellClock;
use tokio::sync::oneshot;

use super::courier::Courier;
use super::crew::Crew;
use super::line::{Line, Shell};
use super::timers::Timers;

/// The engine, and who serves it.
pub(crate) struct Looper {
    /// The engine.
    pub(crate) engine: Engine,
    workers: Crew<Job>,
    courier: Arc<Courier>,
    line: Arc<Line>,
    timers: Arc<Timers>,
    clock: ShellClock,
    closing: Option<Closing>,
    /// Everything has ended, and nothing is left to abandon.
    is_over: bool,
}

/// A producer that takes no more records.
struct Closing {
    /// Everything has ended, or the time is over.
    is_done: Arc<AtomicBool>,
    tell: oneshot::Sender<Abandoned>,
}

impl Looper {
    /// With so many threads at most for compression.
    pub(super) fn new(
        engine: Engine,
        accumulator: klamm_engine::Accumulator,
        courier: Arc<Courier>,
        (shell, workers): (&Shell, usize),
    ) -> Self {
        let work = move |job| accumulator.run(job);
        Self {
            engine,
            workers: Crew::new("klamm-compress", workers, work),
            courier,
            line: Arc::clone(&shell.line),
            timers: Arc::clone(&shell.timers),
            clock: shell.clock.clone(),
            closing: None,
            is_over: false,
        }
    }

    /// Takes no more records, and ends when all have ended or at the deadline.
    pub(crate) fn close(&mut self, now: Now, deadline: Time, tell: oneshot::Sender<Abandoned>) {
        // Whoever closes a second time is told by the end of what it waits for.
        if self.is_over || self.closing.is_some() {
            return;
        }
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        self.closing = Some(Closing { is_done, tell });
        let reply = Box::new(move |_| done.store(true, Ordering::Release));
        self.engine.call(now, Call::Close, deadline, reply);
    }

    /// Nobody has a handle any more: ends at once.
    pub(crate) fn leave(&mut self, now: Now) {
        if self.closing.is_none() {
            let left = self.abandon(now);
            warn(left);
            self.line.shut_down();
        }
    }

    fn finish_closing(&mut self, now: Now) {
        let is_done = |closing: &mut Closing| closing.is_done.load(Ordering::Acquire);
        if let Some(Closing { tell, .. }) = self.closing.take_if(is_done) {
            let left = self.abandon(now);
            if tell.send(left).is_err() {
                warn(left);
            }
            self.line.shut_down();
        }
    }

    fn abandon(&mut self, now: Now) -> Abandoned {
        if std::mem::replace(&mut self.is_over, true) {
            return Abandoned::default();
        }
        self.engine.abandon(now)
    }
}

fn warn(left: Abandoned) {
    let Abandoned { not_written, unknown } = left;
    if left != Abandoned::default() {
        tracing::warn!(
            target: "klamm::produce",
            not_written,
            unknown,
            "a producer was dropped with records that had not ended"
        );
    }
}

impl Drive for Looper {
    fn handle(&mut self, now: Now, event: Event) {
        let is_woken = matches!(event, Event::Woken);
        if matches!(event, Event::Tick) {
            self.timers.fire(now.mono);
        }
        self.engine.handle(now, event);
        if is_woken {
            for order in self.line.take() {
                order(self, now);
            }
        }
    }

    fn poll(&mut self, now: Now) -> Option<Command> {
        let command = self.engine.poll(now);
        while let Some(job) = self.engine.next_job() {
            self.workers.push(job);
        }
        if command.is_none() {
            self.finish_closing(now);
        }
        command
    }

    fn next_wake(&self) -> Option<Time> {
        let wakes = [self.engine.next_wake(), self.timers.next()];
        wakes.into_iter().flatten().min()
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.engine.chunks(conn, slices)
    }
}

/// The loop has ended: in order, with its runtime, or by a panic. Whoever waits is told.
impl Drop for Looper {
    fn drop(&mut self) {
        self.line.end();
        let now = self.clock.exact();
        if !self.is_over {
            // After a panic the engine may be in no state to do this.
            let left = catch_unwind(AssertUnwindSafe(|| self.abandon(now)));
            if std::thread::panicking() {
                tracing::error!(target: "klamm::produce", ?left, "the producer's loop panicked");
            }
        }
        self.timers.end();
        self.workers.end();
        self.courier.end();
    }
}
