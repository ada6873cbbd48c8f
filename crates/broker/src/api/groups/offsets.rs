//! Answers about offsets that are refused: of a whole group, or of topics without a right to them.

use std::borrow::Cow;

use klamm_protocol::offset_commit::OffsetCommitRequest;
use klamm_protocol::offset_commit::request::OffsetCommitRequestTopic;
use klamm_protocol::offset_commit::response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use klamm_protocol::offset_fetch::response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic,
};
use klamm_protocol::offset_fetch::{OffsetFetchRequest, OffsetFetchResponse};
use klamm_wire::{ErrorCode, TopicId};

use crate::api::Call;
use crate::security::acl::{Operation, Resource};

/// The first version of OffsetFetch whose answers have a code for the whole.
const FIRST_WITH_CODE: i16 = 2;
/// The first version of OffsetFetch that asks for several groups.
const FIRST_OF_MANY: i16 = 8;

pub(super) fn refused_commit(
    request: &OffsetCommitRequest<'_>,
    code: ErrorCode,
) -> Vec<OffsetCommitResponseTopic<'static>> {
    request.topics.iter().map(|topic| refused_topic(topic, code)).collect()
}

fn refused_topic(
    topic: &OffsetCommitRequestTopic<'_>,
    code: ErrorCode,
) -> OffsetCommitResponseTopic<'static> {
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
}

/// What of a request the client has a right to, and the answers about the rest.
pub(super) fn split_commit<'r, 'a>(
    call: &Call<'_>,
    request: &'r OffsetCommitRequest<'a>,
) -> (Cow<'r, OffsetCommitRequest<'a>>, Vec<OffsetCommitResponseTopic<'static>>) {
    let may = |topic: &OffsetCommitRequestTopic<'_>| {
        is_allowed(call, Operation::Read, (&topic.name, topic.topic_id))
    };
    if request.topics.iter().all(may) {
        return (Cow::Borrowed(request), Vec::new());
    }
    let mut allowed = request.clone();
    let denied = allowed.topics.extract_if(.., |topic| !may(topic));
    let code = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    let answers = denied.map(|topic| refused_topic(&topic, code)).collect();
    (Cow::Owned(allowed), answers)
}

/// Whether the client may do this to a topic, by its name or its id; an id that nobody has is
/// refused elsewhere.
fn is_allowed(call: &Call<'_>, operation: Operation, (name, id): (&str, TopicId)) -> bool {
    let name = if id == TopicId::ZERO { Some(name) } else { call.state.topics.name_of(id) };
    name.is_none_or(|name| call.may(operation, Resource::Topic(name)))
}

/// Whether the client may see what a group has committed.
pub(super) fn may_see(call: &Call<'_>, group: &str) -> Result<(), ErrorCode> {
    call.check(Operation::Describe, Resource::Group(group))
}

/// Takes out of an answer what the client has no right to see. Topics that it named stay, with an
/// error instead of their offsets.
pub(super) fn hide(
    call: &Call<'_>,
    request: &OffsetFetchRequest<'_>,
    response: &mut OffsetFetchResponse<'static>,
) {
    let may = |name: &str, id| is_allowed(call, Operation::Describe, (name, id));
    if request.topics.is_none() {
        response.topics.retain(|topic| may(&topic.name, TopicId::ZERO));
    }
    for topic in response.topics.iter_mut().filter(|one| !may(&one.name, TopicId::ZERO)) {
        for part in &mut topic.partitions {
            *part = OffsetFetchResponsePartition {
                partition_index: part.partition_index,
                committed_offset: -1,
                metadata: Some(Cow::Borrowed("")),
                error_code: ErrorCode::TOPIC_AUTHORIZATION_FAILED,
                ..OffsetFetchResponsePartition::default()
            };
        }
    }
    for (group, asked) in response.groups.iter_mut().zip(&request.groups) {
        if let Err(code) = may_see(call, &group.group_id) {
            (group.error_code, group.topics) = (code, Vec::new());
        }
        if asked.topics.is_none() {
            group.topics.retain(|topic| may(&topic.name, topic.topic_id));
        }
        let hidden = group.topics.iter_mut().filter(|one| !may(&one.name, one.topic_id));
        hidden.flat_map(|topic| &mut topic.partitions).for_each(hide_partition);
    }
}

fn hide_partition(part: &mut OffsetFetchResponsePartitions<'static>) {
    *part = OffsetFetchResponsePartitions {
        partition_index: part.partition_index,
        committed_offset: -1,
        metadata: Some(Cow::Borrowed("")),
        error_code: ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        ..OffsetFetchResponsePartitions::default()
    };
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
