//! The end of a transaction: when it may be asked for, and what its answer means.

use klamm_wire::ErrorCode;

use crate::fate::Evidence;
use crate::input::Ask;
use crate::output::{Done, Fatal, Reason};
use crate::settings::Generation;
use crate::stamp::Identity;

use super::caller::Caller;
use super::identity::may_follow;
use super::open::{Held, Open};
use super::state::{AbortStage, Aborting, CommitEnd, Committing, Ready, State};
use super::{Effect, Load, Moment, Transactions};

impl Transactions {
    /// Asks for the end, or does without, as soon as nothing of the transaction is under way.
    //= I18 no attempt is out when the end is asked for
    pub(super) fn end_if_ready(&mut self, at: &mut Moment<'_>) {
        if let State::Committing(Committing::Flush { caller, .. }) = self.state {
            if !caller.is_gone() && at.load == Load::default() {
                self.end(caller, true, at);
            }
        } else if let State::Aborting(Aborting { caller, stage: AbortStage::Drain, .. }) =
            self.state
            && !caller.is_gone()
            && at.load.outstanding == 0
        {
            if at.load.open > 0 {
                // Batches whose attempts were out when the abort began, and came to nothing.
                self.fail_unsent();
            }
            self.end(caller, false, at);
        }
    }

    /// Has every batch failed that has no attempt out.
    pub(super) fn fail_unsent(&mut self) {
        let reason = if self.closing { Reason::Closed } else { Reason::Aborted };
        self.effects.push_back(Effect::FailUnsent { reason });
    }

    /// A transaction that the coordinator cannot know of ends without a word to it.
    fn end(&mut self, caller: Caller, commit: bool, at: &mut Moment<'_>) {
        let Some(open) = self.state.take_open() else { return };
        if !open.must_end() {
            let done = if commit { Done::Committed } else { Done::Aborted };
            return self.finish(&open, None, caller.succeed(done, at.out));
        }
        self.ask(open.end_request(commit), at);
        self.state = if commit {
            State::Committing(Committing::End(CommitEnd { open, caller, doubt: false }))
        } else {
            State::Aborting(Aborting { open, caller, stage: AbortStage::End })
        };
    }

    /// The coordinator has ended the transaction, and in the second generation names who we are.
    pub(super) fn ended(&mut self, next: Option<Identity>, at: &mut Moment<'_>) {
        let Some(held) = self.state.held() else { return };
        let next = next.filter(|next| may_follow(Some(held.identity), *next));
        match held.generation {
            Generation::V1 => self.close_transaction(None, at),
            Generation::V2 if next.is_some() => self.close_transaction(next, at),
            Generation::V2 => {
                // It is over, but under which identity the next would be written nobody knows.
                if let State::Committing(Committing::End(end)) = &mut self.state {
                    end.doubt = true;
                }
                self.die(Fatal::BrokerMisbehaved, at);
            }
        }
    }

    /// An abort met a coordinator that holds no transaction of ours.
    pub(super) fn nothing_open(&mut self, code: ErrorCode, at: &mut Moment<'_>) {
        let unconfirmed = self.state.open().is_some_and(|open| {
            open.held.generation == Generation::V1 && open.known == Evidence::Maybe
        });
        if unconfirmed {
            self.close_transaction(None, at);
        } else {
            self.die(Fatal::Refused(code), at);
        }
    }

    /// Tells the caller, and is ready for the next transaction.
    fn close_transaction(&mut self, next: Option<Identity>, at: &mut Moment<'_>) {
        let Some((ask, caller)) = self.state.pending() else { return };
        let done = if ask == Ask::Abort { Done::Aborted } else { Done::Committed };
        let unclaimed = caller.succeed(done, at.out);
        if let Some(mut open) = self.state.take_open() {
            open.stale |= done == Done::Aborted;
            self.finish(&open, next, unclaimed);
        }
    }

    /// The transaction is over. In the first generation its identity serves the next one as well,
    /// unless something of this one may still come to light under it.
    //= R20 an abort leaves holes in the sequences
    //= I16 a copy that lands late meets another epoch
    fn finish(&mut self, open: &Open, next: Option<Identity>, unclaimed: Option<Done>) {
        let identity = next.unwrap_or(open.held.identity);
        if next.is_some() {
            self.effects.push_back(Effect::IdentityChanged);
        }
        self.effects.push_back(Effect::Ended { new_identity: next.is_some() });
        let renew = open.stale && open.held.generation == Generation::V1;
        let held = Held { identity, ..open.held };
        self.state = State::Ready(Ready { held, renew, unclaimed });
    }
}
