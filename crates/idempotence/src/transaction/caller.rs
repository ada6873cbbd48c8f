//! Who waits for the outcome of a call, and until when.

use klamm_wire::Time;

use crate::names::CallId;
use crate::outbox::Outbox;
use crate::output::{CallError, Done, Output};

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// A call, until its deadline.
    Waiting { call: CallId, deadline: Time },
    /// Nobody at present; the same call may come back.
    Gone,
    /// Nobody, ever: the producer closes.
    Nobody,
}

impl Caller {
    pub(super) const fn new(call: CallId, deadline: Time) -> Self {
        Self::Waiting { call, deadline }
    }

    pub(super) const fn is_gone(self) -> bool {
        matches!(self, Self::Gone)
    }

    pub(super) const fn deadline(self) -> Option<Time> {
        match self {
            Self::Waiting { deadline, .. } => Some(deadline),
            Self::Gone | Self::Nobody => None,
        }
    }

    /// Tells of success; what nobody took yet is returned.
    pub(super) fn succeed(self, done: Done, out: &mut Outbox) -> Option<Done> {
        match self {
            Self::Waiting { call, .. } => {
                out.push(Output::CallDone { call, result: Ok(done) });
                None
            }
            Self::Gone => Some(done),
            Self::Nobody => None,
        }
    }

    pub(super) fn fail(self, error: CallError, out: &mut Outbox) {
        match self {
            Self::Waiting { call, .. } => {
                out.push(Output::CallDone { call, result: Err(error) });
            }
            Self::Gone | Self::Nobody => {}
        }
    }

    /// Fails a call whose deadline has come; it may come back.
    pub(super) fn expire(&mut self, now: Time, error: CallError, out: &mut Outbox) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.give_up(error, out);
        }
    }

    /// Fails a call, which is told nothing more.
    pub(super) fn give_up(&mut self, error: CallError, out: &mut Outbox) {
        self.fail(error, out);
        if matches!(self, Self::Waiting { .. }) {
            *self = Self::Gone;
        }
    }
}
