//! Batches that are announced and not finished, counted for those who wait for them.

use klamm_wire::Time;

use crate::names::{CallId, TxnTag};
use crate::outbox::Outbox;
use crate::output::{CallError, Done, Output};

/// The count of open batches, and the calls that wait for it to fall.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Ledger {
    announced: u64,
    open: u64,
    /// How many of the open ones belong to the transaction.
    open_in_txn: u32,
    flushes: Vec<Flush>,
    closing: Option<(CallId, Time)>,
    closed: bool,
}

/// A flush, which waits for what was announced before it and for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Flush {
    call: CallId,
    deadline: Time,
    /// Batches with a lower number are waited for.
    before: u64,
    left: u64,
    acked: u64,
    failed: u64,
}

impl Ledger {
    /// Counts a batch and numbers it.
    pub(crate) fn announce(&mut self, tag: Option<TxnTag>) -> u64 {
        let number = self.announced;
        self.announced = number.saturating_add(1);
        self.open = self.open.saturating_add(1);
        self.open_in_txn = self.open_in_txn.saturating_add(u32::from(tag.is_some()));
        number
    }

    /// Counts a finished batch, and answers the flushes that waited for it alone.
    pub(crate) fn finish(
        &mut self,
        number: u64,
        tag: Option<TxnTag>,
        acked: bool,
        out: &mut Outbox,
    ) {
        self.open = self.open.saturating_sub(1);
        self.open_in_txn = self.open_in_txn.saturating_sub(u32::from(tag.is_some()));
        for flush in self.flushes.iter_mut().filter(|flush| number < flush.before) {
            flush.left = flush.left.saturating_sub(1);
            let count = if acked { &mut flush.acked } else { &mut flush.failed };
            *count = count.saturating_add(1);
        }
        self.answer_flushes(out);
    }

    pub(crate) const fn open(&self) -> u64 {
        self.open
    }

    pub(crate) const fn open_in_txn(&self) -> u32 {
        self.open_in_txn
    }

    /// Whether batches are still taken.
    pub(crate) const fn takes_work(&self) -> bool {
        self.closing.is_none() && !self.closed
    }

    pub(crate) fn flush(&mut self, call: CallId, deadline: Time, out: &mut Outbox) {
        let (before, left) = (self.announced, self.open);
        self.flushes.push(Flush { call, deadline, before, left, acked: 0, failed: 0 });
        self.answer_flushes(out);
    }

    /// Takes no more batches; whether this call is the first to ask for that.
    pub(crate) fn close(&mut self, call: CallId, deadline: Time, out: &mut Outbox) -> bool {
        let first = self.takes_work();
        if first {
            self.closing = Some((call, deadline));
        } else {
            let result = if self.closed { Ok(Done::Closed) } else { Err(CallError::IllegalState) };
            out.push(Output::CallDone { call, result });
        }
        first
    }

    /// Answers the closing call if nothing is left that it waits for.
    pub(crate) fn answer_close(&mut self, out: &mut Outbox) {
        if self.open == 0
            && !self.closed
            && let Some((call, _)) = self.closing
        {
            self.closed = true;
            out.push(Output::CallDone { call, result: Ok(Done::Closed) });
        }
    }

    /// Ends what has waited long enough.
    pub(crate) fn on_time(&mut self, now: Time, out: &mut Outbox) {
        for flush in self.flushes.iter().filter(|flush| flush.deadline <= now) {
            out.push(Output::CallDone { call: flush.call, result: Err(CallError::TimedOut) });
        }
        self.flushes.retain(|flush| flush.deadline > now);
    }

    /// Whether a closing producer must give up its batches.
    pub(crate) fn gives_up(&self, now: Time) -> bool {
        !self.closed && self.closing.is_some_and(|(_, deadline)| deadline <= now)
    }

    pub(crate) fn next_wake(&self) -> Option<Time> {
        let closing = self.closing.filter(|_| !self.closed).map(|(_, deadline)| deadline);
        self.flushes.iter().map(|flush| flush.deadline).chain(closing).min()
    }

    fn answer_flushes(&mut self, out: &mut Outbox) {
        for flush in self.flushes.iter().filter(|flush| flush.left == 0) {
            let done = Done::Flushed { acked: flush.acked, failed: flush.failed };
            out.push(Output::CallDone { call: flush.call, result: Ok(done) });
        }
        self.flushes.retain(|flush| flush.left > 0);
    }
}

#[cfg(feature = "model")]
impl crate::canonical::Rename for Ledger {
    fn rename(&mut self, naming: &crate::canonical::Naming<'_>) {
        for flush in &mut self.flushes {
            flush.deadline.rename(naming);
        }
        if let Some((_, deadline)) = &mut self.closing {
            deadline.rename(naming);
        }
    }
}
