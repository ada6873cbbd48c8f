//! DeleteTopics: topics go, with all that is in them.

use std::collections::BTreeSet;

use klamm_protocol::delete_topics::response::DeletableTopicResult;
use klamm_protocol::delete_topics::{DeleteTopicsRequest, DeleteTopicsResponse};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

use super::{UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID, named_twice, owned, repeated, text};
use crate::api::{Call, Outcome};
use crate::cluster::Refusal;
use crate::security::acl::{Operation, Resource};

/// The first version that may name topics by id.
const FIRST_BY_ID: i16 = 6;

/// A topic as the request names it.
type Named<'r> = (Option<&'r str>, TopicId);

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &DeleteTopicsRequest<'_>) -> Outcome {
    let named: Vec<Named<'_>> = if call.version() >= FIRST_BY_ID {
        request.topics.iter().map(|topic| (topic.name.as_deref(), topic.topic_id)).collect()
    } else {
        request.topic_names.iter().map(|name| (Some(name.as_ref()), TopicId::ZERO)).collect()
    };
    let twice = repeated(named.iter().copied());
    let mut answered = BTreeSet::new();
    let responses = named
        .into_iter()
        .filter(|one| answered.insert(*one))
        .map(|one| {
            let found = find(call, one, &twice).and_then(|name| permitted(call, name));
            answer(one, found.map(|name| (delete(call, &name), name)))
        })
        .collect();
    call.answer(&DeleteTopicsResponse { responses, ..DeleteTopicsResponse::default() })
}

/// The name of the topic that is meant.
fn find(
    call: &Call<'_>,
    (name, id): Named<'_>,
    twice: &BTreeSet<Named<'_>>,
) -> Result<String, Refusal> {
    let refused = |code, why: &str| Err(Refusal::new(code, why));
    let has_id = id != TopicId::ZERO;
    match name {
        Some(_) if has_id => {
            refused(ErrorCode::INVALID_REQUEST, "You may not specify both topic name and topic id.")
        }
        None if !has_id => {
            refused(ErrorCode::INVALID_REQUEST, "Neither topic name nor id were specified.")
        }
        Some(_) if twice.contains(&(name, id)) => Err(named_twice()),
        None if twice.contains(&(name, id)) => {
            refused(ErrorCode::INVALID_REQUEST, "Duplicate topic id.")
        }
        // Whether it exists is nothing for those who may not see it.
        Some(name) if !call.may(Operation::Describe, Resource::Topic(name)) => Err(denied()),
        Some(name) if call.state.topics.get(name).is_some() => Ok(name.to_owned()),
        Some(_) => refused(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC),
        None => match call.state.topics.name_of(id) {
            Some(name) => Ok(name.to_owned()),
            None => refused(ErrorCode::UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_ID),
        },
    }
}

/// The name again, if the client may delete the topic.
fn permitted(call: &Call<'_>, name: String) -> Result<String, Refusal> {
    if call.may(Operation::Delete, Resource::Topic(&name)) { Ok(name) } else { Err(denied()) }
}

fn denied() -> Refusal {
    Refusal::new(ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Topic authorization failed.")
}

/// Removes a topic. Whoever waits for one of its partitions is answered soon.
fn delete(call: &mut Call<'_>, name: &str) -> TopicId {
    let Some(topic) = call.state.topics.delete(name) else { return TopicId::ZERO };
    call.state.groups.forget_topic(name);
    call.state.touch(call.now, topic.id, PartitionIndex(0));
    topic.id
}

fn answer(
    (name, id): Named<'_>,
    deleted: Result<(TopicId, String), Refusal>,
) -> DeletableTopicResult<'static> {
    match deleted {
        Ok((topic_id, name)) => DeletableTopicResult {
            name: Some(name.into()),
            topic_id,
            ..DeletableTopicResult::default()
        },
        Err(refusal) => DeletableTopicResult {
            name: name.map(owned),
            topic_id: id,
            error_code: refusal.code,
            error_message: text(refusal),
            ..DeletableTopicResult::default()
        },
    }
}
