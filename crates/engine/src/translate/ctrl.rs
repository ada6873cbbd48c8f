//! Control requests of the state machine as messages, and their answers as facts.
//!
//! An answer that cannot be read, or speaks of what was not asked, is [`CtrlFacts::Garbled`]: the
//! state machine asks again. An answer that leaves something out is not garbled; the facts leave
//! it out as well. A request that no broker's version can carry is answered with
//! UNSUPPORTED_VERSION in the broker's place, which ends in an error that names it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_cluster::{Fate, Payload, Reason, RequestFailure, ResponseFrame, Typed};
use klamm_idempotence::{CtrlFacts, CtrlId, Group, Identity, Input, Part, Request};
use klamm_protocol::add_offsets_to_txn::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};
use klamm_protocol::add_partitions_to_txn::{
    AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, request::AddPartitionsToTxnTopic,
};
use klamm_protocol::end_txn::{EndTxnRequest, EndTxnResponse};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_wire::{Epoch, ErrorCode, PartitionIndex, ProducerId};

use super::offsets;
use crate::call::{GroupMember, Offset};
use crate::settings::Settings;

#[cfg(test)]
mod tests;

/// What the names in a control request stand for.
pub(crate) trait Names {
    /// The topic and number of a partition.
    fn partition(&self, part: Part) -> Option<(&str, i32)>;

    /// A consumer group.
    fn group(&self, group: Group) -> Option<&GroupMember>;

    /// One of the offsets that the transaction commits for a group, by its index.
    fn offset(&self, group: Group, index: u32) -> Option<&Offset>;
}

/// A partition in the words of the protocol.
pub(super) type Place<'n> = (&'n str, i32);

/// What an answer says of each of the partitions that were asked about; `None` when it speaks of
/// others, or of one in two ways.
pub(super) struct Codes<'n>(BTreeMap<Place<'n>, Option<ErrorCode>>);

impl<'n> Codes<'n> {
    pub(super) fn asked(places: impl Iterator<Item = Place<'n>>) -> Self {
        Self(places.map(|place| (place, None)).collect())
    }

    /// Takes one partition's code; `None` if it does not belong.
    pub(super) fn hear(
        &mut self,
        topic: &'n str,
        partition: PartitionIndex,
        code: ErrorCode,
    ) -> Option<()> {
        let heard = self.0.get_mut(&(topic, partition.0))?;
        if heard.is_some_and(|before| before != code) {
            return None;
        }
        *heard = Some(code);
        Some(())
    }

    pub(super) fn of(&self, place: Place<'_>) -> Option<ErrorCode> {
        self.0.get(&place).copied().flatten()
    }
}

/// A control request as a message that can be encoded for any version; `None` when it names what
/// nobody knows.
pub(crate) fn payload(
    request: &Request,
    settings: &Settings,
    names: &dyn Names,
) -> Option<Box<dyn Payload>> {
    let id = settings.transactional_id.as_deref();
    Some(match request {
        Request::InitProducerId { current } => Box::new(init(*current, settings)),
        Request::AddPartitions { identity, parts } => {
            Box::new(add_partitions(id?, *identity, parts, names)?)
        }
        Request::AddOffsets { identity, group } => {
            Box::new(add_offsets(id?, *identity, names.group(*group)?))
        }
        Request::CommitOffsets { identity, group, offsets, adds } => {
            let asked = offsets::Asked { group: *group, offsets, names };
            Box::new(offsets::commit(id?, *identity, &asked, *adds)?)
        }
        Request::EndTxn { identity, commit, raises_epoch } => {
            Box::new(end(id?, *identity, *commit, *raises_epoch))
        }
    })
}

/// What an answer to a control request says; [`CtrlFacts::Garbled`] when it cannot be read or
/// does not belong to it.
pub(crate) fn facts(request: &Request, names: &dyn Names, frame: &ResponseFrame) -> CtrlFacts {
    let facts = match request {
        Request::InitProducerId { .. } => initialized(frame),
        Request::AddPartitions { parts, .. } => partitions_added(parts, names, frame),
        Request::AddOffsets { .. } => offsets_added(frame),
        Request::CommitOffsets { group, offsets, .. } => {
            offsets::committed(&offsets::Asked { group: *group, offsets, names }, frame)
        }
        Request::EndTxn { .. } => ended(frame),
    };
    facts.unwrap_or(CtrlFacts::Garbled)
}

/// What the state machine is told of a control request that was not answered.
pub(crate) fn unanswered(ctrl: CtrlId, request: &Request, failure: &RequestFailure) -> Input {
    let said = |code| Input::CtrlAnswer { ctrl, facts: refused(request, code) };
    if let Reason::CoordinatorRefused(code) = failure.reason {
        Input::CoordinatorRefused { ctrl, code }
    } else if matches!(failure.reason, Reason::Unsupported(_)) {
        said(ErrorCode::UNSUPPORTED_VERSION)
    } else if matches!(failure.reason, Reason::NotEncoded(_)) {
        said(ErrorCode::INVALID_REQUEST)
    } else {
        Input::CtrlLost { ctrl, wrote_full_frame: failure.fate == Fate::Unknown }
    }
}

/// The answer with that code for all that was asked: what a broker says who does none of it.
pub(crate) fn refused(request: &Request, code: ErrorCode) -> CtrlFacts {
    match request {
        Request::InitProducerId { .. } => {
            CtrlFacts::ProducerId { code, pid: ProducerId(-1), epoch: Epoch(-1) }
        }
        Request::AddPartitions { .. } => CtrlFacts::PartitionsAdded { code, parts: Vec::new() },
        Request::AddOffsets { .. } => CtrlFacts::OffsetsAdded { code },
        Request::CommitOffsets { offsets, .. } => CtrlFacts::OffsetsCommitted {
            offsets: offsets.iter().map(|index| (*index, code)).collect(),
        },
        Request::EndTxn { .. } => CtrlFacts::TxnEnded { code, next: None },
    }
}

fn init(current: Option<Identity>, settings: &Settings) -> Typed<InitProducerIdRequest<'static>> {
    let identity = current.unwrap_or(Identity { pid: ProducerId(-1), epoch: Epoch(-1) });
    let request = InitProducerIdRequest {
        transactional_id: settings.transactional_id.clone().map(Cow::Owned),
        transaction_timeout_ms: millis(settings.transaction_timeout),
        producer_id: identity.pid,
        producer_epoch: identity.epoch,
        ..InitProducerIdRequest::default()
    };
    let bump = current.map_or(Conditions::NONE, |_| Condition::EpochBump.into());
    Typed::new(request).under(bump)
}

fn add_partitions(
    id: &str,
    identity: Identity,
    parts: &[Part],
    names: &dyn Names,
) -> Option<Typed<AddPartitionsToTxnRequest<'static>>> {
    let mut topics: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    for part in parts {
        let (topic, partition) = names.partition(*part)?;
        topics.entry(topic).or_default().insert(partition);
    }
    let topics = topics.into_iter().map(|(name, partitions)| AddPartitionsToTxnTopic {
        name: Cow::Owned(name.to_owned()),
        partitions: partitions.into_iter().map(PartitionIndex).collect::<Vec<_>>().into(),
        ..AddPartitionsToTxnTopic::default()
    });
    Some(Typed::new(AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: Cow::Owned(id.to_owned()),
        v3_and_below_producer_id: identity.pid,
        v3_and_below_producer_epoch: identity.epoch.0,
        v3_and_below_topics: topics.collect(),
        ..AddPartitionsToTxnRequest::default()
    }))
}

fn add_offsets(
    id: &str,
    identity: Identity,
    group: &GroupMember,
) -> Typed<AddOffsetsToTxnRequest<'static>> {
    Typed::new(AddOffsetsToTxnRequest {
        transactional_id: Cow::Owned(id.to_owned()),
        producer_id: identity.pid,
        producer_epoch: identity.epoch,
        group_id: Cow::Owned(group.group.clone()),
        ..AddOffsetsToTxnRequest::default()
    })
}

fn end(
    id: &str,
    identity: Identity,
    committed: bool,
    raises_epoch: bool,
) -> Typed<EndTxnRequest<'static>> {
    let request = EndTxnRequest {
        transactional_id: Cow::Owned(id.to_owned()),
        producer_id: identity.pid,
        producer_epoch: identity.epoch,
        committed,
        ..EndTxnRequest::default()
    };
    Typed::new(request).under(generation(raises_epoch))
}

/// The condition of a transaction in which the broker does the book-keeping, or we do.
pub(super) fn generation(by_broker: bool) -> Condition {
    if by_broker { Condition::TransactionV2 } else { Condition::TransactionV1 }
}

/// As the protocol counts time.
pub(super) fn millis(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

fn initialized(frame: &ResponseFrame) -> Option<CtrlFacts> {
    let answer = frame.decode::<InitProducerIdResponse<'_>>().ok()?.body;
    let (pid, epoch) = (answer.producer_id, answer.producer_epoch);
    Some(CtrlFacts::ProducerId { code: answer.error_code, pid, epoch })
}

fn partitions_added(parts: &[Part], names: &dyn Names, frame: &ResponseFrame) -> Option<CtrlFacts> {
    let answer = frame.decode::<AddPartitionsToTxnResponse<'_>>().ok()?.body;
    let mut codes = Codes::asked(parts.iter().filter_map(|part| names.partition(*part)));
    for topic in &answer.results_by_topic_v3_and_below {
        for one in &topic.results_by_partition {
            codes.hear(&topic.name, one.partition_index, one.partition_error_code)?;
        }
    }
    let code_of = |part: &Part| Some((*part, codes.of(names.partition(*part)?)?));
    let parts = parts.iter().filter_map(code_of).collect();
    Some(CtrlFacts::PartitionsAdded { code: answer.error_code, parts })
}

fn offsets_added(frame: &ResponseFrame) -> Option<CtrlFacts> {
    let answer = frame.decode::<AddOffsetsToTxnResponse<'_>>().ok()?.body;
    Some(CtrlFacts::OffsetsAdded { code: answer.error_code })
}

fn ended(frame: &ResponseFrame) -> Option<CtrlFacts> {
    let answer = frame.decode::<EndTxnResponse<'_>>().ok()?.body;
    let names_next =
        answer.error_code.is_ok() && answer.producer_id.0 >= 0 && answer.producer_epoch.0 >= 0;
    let next = names_next.then_some((answer.producer_id, answer.producer_epoch));
    Some(CtrlFacts::TxnEnded { code: answer.error_code, next })
}
