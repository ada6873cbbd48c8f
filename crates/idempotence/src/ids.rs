//! The producer id of a producer without transactions, and its epochs.
//!
//! ```text
//!           a batch is announced           the answer
//!   Unset ────────────────────────▶ Asked ────────────▶ Held
//!     ▲                             │   ▲                 │
//!     │                    an error ▼   │ after a wait    │ a partition's epochs are used up,
//!     │                            Waiting                │ or the id is not known to the cluster
//!     └───────────────────────────────────────────────────┘
//! ```
//!
//! Each partition counts epochs by itself: a broker compares the epoch of a batch with that of the
//! same partition alone. Only a newer epoch of the *same* id keeps a late copy of an older batch
//! out of the log, so a partition stays with its id until it has used its last epoch, whatever
//! others do.

use klamm_wire::{Epoch, ErrorClass, ErrorCode, ProducerId, Time};

use crate::backoff;
use crate::names::CtrlId;
use crate::outbox::Outbox;
use crate::output::{Destination, Fatal, Output, Request};
use crate::partition::lane::Left;
use crate::settings::Settings;
use crate::stamp::Identity;

/// Who the producer is, and how far that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Ids {
    state: State,
    asked: u64,
    tries: u32,
    /// An id that the cluster does not know.
    void: Option<ProducerId>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
enum State {
    #[default]
    Unset,
    Asked(CtrlId),
    Waiting {
        until: Time,
    },
    Held(Identity),
}

impl Ids {
    /// Asks for a producer id if there is none and none was asked for.
    pub(crate) fn want(&mut self, now: Time, out: &mut Outbox) {
        let ask = match self.state {
            State::Unset => true,
            State::Waiting { until } => until <= now,
            State::Asked(_) | State::Held(_) => false,
        };
        if ask {
            self.asked = self.asked.wrapping_add(1);
            let ctrl = CtrlId(self.asked);
            self.state = State::Asked(ctrl);
            let request = Request::InitProducerId { current: None };
            out.push(Output::Ctrl { ctrl, to: Destination::Any, request });
        }
    }

    /// When to ask again. Who has work asks by then; a wait that is over and was not used wakes
    /// nobody.
    pub(crate) fn next_wake(&self, now: Time) -> Option<Time> {
        match self.state {
            State::Waiting { until } => Some(until).filter(|until| *until > now),
            State::Unset | State::Asked(_) | State::Held(_) => None,
        }
    }

    /// Takes the answer to the open request; anything else is none of ours.
    pub(crate) fn answered(
        &mut self,
        (now, settings): (Time, &Settings),
        ctrl: CtrlId,
        answer: Result<Identity, ErrorCode>,
    ) -> Result<(), Fatal> {
        if self.state != State::Asked(ctrl) {
            return Ok(());
        }
        match answer {
            Ok(identity) => {
                self.tries = 0;
                self.state = State::Held(identity);
                Ok(())
            }
            Err(code) if is_final(code) => Err(Fatal::Refused(code)),
            Err(_) => {
                let wait = backoff::wait(settings, self.tries, ctrl.0);
                self.tries = self.tries.saturating_add(1);
                self.state = State::Waiting { until: now.saturating_add(wait) };
                Ok(())
            }
        }
    }

    /// What a partition that never wrote may write as.
    pub(crate) const fn current(&self) -> Option<Identity> {
        match self.state {
            State::Held(identity) => Some(identity),
            State::Unset | State::Asked(_) | State::Waiting { .. } => None,
        }
    }

    /// What a partition writes as after it has left a lane: its next epoch, or what another id
    /// begins with.
    //= R18 each partition takes its own next epoch, and only when it needs one
    //= R19 used up: another producer id, for this partition
    pub(crate) fn after(&mut self, left: Left, settings: &Settings) -> Option<Identity> {
        let offered = self.offers(left, settings);
        if offered.is_none() && self.current().is_some() {
            self.state = State::Unset;
        }
        offered
    }

    /// What a partition may write as that has left a lane, if that is known already.
    pub(crate) fn offers(&self, left: Left, settings: &Settings) -> Option<Identity> {
        let Left { identity: spent, worn } = left;
        if !worn && self.void != Some(spent.pid) && spent.epoch.0 < settings.epoch_limit {
            let epoch = Epoch(spent.epoch.0.saturating_add(1));
            return Some(Identity { epoch, ..spent });
        }
        self.current().filter(|current| current.pid != spent.pid)
    }

    /// Gives up a producer id that the cluster does not know.
    pub(crate) fn forget(&mut self, unknown: Identity) {
        self.void = Some(unknown.pid);
        if matches!(self.state, State::Held(held) if held.pid == unknown.pid) {
            self.state = State::Unset;
        }
    }
}

/// Whether asking again would meet the same answer.
fn is_final(code: ErrorCode) -> bool {
    matches!(code.class(), ErrorClass::Authorization | ErrorClass::Unsupported | ErrorClass::Fatal)
}

#[cfg(feature = "model")]
impl crate::canonical::Rename for Ids {
    fn rename(&mut self, naming: &crate::canonical::Naming<'_>) {
        self.tries = 0;
        if let State::Waiting { until } = &mut self.state {
            until.rename(naming);
        }
    }
}
