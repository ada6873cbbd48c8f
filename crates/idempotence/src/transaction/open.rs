//! The open transaction: who writes it, what it holds, and what the coordinator may know of it.

use std::collections::BTreeSet;

use crate::fate::Evidence;
use crate::names::{Group, Part, TxnTag};
use crate::output::Request;
use crate::settings::Generation;
use crate::stamp::Identity;

use super::caller::Caller;

/// An identity, and the generation of the protocol in which it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Held {
    pub(super) identity: Identity,
    pub(super) generation: Generation,
}

/// A transaction that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Open {
    tag: TxnTag,
    pub(super) held: Held,
    /// Partitions with a batch to send that the coordinator was not asked about.
    pub(super) wanted: BTreeSet<Part>,
    /// Partitions that the coordinator has added, for good.
    pub(super) added: BTreeSet<Part>,
    pub(super) offsets: Option<Offsets>,
    /// Whether the coordinator has this transaction open.
    pub(super) known: Evidence,
    /// Whether another transaction under the same epoch could suffer from this one: a copy of a
    /// request may still land, or sequences have holes.
    pub(super) stale: bool,
}

/// Offsets that are being made part of the transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Offsets {
    pub(super) caller: Caller,
    pub(super) group: Group,
    /// Those not yet committed, by index; never none.
    pub(super) left: Vec<u32>,
    /// Whether the coordinator knows of the group.
    pub(super) added: bool,
}

impl Open {
    pub(super) const fn new(tag: TxnTag, held: Held) -> Self {
        Self {
            tag,
            held,
            wanted: BTreeSet::new(),
            added: BTreeSet::new(),
            offsets: None,
            known: Evidence::Not,
            stale: false,
        }
    }

    pub(super) const fn tag(&self) -> TxnTag {
        self.tag
    }

    /// Whether the partition may be written to.
    pub(super) fn takes(&self, part: Part) -> bool {
        match self.held.generation {
            Generation::V1 => self.added.contains(&part),
            Generation::V2 => true,
        }
    }

    /// Whether the coordinator must be told of the end.
    pub(super) fn must_end(&self) -> bool {
        self.known != Evidence::Not
    }

    pub(super) fn learn(&mut self, evidence: Evidence) {
        self.known = self.known.max(evidence);
    }

    /// What must be asked next so that all that is wanted becomes part of the transaction.
    pub(super) fn next_request(&mut self) -> Option<Request> {
        if !self.wanted.is_empty() {
            let parts = std::mem::take(&mut self.wanted).into_iter().collect();
            return Some(Request::AddPartitions { identity: self.held.identity, parts });
        }
        let request = self.offsets.as_ref()?.next_request(self.held);
        if self.held.generation == Generation::V2 {
            self.learn(Evidence::Maybe);
        }
        Some(request)
    }

    /// The end, one way or the other.
    pub(super) fn end_request(&self, commit: bool) -> Request {
        Request::EndTxn {
            identity: self.held.identity,
            commit,
            raises_epoch: self.held.generation == Generation::V2,
        }
    }
}

impl Offsets {
    fn next_request(&self, held: Held) -> Request {
        let (identity, group) = (held.identity, self.group);
        let offsets = self.left.clone();
        match held.generation {
            Generation::V1 if !self.added => Request::AddOffsets { identity, group },
            Generation::V1 => Request::CommitOffsets { identity, group, offsets, adds: false },
            Generation::V2 => Request::CommitOffsets { identity, group, offsets, adds: true },
        }
    }
}
