//! The producer id of a producer without transactions, and its epochs.
//!
//! ```text
//!           a batch is announced           the answer
//!   Unset ────────────────────────▶ Asked ────────────▶ Held ──┐ next epoch of a partition
//!                                   │   ▲                 │ ▲──┘
//!                          an error ▼   │ after a wait    │ epochs used up, or the id is unknown
//!                                  Waiting ◀──────────────┘
//! ```
//!
//! Epochs come from one counter, but each partition takes the next one only when it needs it.

use klamm_wire::{Epoch, ErrorClass, ErrorCode, ProducerId, Time};

use crate::backoff;
use crate::names::CtrlId;
use crate::outbox::Outbox;
use crate::output::{Destination, Fatal, Output, Request};
use crate::settings::Settings;
use crate::stamp::Identity;

/// Who the producer is, and how far that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Ids {
    state: State,
    asked: u64,
    tries: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
enum State {
    #[default]
    Unset,
    Asked(CtrlId),
    Waiting {
        until: Time,
    },
    Held {
        pid: ProducerId,
        /// The highest epoch that any partition has taken.
        highest: Epoch,
    },
}

impl Ids {
    /// Asks for a producer id if there is none and none was asked for.
    pub(crate) fn want(&mut self, now: Time, out: &mut Outbox) {
        let ask = match self.state {
            State::Unset => true,
            State::Waiting { until } => until <= now,
            State::Asked(_) | State::Held { .. } => false,
        };
        if ask {
            self.asked = self.asked.wrapping_add(1);
            let ctrl = CtrlId(self.asked);
            self.state = State::Asked(ctrl);
            let request = Request::InitProducerId { current: None };
            out.push(Output::Ctrl { ctrl, to: Destination::Any, request });
        }
    }

    pub(crate) fn next_wake(&self) -> Option<Time> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Unset | State::Asked(_) | State::Held { .. } => None,
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
                self.state = State::Held { pid: identity.pid, highest: identity.epoch };
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
            State::Held { pid, highest } => Some(Identity { pid, epoch: highest }),
            State::Unset | State::Asked(_) | State::Waiting { .. } => None,
        }
    }

    /// What a partition writes as after `spent`: the next epoch, or what another id begins with.
    //= R18 one counter, and only who needs an epoch takes one
    //= R19 used up: another producer id, to which partitions move one by one
    pub(crate) fn after(&mut self, spent: Identity, settings: &Settings) -> Option<Identity> {
        let State::Held { pid, highest } = self.state else { return None };
        if pid != spent.pid {
            return self.current();
        }
        match highest.0.checked_add(1).filter(|next| *next <= settings.epoch_limit) {
            Some(next) => {
                self.state = State::Held { pid, highest: Epoch(next) };
                self.current()
            }
            None => {
                self.state = State::Unset;
                None
            }
        }
    }

    /// Gives up a producer id that the cluster does not know.
    pub(crate) fn forget(&mut self, unknown: Identity) {
        if matches!(self.state, State::Held { pid, .. } if pid == unknown.pid) {
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
