//! Where tests begin.

use std::collections::BTreeMap;

use klamm_idempotence::{Machine, Mode, Settings};
use klamm_wire::{ErrorCode, Time};

use super::{Bench, Seen};

impl Bench {
    /// A machine that knows nothing of its cluster.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            machine: Machine::new(settings),
            now: Time(0),
            topic: 1,
            grants_ids: true,
            tag: None,
            seen: Seen::default(),
            tickets: BTreeMap::new(),
            conns: BTreeMap::new(),
            leader_epoch: 0,
            names: 0,
        }
    }

    /// An idempotent producer that knows nothing of its cluster.
    pub(crate) fn idempotent() -> Self {
        Self::new(Settings::new(Mode::Idempotent))
    }

    /// A producer that is connected to the leader of `P`, broker 1, and has sent nothing yet.
    pub(crate) fn gated() -> Self {
        Self::gated_with(Settings::new(Mode::Idempotent))
    }

    /// As `gated`, with other settings.
    pub(crate) fn gated_with(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        bench.leads(1);
        bench.connect(1);
        bench
    }

    /// A producer whose first batch to `P` was acknowledged, so that the window is open.
    pub(crate) fn flowing() -> Self {
        let mut bench = Self::gated();
        let [first] = bench.batches();
        bench.answer(first, ErrorCode::NONE);
        bench.sends();
        bench
    }
}
