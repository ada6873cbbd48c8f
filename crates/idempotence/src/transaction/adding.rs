//! Making partitions and offsets part of the open transaction.

use std::collections::BTreeMap;

use klamm_wire::ErrorCode;

use crate::fate::Evidence;
use crate::names::Part;
use crate::output::{Done, Request};
use crate::settings::Generation;
use crate::verdict::coordinator::{Asked, Rule, verdict};

use super::answers::Told;
use super::errand::Errand;
use super::state::{Committing, State};
use super::{Effect, Moment, Transactions};

impl Transactions {
    /// In the first generation a partition is added before anything is written to it.
    pub(super) fn want(&mut self, part: Part) {
        let asked = self.errand.as_ref().is_some_and(|errand| errand.names(part));
        let (State::InTxn(open) | State::Committing(Committing::Flush { open, .. })) =
            &mut self.state
        else {
            return;
        };
        if !asked && !open.takes(part) {
            open.wanted.insert(part);
        }
    }

    /// In the second generation the broker adds a partition even if the append then fails.
    pub(super) fn attempted(&mut self) {
        let open = self.state.open_mut();
        if let Some(open) = open.filter(|open| open.held.generation == Generation::V2) {
            open.learn(Evidence::Maybe);
        }
    }

    /// Asks the coordinator for what the transaction still lacks.
    pub(super) fn ask_for_more(&mut self, at: &mut Moment<'_>) {
        let (State::InTxn(open) | State::Committing(Committing::Flush { open, .. })) =
            &mut self.state
        else {
            return;
        };
        if let Some(request) = open.next_request() {
            self.ask(request, at);
        }
    }

    /// Keeps what was added, leaves the rest in the request, and tells the worst of the codes.
    //= B14 what was added stays added, whatever became of its neighbours
    pub(super) fn hear_partitions(
        &mut self,
        errand: &mut Errand,
        whole: ErrorCode,
        parts: &[(Part, ErrorCode)],
    ) -> Told {
        let codes: BTreeMap<Part, ErrorCode> = parts.iter().copied().collect();
        let Request::AddPartitions { parts: asked, .. } = &mut errand.request else {
            return Told::absent();
        };
        let code_of =
            |part: &Part| if whole.is_ok() { codes.get(part).copied() } else { Some(whole) };
        let told = |part: &Part| code_of(part).map_or(Told::absent(), |code| tell(code, PARTS));
        let worst = asked.iter().map(told).max_by_key(Told::rule).unwrap_or(Told::absent());
        let known = asked.iter().map(|part| told(part).evidence()).max();
        let (added, left): (Vec<Part>, Vec<Part>) =
            asked.iter().partition(|part| told(part).rule() == Rule::Done);
        *asked = left;
        if let Some(open) = self.state.open_mut() {
            open.learn(known.unwrap_or(Evidence::Not));
            if !added.is_empty() {
                open.added.extend(added);
                self.effects.push_back(Effect::PartitionsWritable);
            }
        }
        worst
    }

    /// Leaves in the request what was not committed, and tells the worst of the codes.
    pub(super) fn hear_offsets(errand: &mut Errand, offsets: &[(u32, ErrorCode)]) -> Told {
        let codes: BTreeMap<u32, ErrorCode> = offsets.iter().copied().collect();
        let Request::CommitOffsets { offsets: asked, .. } = &mut errand.request else {
            return Told::absent();
        };
        let told = |offset: &u32| {
            codes.get(offset).map_or(Told::absent(), |code| tell(*code, Asked::CommitOffsets))
        };
        let worst = asked.iter().map(told).max_by_key(Told::rule).unwrap_or(Told::absent());
        asked.retain(|offset| told(offset).rule() != Rule::Done);
        worst
    }

    /// The coordinator knows of the group; its offsets come next.
    pub(super) fn group_added(&mut self) {
        if let State::InTxn(open) = &mut self.state
            && let Some(offsets) = &mut open.offsets
        {
            offsets.added = true;
        }
    }

    /// All offsets are part of the transaction.
    pub(super) fn offsets_sent(&mut self, at: &mut Moment<'_>) {
        if let State::InTxn(open) = &mut self.state
            && let Some(offsets) = open.offsets.take()
        {
            offsets.caller.succeed(Done::OffsetsSent, at.out);
        }
    }
}

const PARTS: Asked = Asked::AddPartitions;

fn tell(code: ErrorCode, asked: Asked) -> Told {
    Told { verdict: verdict(asked, code), code }
}
