//! What goes wrong: deadlines that come, sends that fail, and ends of the transaction or of all.

use klamm_wire::ErrorCode;

use crate::names::TxnTag;
use crate::output::{CallError, Fatal, Reason};
use crate::settings::Generation;

use super::state::{AbortStage, Aborting, CommitEnd, Committing, Ready, State};
use super::{Effect, Moment, Transactions};

impl Transactions {
    /// Lets go of a caller whose deadline has come.
    pub(super) fn expire(&mut self, at: &mut Moment<'_>) {
        let error =
            if self.may_be_committed() { CallError::CommitUnknown } else { CallError::TimedOut };
        if let Some((_, caller)) = self.state.pending() {
            caller.expire(at.now, error, at.out);
        } else if self.state.deadline().is_some_and(|deadline| deadline <= at.now) {
            self.abortable(Reason::DeadlinePassed, at);
        }
    }

    /// Whether a commit is out whose answer is not known.
    fn may_be_committed(&self) -> bool {
        let State::Committing(Committing::End(end)) = &self.state else { return false };
        end.doubt || self.errand.as_ref().is_some_and(|errand| !errand.is_resting())
    }

    /// A batch of the transaction failed, so it will not be committed.
    //= I15 every send of a committed transaction was acknowledged
    pub(super) fn send_failed(
        &mut self,
        tag: TxnTag,
        reason: Reason,
        fatal: Option<Fatal>,
        at: &mut Moment<'_>,
    ) {
        if let Some(fatal) = fatal {
            return self.die(fatal, at);
        }
        let (State::InTxn(open) | State::Committing(Committing::Flush { open, .. })) = &self.state
        else {
            return;
        };
        if open.tag() == tag {
            self.abortable(reason, at);
        }
    }

    /// A coordinator said that the transaction can only be aborted.
    pub(super) fn must_abort(&mut self, code: ErrorCode, at: &mut Moment<'_>) {
        match &self.state {
            State::Initializing(_) | State::Renewing { .. } => self.refuse(code, at),
            State::Committing(Committing::End(CommitEnd { doubt: true, open, .. }))
                if open.held.generation == Generation::V1 =>
            {
                self.die(Fatal::Refused(code), at);
            }
            State::InTxn(_) | State::Committing(_) => self.abortable(Reason::Refused(code), at),
            State::Aborting(Aborting { stage: AbortStage::End, .. }) => {
                self.die(Fatal::Refused(code), at);
            }
            State::Uninit
            | State::Ready(_)
            | State::Abortable { .. }
            | State::Aborting(_)
            | State::Fatal(_) => {}
        }
    }

    /// The transaction can only be aborted.
    fn abortable(&mut self, reason: Reason, at: &mut Moment<'_>) {
        self.fail_pending(CallError::MustAbort(reason), at);
        self.forget_resting_errand();
        if let Some(open) = self.state.take_open() {
            self.state = State::Abortable { open, reason };
        }
    }

    /// An identity is denied for the moment: the call may be made again.
    pub(super) fn refuse(&mut self, code: ErrorCode, at: &mut Moment<'_>) {
        self.fail_pending(CallError::Refused(code), at);
        if let State::Renewing { held, .. } = self.state {
            self.state = State::Ready(Ready { held, renew: true, unclaimed: None });
        } else if matches!(self.state, State::Initializing(_)) {
            self.state = State::Uninit;
        }
    }

    /// The producer cannot go on.
    //= I17 a producer that was fenced asks for nothing more
    pub(super) fn die(&mut self, fatal: Fatal, at: &mut Moment<'_>) {
        if matches!(self.state, State::Fatal(_)) {
            return;
        }
        let unknown = self.may_be_committed();
        let error = if unknown { CallError::CommitUnknown } else { CallError::Fatal(fatal) };
        self.fail_pending(error, at);
        self.errand = None;
        self.state = State::Fatal(fatal);
        self.effects.push_back(Effect::Fatal(fatal));
    }

    /// Fails whatever call is at work.
    pub(super) fn fail_pending(&mut self, error: CallError, at: &mut Moment<'_>) {
        if let Some((_, caller)) = self.state.pending() {
            caller.give_up(error, at.out);
        } else if let Some(offsets) = self.state.open_mut().and_then(|open| open.offsets.take()) {
            offsets.caller.fail(error, at.out);
        }
    }
}
