//! An application that follows its script: what it calls next, whatever it was told.

use klamm_wire::Time;

use super::scope::TxnScript;
use crate::input::Ask;
use crate::names::{CallId, Group};
use crate::output::{CallError, Done};

/// The one consumer group.
pub(super) const GROUP: Group = Group(0);

/// Where the application stands in its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// It makes transactions possible.
    Init,
    /// It begins its transaction.
    Begin,
    /// It hands in the offset.
    Offsets,
    /// Everything is handed in, and the end is not called for.
    Pause,
    /// It commits.
    Commit,
    /// It aborts.
    Abort,
    /// It tries whether it may abort what it could not commit for certain.
    Tempt,
    /// The script is at its end.
    Done,
    /// The producer cannot go on.
    Stopped,
}

/// The application.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct App {
    pub(super) step: Step,
    /// Which transaction, counted from 0.
    pub(super) txn: usize,
    /// When the call that is open must be answered.
    pub(super) deadline: Option<Time>,
    /// Tells a call from the one before it.
    odd: bool,
    impatient: bool,
}

impl App {
    pub(super) const fn new(impatient: bool) -> Self {
        Self { step: Step::Init, txn: 0, deadline: None, odd: false, impatient }
    }

    pub(super) const fn is_over(&self) -> bool {
        matches!(self.step, Step::Done | Step::Stopped)
    }

    /// What tells one state from another, but for the hour.
    pub(super) const fn facts(&self) -> impl std::hash::Hash + use<> {
        (self.step, self.txn, self.deadline.is_some(), self.odd)
    }

    /// The call that its step makes.
    pub(super) fn ask(&self) -> Option<Ask> {
        match self.step {
            Step::Init => Some(Ask::InitTxn),
            Step::Begin => Some(Ask::BeginTxn),
            Step::Offsets => Some(Ask::SendOffsets { group: GROUP, offsets: 1 }),
            Step::Commit => Some(Ask::Commit),
            Step::Abort | Step::Tempt => Some(Ask::Abort),
            Step::Pause | Step::Done | Step::Stopped => None,
        }
    }

    /// The name of the next call, which is open until then.
    pub(super) fn open(&mut self, deadline: Time) -> CallId {
        self.deadline = Some(deadline);
        self.odd = !self.odd;
        self.name()
    }

    /// Whether that is the call that is open, which it is no more.
    pub(super) fn close(&mut self, call: CallId) -> bool {
        call == self.name() && self.deadline.take().is_some()
    }

    fn name(&self) -> CallId {
        CallId(u64::from(self.odd))
    }

    /// Decides about the end of the transaction.
    pub(super) fn decide(&mut self, txn: &TxnScript) {
        self.step = if txn.commit { Step::Commit } else { Step::Abort };
    }

    /// Goes on after an answer; whether it was one to this call.
    pub(super) fn hear(&mut self, result: Result<Done, CallError>, script: &[TxnScript]) -> bool {
        match result {
            Ok(done) => self.reach(done, script),
            Err(error) => self.fail(error),
        }
    }

    fn reach(&mut self, done: Done, script: &[TxnScript]) -> bool {
        let offsets = script.get(self.txn).is_some_and(|txn| txn.offsets);
        let (fits, next) = match (done, self.step) {
            (Done::Initialized, Step::Init) => (true, Step::Begin),
            (Done::Begun(_), Step::Begin) if offsets => (true, Step::Offsets),
            (Done::Begun(_), Step::Begin) | (Done::OffsetsSent, Step::Offsets) => {
                (true, Step::Pause)
            }
            (Done::Committed, Step::Commit) | (Done::Aborted, Step::Abort | Step::Tempt) => {
                self.txn = self.txn.saturating_add(1);
                (true, if self.txn < script.len() { Step::Begin } else { Step::Done })
            }
            (
                Done::Flushed { .. }
                | Done::Closed
                | Done::Initialized
                | Done::Begun(_)
                | Done::OffsetsSent
                | Done::Committed
                | Done::Aborted,
                step,
            ) => (false, step),
        };
        self.step = next;
        fits
    }

    fn fail(&mut self, error: CallError) -> bool {
        let (fits, next) = match (error, self.step) {
            (CallError::Fatal(_), _) => (true, Step::Stopped),
            (CallError::MustAbort(_), Step::Offsets | Step::Commit) => (true, Step::Abort),
            (CallError::CommitUnknown, Step::Commit) => {
                (true, if self.impatient { Step::Tempt } else { Step::Commit })
            }
            (CallError::IllegalState, Step::Tempt) => (true, Step::Commit),
            (CallError::TimedOut | CallError::Refused(_), step) => (true, step),
            (
                CallError::MustAbort(_)
                | CallError::CommitUnknown
                | CallError::IllegalState
                | CallError::Closed,
                step,
            ) => (false, step),
        };
        self.step = next;
        fits
    }
}
