//! The commit of a group's offsets as a message, and its answer as facts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use klamm_cluster::{ResponseFrame, Typed};
use klamm_idempotence::{CtrlFacts, Group, Identity};
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_protocol::txn_offset_commit::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use klamm_wire::PartitionIndex;

use super::ctrl::{Codes, Names, Place, generation};
use crate::call::{GroupMember, Offset};

/// Which offsets are meant.
pub(super) struct Asked<'a> {
    pub(super) group: Group,
    pub(super) offsets: &'a [u32],
    pub(super) names: &'a dyn Names,
}

impl<'a> Asked<'a> {
    fn offset(&self, index: u32) -> Option<&'a Offset> {
        self.names.offset(self.group, index)
    }

    fn place(&self, index: u32) -> Option<Place<'a>> {
        self.offset(index).map(|offset| (offset.topic.as_str(), offset.partition))
    }
}

/// The request. Of two offsets for one partition the later one counts, as if the one had been
/// committed after the other.
pub(super) fn commit(
    id: &str,
    identity: Identity,
    asked: &Asked<'_>,
    adds: bool,
) -> Option<Typed<TxnOffsetCommitRequest<'static>>> {
    let member = asked.names.group(asked.group)?;
    let request = TxnOffsetCommitRequest {
        transactional_id: Cow::Owned(id.to_owned()),
        group_id: Cow::Owned(member.group.clone()),
        producer_id: identity.pid,
        producer_epoch: identity.epoch,
        generation_id: member.generation,
        member_id: Cow::Owned(member.member.clone()),
        group_instance_id: member.instance.clone().map(Cow::Owned),
        topics: topics(asked)?,
        ..TxnOffsetCommitRequest::default()
    };
    Some(Typed::new(request).under(conditions(member, adds)))
}

/// A version without a place for the member would let one commit that the group has left behind.
fn conditions(member: &GroupMember, adds: bool) -> Conditions {
    let is_managed =
        member.generation != -1 || !member.member.is_empty() || member.instance.is_some();
    let conditions = Conditions::from(generation(adds));
    if is_managed { conditions.and(Condition::GroupMetadata) } else { conditions }
}

fn topics(asked: &Asked<'_>) -> Option<Vec<TxnOffsetCommitRequestTopic<'static>>> {
    let mut topics: BTreeMap<&str, BTreeMap<i32, &Offset>> = BTreeMap::new();
    for index in asked.offsets {
        let offset = asked.offset(*index)?;
        topics.entry(&offset.topic).or_default().insert(offset.partition, offset);
    }
    let topics = topics.into_iter().map(|(name, offsets)| TxnOffsetCommitRequestTopic {
        name: Cow::Owned(name.to_owned()),
        partitions: offsets.into_values().map(partition).collect(),
        ..TxnOffsetCommitRequestTopic::default()
    });
    Some(topics.collect())
}

fn partition(offset: &Offset) -> TxnOffsetCommitRequestPartition<'static> {
    TxnOffsetCommitRequestPartition {
        partition_index: PartitionIndex(offset.partition),
        committed_offset: offset.offset,
        committed_leader_epoch: offset.leader_epoch,
        committed_metadata: offset.metadata.clone().map(Cow::Owned),
        ..TxnOffsetCommitRequestPartition::default()
    }
}

/// What the answer says of each offset, by its index.
pub(super) fn committed(asked: &Asked<'_>, frame: &ResponseFrame) -> Option<CtrlFacts> {
    let answer = frame.decode::<TxnOffsetCommitResponse<'_>>().ok()?.body;
    let mut codes = Codes::asked(asked.offsets.iter().filter_map(|index| asked.place(*index)));
    for topic in &answer.topics {
        for one in &topic.partitions {
            codes.hear(&topic.name, one.partition_index, one.error_code)?;
        }
    }
    let code_of = |index: &u32| Some((*index, codes.of(asked.place(*index)?)?));
    Some(CtrlFacts::OffsetsCommitted {
        offsets: asked.offsets.iter().filter_map(code_of).collect(),
    })
}
