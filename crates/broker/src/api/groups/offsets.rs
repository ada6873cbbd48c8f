//! Answers about offsets from a node that does not coordinate the group.

use std::borrow::Cow;

use klamm_protocol::offset_commit::OffsetCommitRequest;
use klamm_protocol::offset_commit::response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use klamm_protocol::offset_fetch::response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponseTopic,
};
use klamm_protocol::offset_fetch::{OffsetFetchRequest, OffsetFetchResponse};
use klamm_wire::ErrorCode;

/// The first version of OffsetFetch whose answers have a code for the whole.
const FIRST_WITH_CODE: i16 = 2;
/// The first version of OffsetFetch that asks for several groups.
const FIRST_OF_MANY: i16 = 8;

pub(super) fn refused_commit(
    request: &OffsetCommitRequest<'_>,
    code: ErrorCode,
) -> Vec<OffsetCommitResponseTopic<'static>> {
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|part| OffsetCommitResponsePartition {
            partition_index: part.partition_index,
            error_code: code,
            ..OffsetCommitResponsePartition::default()
        });
        OffsetCommitResponseTopic {
            name: Cow::Owned(topic.name.to_string()),
            topic_id: topic.topic_id,
            partitions: partitions.collect(),
            ..OffsetCommitResponseTopic::default()
        }
    });
    topics.collect()
}

pub(super) fn refused_fetch(
    request: &OffsetFetchRequest<'_>,
    code: ErrorCode,
    version: i16,
) -> OffsetFetchResponse<'static> {
    if version >= FIRST_OF_MANY {
        let groups = request.groups.iter().map(|group| OffsetFetchResponseGroup {
            group_id: Cow::Owned(group.group_id.to_string()),
            error_code: code,
            ..OffsetFetchResponseGroup::default()
        });
        let groups = groups.collect();
        return OffsetFetchResponse { groups, ..OffsetFetchResponse::default() };
    }
    let by_partition = version < FIRST_WITH_CODE;
    let topics = request.topics.iter().flatten().filter(|_| by_partition).map(|topic| {
        let partitions = topic.partition_indexes.iter().map(|index| OffsetFetchResponsePartition {
            partition_index: index,
            committed_offset: -1,
            metadata: Some(Cow::Borrowed("")),
            error_code: code,
            ..OffsetFetchResponsePartition::default()
        });
        OffsetFetchResponseTopic {
            name: Cow::Owned(topic.name.to_string()),
            partitions: partitions.collect(),
            ..OffsetFetchResponseTopic::default()
        }
    });
    let topics = topics.collect();
    let error_code = if by_partition { ErrorCode::NONE } else { code };
    OffsetFetchResponse { topics, error_code, ..OffsetFetchResponse::default() }
}
