//! Who the producer is: its first identity, the next one, and the transactions begun under it.

use crate::names::TxnTag;
use crate::output::{CallError, Done, Fatal, Request};
use crate::stamp::Identity;

use super::caller::Caller;
use super::open::{Held, Open};
use super::state::{Ready, State};
use super::{Effect, Moment, Transactions};

impl Transactions {
    //= I17 nobody without an identity asks for one but on the application's word
    pub(super) fn start_init(
        &mut self,
        caller: Caller,
        at: &mut Moment<'_>,
    ) -> Result<(), CallError> {
        if self.state != State::Uninit {
            return Err(CallError::IllegalState);
        }
        self.state = State::Initializing(caller);
        self.ask(Request::InitProducerId { current: None }, at);
        Ok(())
    }

    //= I17 whoever had an identity names it
    pub(super) fn start_renewal(&mut self, held: Held, caller: Caller, at: &mut Moment<'_>) {
        self.state = State::Renewing { held, caller };
        self.ask(Request::InitProducerId { current: Some(held.identity) }, at);
    }

    pub(super) fn begin(&mut self, held: Held, caller: Caller, at: &mut Moment<'_>) {
        self.last_tag = self.last_tag.saturating_add(1);
        let tag = TxnTag(self.last_tag);
        caller.succeed(Done::Begun(tag), at.out);
        self.state = State::InTxn(Open::new(tag, held));
    }

    /// Takes an identity from the coordinator, if it is one that we can have been given.
    pub(super) fn identified(&mut self, identity: Identity, at: &mut Moment<'_>) {
        if !may_follow(self.identity(), identity) {
            return self.die(Fatal::BrokerMisbehaved, at);
        }
        let held = Held { identity, generation: self.generation };
        self.effects.push_back(Effect::IdentityChanged);
        let unclaimed = if let State::Initializing(caller) = self.state {
            caller.succeed(Done::Initialized, at.out)
        } else if let State::Renewing { caller: caller @ Caller::Waiting { .. }, .. } = self.state {
            return self.begin(held, caller, at);
        } else {
            None
        };
        self.state = State::Ready(Ready { held, renew: false, unclaimed });
    }
}

/// Whether a coordinator can have given the one to a producer that was the other.
//= I19 the epoch is the coordinator's, and sequences begin again only under another identity
pub(super) fn may_follow(before: Option<Identity>, next: Identity) -> bool {
    let valid = next.pid.0 >= 0 && next.epoch.0 >= 0;
    valid && before.is_none_or(|before| before.pid != next.pid || before.epoch < next.epoch)
}
