//! What the application asks: each call begins something, goes on with it, or takes its outcome.

use crate::input::Ask;
use crate::names::Group;
use crate::output::{CallError, Done, Reason};

use super::caller::Caller;
use super::open::{Offsets, Open};
use super::state::{AbortStage, Aborting, Committing, Ready, State};
use super::{Moment, Transactions};

/// More partitions than a group can have: a longer list is a mistake, and costs no memory.
const MOST_OFFSETS: u32 = 1 << 20;

impl Transactions {
    /// Answers a call at once, or keeps its caller.
    pub(super) fn call(&mut self, ask: Ask, caller: Caller, at: &mut Moment<'_>) {
        let begun = if let State::Fatal(fatal) = self.state {
            Err(CallError::Fatal(fatal))
        } else if self.closing {
            Err(CallError::Closed)
        } else if self.resume(ask, caller) || self.claim(ask, caller, at) {
            Ok(())
        } else {
            self.start(ask, caller, at)
        };
        if let Err(error) = begun {
            caller.fail(error, at.out);
        }
    }

    /// Puts the caller where the same call was given up before.
    fn resume(&mut self, ask: Ask, caller: Caller) -> bool {
        let pending = self.state.pending();
        let given_up = pending.filter(|(pending, waiting)| *pending == ask && waiting.is_gone());
        given_up.map(|(_, waiting)| *waiting = caller).is_some()
    }

    /// Tells what was reached while the caller was gone.
    fn claim(&mut self, ask: Ask, caller: Caller, at: &mut Moment<'_>) -> bool {
        let State::Ready(ready) = &mut self.state else { return false };
        let Some(done) = ready.unclaimed.take_if(|done| asks_for(ask, *done)) else { return false };
        caller.succeed(done, at.out);
        true
    }

    fn start(&mut self, ask: Ask, caller: Caller, at: &mut Moment<'_>) -> Result<(), CallError> {
        match ask {
            Ask::InitTxn => self.start_init(caller, at),
            Ask::BeginTxn => self.start_begin(caller, at),
            Ask::SendOffsets { group, offsets } => self.start_offsets(caller, group, offsets, at),
            Ask::Commit => self.start_commit(caller),
            Ask::Abort => self.start_abort(caller, at),
            Ask::Flush | Ask::Close => Err(CallError::IllegalState),
        }
    }

    fn start_begin(&mut self, caller: Caller, at: &mut Moment<'_>) -> Result<(), CallError> {
        let State::Ready(Ready { held, renew, unclaimed: None }) = self.state else {
            return Err(CallError::IllegalState);
        };
        if renew || held.generation != self.generation {
            self.start_renewal(held, caller, at);
        } else {
            self.begin(held, caller, at);
        }
        Ok(())
    }

    fn start_offsets(
        &mut self,
        caller: Caller,
        group: Group,
        offsets: u32,
        at: &mut Moment<'_>,
    ) -> Result<(), CallError> {
        let open = self.idle_transaction()?;
        if offsets > MOST_OFFSETS {
            return Err(CallError::IllegalState);
        }
        if offsets == 0 {
            caller.succeed(Done::OffsetsSent, at.out);
        } else {
            let left = (0..offsets).collect();
            open.offsets = Some(Offsets { caller, group, left, added: false });
        }
        Ok(())
    }

    //= I15 a transaction with a failed send is not committed
    fn start_commit(&mut self, caller: Caller) -> Result<(), CallError> {
        self.idle_transaction()?;
        if let Some(open) = self.state.take_open() {
            self.state = State::Committing(Committing::Flush { open, caller });
        }
        Ok(())
    }

    /// The transaction, if it can go on and no call is at work on it.
    fn idle_transaction(&mut self) -> Result<&mut Open, CallError> {
        if let State::Abortable { reason, .. } = self.state {
            return Err(CallError::MustAbort(reason));
        }
        let State::InTxn(open) = &mut self.state else { return Err(CallError::IllegalState) };
        if open.offsets.is_some() { Err(CallError::IllegalState) } else { Ok(open) }
    }

    /// Offsets on their way are no reason not to abort: who waits for them may be gone, and nobody
    /// could end the transaction before their time is over.
    fn start_abort(&mut self, caller: Caller, at: &mut Moment<'_>) -> Result<(), CallError> {
        if let State::InTxn(Open { offsets, .. }) = &mut self.state {
            if let Some(offsets) = offsets.take() {
                offsets.caller.fail(CallError::MustAbort(Reason::Aborted), at.out);
            }
        } else if !matches!(self.state, State::Abortable { .. }) {
            return Err(CallError::IllegalState);
        }
        self.abort(caller);
        Ok(())
    }

    /// Gives up the open transaction, whatever it waits for.
    fn abort(&mut self, caller: Caller) {
        if let Some(open) = self.state.take_open() {
            self.forget_resting_errand();
            self.fail_unsent();
            self.state = State::Aborting(Aborting { open, caller, stage: AbortStage::Drain });
        }
    }

    /// Takes no more calls, and aborts what nobody is committing.
    pub(super) fn close(&mut self, at: &mut Moment<'_>) {
        self.closing = true;
        if let State::Initializing(caller) = self.state {
            caller.fail(CallError::Closed, at.out);
            self.errand = None;
            self.state = State::Uninit;
        } else if let State::Renewing { held, caller } = self.state {
            caller.fail(CallError::Closed, at.out);
            self.errand = None;
            self.state = State::Ready(Ready { held, renew: true, unclaimed: None });
        } else if let State::InTxn(open) = &mut self.state {
            if let Some(offsets) = open.offsets.take() {
                offsets.caller.fail(CallError::Closed, at.out);
            }
            self.abort(Caller::Nobody);
        }
    }

    /// Ends a closing producer's transaction once nobody else will.
    pub(super) fn wind_down(&mut self) {
        if !self.closing {
            return;
        }
        let given_up = matches!(
            self.state,
            State::Abortable { .. }
                | State::Committing(Committing::Flush { caller: Caller::Gone, .. })
        );
        if given_up {
            self.abort(Caller::Nobody);
        } else if let Some((_, caller @ Caller::Gone)) = self.state.pending() {
            *caller = Caller::Nobody;
        }
    }
}

/// Whether that is the outcome of that call.
const fn asks_for(ask: Ask, done: Done) -> bool {
    match ask {
        Ask::InitTxn => matches!(done, Done::Initialized),
        Ask::Commit => matches!(done, Done::Committed),
        Ask::Abort => matches!(done, Done::Aborted),
        Ask::BeginTxn | Ask::SendOffsets { .. } | Ask::Flush | Ask::Close => false,
    }
}
