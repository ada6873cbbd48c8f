//! The engine with everything that the loop does for it between its turns.

use std::io::IoSlice;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use klamm_engine::call::Call;
use klamm_engine::cluster::{Command, ConnId, Drive, Event};
use klamm_engine::engine::Abandoned;
use klamm_engine::wire::{Clock as _, Now, Time};
use klamm_engine::{Accumulator, Engine, Job};
use klamm_net::ShellClock;
use tokio::sync::oneshot;

use super::courier::Courier;
use super::crew::Crew;
use super::line::{Line, Shell};
use super::timers::Timers;

/// How much later than we the engine itself gives up closing.
const GRACE: Duration = Duration::from_secs(3600);

/// The engine, and who serves it.
pub(crate) struct Looper {
    /// The engine.
    pub(crate) engine: Engine,
    accumulator: Accumulator,
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
    /// Every record has ended, or the engine has closed.
    is_done: Arc<AtomicBool>,
    /// It is the engine's closing that is waited for, which ends a transaction.
    is_flushed: bool,
    /// When what is left is given up.
    deadline: Time,
    tell: oneshot::Sender<Abandoned>,
}

impl Looper {
    /// With so many threads at most for compression.
    pub(super) fn new(
        engine: Engine,
        accumulator: Accumulator,
        courier: Arc<Courier>,
        (shell, workers): (&Shell, usize),
    ) -> Self {
        let runner = accumulator.clone();
        let work = move |job| runner.run(job);
        Self {
            engine,
            accumulator,
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
        self.accumulator.close();
        // Its own deadline stands guard only: here is counted what is given up.
        let is_done = self.done(now, Call::Flush, deadline.saturating_add(GRACE));
        self.closing = Some(Closing { is_done, is_flushed: false, deadline, tell });
    }

    /// Whether a call has been answered, whatever the answer.
    fn done(&mut self, now: Now, call: Call, deadline: Time) -> Arc<AtomicBool> {
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let reply = Box::new(move |_| done.store(true, Ordering::Release));
        self.engine.call(now, call, deadline, reply);
        is_done
    }

    /// Nobody has a handle any more: ends at once.
    pub(crate) fn leave(&mut self, now: Now) {
        if self.closing.is_none() {
            let left = self.abandon(now);
            warn(left);
            self.line.shut_down();
        }
    }

    /// Gets on with closing; whether the engine was asked for something.
    fn finish_closing(&mut self, now: Now) -> bool {
        let is_answered = |closing: &Closing| closing.is_done.load(Ordering::Acquire);
        let to_close = |closing: &&Closing| is_answered(closing) && !closing.is_flushed;
        if let Some(deadline) = self.closing.as_ref().filter(to_close).map(|one| one.deadline) {
            let closes = self.done(now, Call::Close, deadline);
            if let Some(closing) = &mut self.closing {
                (closing.is_done, closing.is_flushed) = (closes, true);
            }
            return true;
        }
        let is_over = |closing: &mut Closing| closing.deadline <= now.mono || is_answered(closing);
        if let Some(Closing { tell, .. }) = self.closing.take_if(is_over) {
            let left = self.abandon(now);
            if tell.send(left).is_err() {
                warn(left);
            }
            self.line.shut_down();
        }
        false
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
            self.finish_closing(now);
        }
        self.engine.handle(now, event);
        if is_woken {
            for order in self.line.take() {
                order(self, now);
            }
        }
    }

    fn poll(&mut self, now: Now) -> Option<Command> {
        loop {
            let command = self.engine.poll(now);
            while let Some(job) = self.engine.next_job() {
                self.workers.push(job);
            }
            // What closing asks of the engine may be more to do; that happens once.
            if command.is_some() || !self.finish_closing(now) {
                return command;
            }
        }
    }

    fn next_wake(&self) -> Option<Time> {
        let closing = self.closing.as_ref().map(|closing| closing.deadline);
        let wakes = [self.engine.next_wake(), self.timers.next(), closing];
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
