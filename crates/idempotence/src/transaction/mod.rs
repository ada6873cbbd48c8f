//! Transactions: begin, send, commit or abort, of both generations of the protocol.

use klamm_wire::{ErrorCode, Time};

use crate::input::{Ask, CtrlFacts};
use crate::names::{CallId, CtrlId, Part, TxnTag};
use crate::outbox::Outbox;
use crate::output::{Fatal, Reason};
use crate::settings::{Generation, Settings};
use crate::stamp::Identity;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Transactions {}

pub(crate) enum Event {
    Call { call: CallId, deadline: Time, ask: Ask },
    Close,
    Answer { ctrl: CtrlId, facts: CtrlFacts },
    Lost { ctrl: CtrlId, wrote_full_frame: bool },
    Refused { ctrl: CtrlId, code: ErrorCode },
    Features(Generation),
    Wants(Part),
    Attempted(Part),
    SendFailed { tag: TxnTag, reason: Reason, fatal: Option<Fatal> },
    Load,
    Tick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) open: u32,
    pub(crate) outstanding: u32,
}

pub(crate) enum Effect {
    FailUnsent { reason: Reason },
    Ended { new_identity: bool },
    Fatal(Fatal),
    PartitionsWritable,
    IdentityChanged,
}

impl Transactions {
    pub(crate) fn new(_: &Settings) -> Self {
        Self {}
    }
    pub(crate) fn step(&mut self, _: Time, _: Event, _: Load, _: &mut Outbox) {}
    pub(crate) fn next_wake(&self) -> Option<Time> {
        None
    }
    pub(crate) fn identity(&self) -> Option<Identity> {
        None
    }
    pub(crate) fn writable_tag(&self) -> Option<TxnTag> {
        None
    }
    pub(crate) fn may_send(&self, _: Part) -> bool {
        false
    }
    pub(crate) fn generation(&self) -> Generation {
        Generation::V1
    }
    pub(crate) fn take_effect(&mut self) -> Option<Effect> {
        None
    }
}

#[cfg(feature = "model")]
impl crate::canonical::Rename for Transactions {
    fn rename(&mut self, _: &crate::canonical::Naming<'_>) {}
}
