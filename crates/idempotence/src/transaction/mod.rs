//! Transactions: begin, send, commit or abort, of both generations of the protocol.
//!
//! ```text
//!           InitTxn                  answered
//!  Uninit ----------> Initializing ------------> Ready <------------------+-----------------+
//!    ^                     |                       |                      |                 |
//!    +------- refused -----+           BeginTxn    |                      |                 |
//!                                   +--------------+                      |                 |
//!                    renewal needed |              | none needed          |                 |
//!                                   v              v                      |                 |
//!                               Renewing -----> InTxn -- Commit --> Committing{Flush}       |
//!                                  answered        |                      | all is acked    |
//!                                                  |                      v                 |
//!                                                  |                Committing{End} --------+
//!                                                  |                      |     answered
//!                       a send, an add or an offset failed                | refused: not done
//!                                                  |                      |                 |
//!                                                  +----> Abortable <-----+                 |
//!                                                  |          |                             |
//!                                            Abort |          | Abort                       |
//!                                                  v          v                    answered |
//!                                                Aborting{Drain} ---> Aborting{End} --------+
//!                                                         no attempt is out
//!  any ----> Fatal
//! ```
//!
//! A call whose deadline comes leaves its state as it is, without a caller; the same call goes on
//! from there, and every other is illegal. What was reached without a caller is told to the call
//! that comes back for it. Without a caller nothing more is asked of a coordinator.
//!
//! **Renewal.** `InitProducerId` with our own identity raises its epoch, and with it everything
//! that is still on its way under the old one becomes void. It is part of `BeginTxn`: that call has
//! a deadline to bound it, and a producer that is not used again asks for nothing. It is needed in
//! the first generation after an abort (sequences have holes) and after any request of the
//! transaction went unanswered (a copy could land in the next one), and when the cluster changes
//! generation.

use std::collections::VecDeque;

use klamm_wire::{ErrorCode, Time};

use crate::input::{Ask, CtrlFacts};
use crate::names::{CallId, CtrlId, Part, TxnTag};
use crate::outbox::Outbox;
use crate::output::{Fatal, Reason};
use crate::settings::{Generation, Settings};
use crate::stamp::Identity;

use self::caller::Caller;
use self::errand::Errand;
use self::state::{Committing, State};

mod adding;
mod answers;
mod caller;
mod calls;
#[cfg(feature = "model")]
mod canonical;
mod ending;
mod errand;
mod identity;
mod open;
mod state;
mod trouble;

#[cfg(test)]
mod tests;

/// The transactional half of a producer: whose transactions, which one is open, how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Transactions {
    settings: Settings,
    /// What the cluster was last said to speak; the open transaction ends as it began.
    generation: Generation,
    state: State,
    /// The one request to a coordinator that is out or waits to be made again.
    errand: Option<Errand>,
    /// The last number given to a request.
    last_ctrl: u64,
    /// The last number given to a transaction.
    last_tag: u64,
    closing: bool,
    effects: VecDeque<Effect>,
}

/// One thing that concerns transactions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// The application asks for a transaction's next step.
    Call { call: CallId, deadline: Time, ask: Ask },
    /// The producer closes: an open transaction is aborted, unless its commit is under way.
    Close,
    /// A request was answered.
    Answer { ctrl: CtrlId, facts: CtrlFacts },
    /// A request will not be answered.
    Lost { ctrl: CtrlId, wrote_full_frame: bool },
    /// A request was not sent: its coordinator could not be found.
    Refused { ctrl: CtrlId, code: ErrorCode },
    /// What the cluster's transactions are.
    Features(Generation),
    /// A partition has a batch to send.
    Wants(Part),
    /// An attempt to write a batch of the transaction leaves.
    Attempted(Part),
    /// A batch or a record of a transaction failed. Told before the load that lacks it.
    SendFailed { tag: TxnTag, reason: Reason, fatal: Option<Fatal> },
    /// The load changed.
    Load,
    /// Time has passed.
    Tick,
}

/// How much of the open transaction is under way among the partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Load {
    /// Its announced batches that are not finished.
    pub(crate) open: u32,
    /// Attempts of its batches that are not answered, also of batches that are finished.
    pub(crate) outstanding: u32,
}

/// What follows for the partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Effect {
    /// The transaction aborts: what has no attempt out fails, and nothing is sent again.
    FailUnsent { reason: Reason },
    /// The transaction is over.
    Ended { new_identity: bool },
    /// The producer is.
    Fatal(Fatal),
    /// More partitions may be written to.
    PartitionsWritable,
    /// Stamps carry another identity, and sequences begin again.
    IdentityChanged,
}

/// The moment of a step: when, under which load, and where its outputs go.
struct Moment<'a> {
    now: Time,
    load: Load,
    out: &'a mut Outbox,
}

impl Transactions {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            settings: settings.clone(),
            generation: Generation::V1,
            state: State::Uninit,
            errand: None,
            last_ctrl: 0,
            last_tag: 0,
            closing: false,
            effects: VecDeque::new(),
        }
    }

    /// Takes in one event, in any state. Answers are seen before deadlines.
    pub(crate) fn step(&mut self, now: Time, event: Event, load: Load, out: &mut Outbox) {
        let at = &mut Moment { now, load, out };
        match event {
            Event::Call { call, deadline, ask } => self.call(ask, Caller::new(call, deadline), at),
            Event::Close => self.close(at),
            Event::Answer { ctrl, facts } => self.answered(ctrl, &facts, at),
            Event::Lost { ctrl, wrote_full_frame } => self.lost(ctrl, wrote_full_frame, at),
            Event::Refused { ctrl, code } => self.refused(ctrl, code, at),
            Event::Features(generation) => self.generation = generation,
            Event::Wants(part) => self.want(part),
            Event::Attempted(_) => self.attempted(),
            Event::SendFailed { tag, reason, fatal } => self.send_failed(tag, reason, fatal, at),
            Event::Load | Event::Tick => {}
        }
        self.expire(at);
        self.advance(at);
    }

    /// When something is due without anybody saying anything.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        let errand = self.errand.as_ref().filter(|_| self.state.may_ask());
        [self.state.deadline(), errand.and_then(Errand::due)].into_iter().flatten().min()
    }

    /// What batches are stamped with.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.state.held().map(|held| held.identity)
    }

    /// The generation of the protocol that the transaction is written in, or the next would be.
    pub(crate) fn generation(&self) -> Generation {
        self.state.held().map_or(self.generation, |held| held.generation)
    }

    /// The transaction that takes new batches.
    pub(crate) fn writable_tag(&self) -> Option<TxnTag> {
        let State::InTxn(open) = &self.state else { return None };
        Some(open.tag())
    }

    /// Whether a batch of the open transaction may be written to the partition, or once more.
    //= I14 nothing is written outside a transaction, or to a partition that it does not hold
    pub(crate) fn may_send(&self, part: Part) -> bool {
        let (State::InTxn(open) | State::Committing(Committing::Flush { open, .. })) = &self.state
        else {
            return false;
        };
        open.takes(part)
    }

    /// Whether a closing producer need not wait for a transaction.
    pub(crate) const fn is_settled(&self) -> bool {
        matches!(self.state, State::Uninit | State::Ready(_) | State::Fatal(_))
    }

    /// The next thing for the partitions to do, until there is none.
    pub(crate) fn take_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Asks again what is due, then whatever the state asks next.
    fn advance(&mut self, at: &mut Moment<'_>) {
        self.wind_down();
        if let Some(errand) = self.errand.as_mut() {
            if self.state.may_ask() && errand.due().is_some_and(|due| due <= at.now) {
                self.last_ctrl = self.last_ctrl.saturating_add(1);
                errand.ask(CtrlId(self.last_ctrl), at.out);
            }
        } else {
            self.seek_work(at);
        }
    }

    /// Finds what the state can do with no request out.
    fn seek_work(&mut self, at: &mut Moment<'_>) {
        self.ask_for_more(at);
        if self.errand.is_none() {
            self.end_if_ready(at);
        }
    }
}
