//! Requests about topics as messages, and their answers as plain values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use klamm_cluster::{Head, Payload, ResponseFrame, Typed};
use klamm_protocol::create_topics::request::{CreatableTopic, CreatableTopicConfig};
use klamm_protocol::create_topics::response::CreatableTopicResult;
use klamm_protocol::create_topics::{CreateTopicsRequest, CreateTopicsResponse};
use klamm_protocol::delete_topics::request::DeleteTopicState;
use klamm_protocol::delete_topics::{DeleteTopicsRequest, DeleteTopicsResponse};
use klamm_protocol::frame::{EncodeFrameError, encode_request_within};
use klamm_protocol::message::VersionRange;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::metadata::response::{MetadataResponsePartition, MetadataResponseTopic};
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_protocol::negotiate::{Condition, Negotiated, UnsupportedVersion};
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{ErrorCode, NodeId};

use super::ctrl::millis;
use crate::admin::{
    CreatedTopic, NewTopic, PartitionDescription, PerTopic, TopicDescription, Unusable,
};

#[cfg(test)]
mod tests;

/// The first version that leaves numbers to the broker.
const FIRST_WITH_DEFAULTS: i16 = 4;
/// The first version that names what is to be dropped by name or by id.
const FIRST_BY_NAME_OR_ID: i16 = 6;

/// What became of one topic.
type Verdict<T> = Result<T, (ErrorCode, Option<String>)>;

/// A request to make topics.
pub(crate) struct Create {
    request: Typed<CreateTopicsRequest<'static>>,
    leaves_numbers: bool,
}

pub(crate) fn create(topics: &[NewTopic], timeout: Duration, validate_only: bool) -> Create {
    let request = CreateTopicsRequest {
        topics: topics.iter().map(creatable).collect(),
        timeout_ms: millis(timeout),
        validate_only,
        ..CreateTopicsRequest::default()
    };
    let leaves = |topic: &NewTopic| topic.partitions.is_none() || topic.replication.is_none();
    Create { request: Typed::new(request), leaves_numbers: topics.iter().any(leaves) }
}

fn creatable(topic: &NewTopic) -> CreatableTopic<'static> {
    let configs = topic.configs.iter().map(|(name, value)| CreatableTopicConfig {
        name: Cow::Owned(name.clone()),
        value: Some(Cow::Owned(value.clone())),
        ..CreatableTopicConfig::default()
    });
    CreatableTopic {
        name: Cow::Owned(topic.name.clone()),
        num_partitions: topic.partitions.unwrap_or(-1),
        replication_factor: topic.replication.unwrap_or(-1),
        configs: configs.collect(),
        ..CreatableTopic::default()
    }
}

impl Payload for Create {
    fn key(&self) -> ApiKey {
        self.request.key()
    }

    fn version(&self, negotiated: &Negotiated) -> Result<i16, UnsupportedVersion> {
        let version = negotiated.version(self.key(), self.conditions())?;
        if version >= FIRST_WITH_DEFAULTS || !self.leaves_numbers {
            return Ok(version);
        }
        let newer = VersionRange::new(FIRST_WITH_DEFAULTS, i16::MAX);
        let ours = self.key().versions().and_then(|range| range.intersect(newer));
        let theirs = negotiated.theirs(self.key());
        Err(UnsupportedVersion { key: self.key(), ours, theirs, cap: None })
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        self.request.encode(head)
    }
}

pub(crate) fn created(
    asked: &[NewTopic],
    frame: &ResponseFrame,
) -> Result<PerTopic<CreatedTopic>, Unusable> {
    let answer = frame.decode::<CreateTopicsResponse<'_>>()?.body;
    let said = answer.topics.iter().map(|topic| (topic.name.as_ref(), created_one(topic)));
    Ok(in_order(asked.iter().map(|topic| topic.name.as_str()), said))
}

fn created_one(topic: &CreatableTopicResult<'_>) -> Verdict<CreatedTopic> {
    checked(topic.error_code, topic.error_message.as_deref())?;
    let partitions = Some(topic.num_partitions).filter(|count| *count > 0);
    let replication = Some(topic.replication_factor).filter(|count| *count > 0);
    Ok(CreatedTopic { id: topic.topic_id, partitions, replication })
}

/// A request to drop topics.
pub(crate) struct Delete {
    names: Vec<String>,
    timeout: Duration,
}

pub(crate) fn delete(names: &[String], timeout: Duration) -> Delete {
    Delete { names: names.to_vec(), timeout }
}

impl Payload for Delete {
    fn key(&self) -> ApiKey {
        ApiKey::DeleteTopics
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let Head { limit, version, correlation_id, client_id } = *head;
        let names = self.names.iter().map(|name| Cow::Borrowed(name.as_str()));
        let mut request = DeleteTopicsRequest {
            timeout_ms: millis(self.timeout),
            ..DeleteTopicsRequest::default()
        };
        if version < FIRST_BY_NAME_OR_ID {
            request.topic_names = names.collect();
        } else {
            let topic = |name| DeleteTopicState { name: Some(name), ..Default::default() };
            request.topics = names.map(topic).collect();
        }
        encode_request_within(limit, &request, version, correlation_id, client_id)
    }
}

pub(crate) fn deleted(asked: &[String], frame: &ResponseFrame) -> Result<PerTopic<()>, Unusable> {
    let answer = frame.decode::<DeleteTopicsResponse<'_>>()?.body;
    let said = answer.responses.iter().filter_map(|topic| {
        let verdict = checked(topic.error_code, topic.error_message.as_deref());
        Some((topic.name.as_deref()?, verdict))
    });
    Ok(in_order(asked.iter().map(String::as_str), said))
}

pub(crate) fn describe(names: Option<&[String]>) -> Typed<MetadataRequest<'static>> {
    let topic = |name: &String| MetadataRequestTopic {
        name: Some(Cow::Owned(name.clone())),
        ..MetadataRequestTopic::default()
    };
    let request = MetadataRequest {
        topics: names.map(|names| names.iter().map(topic).collect()),
        allow_auto_topic_creation: false,
        ..MetadataRequest::default()
    };
    Typed::new(request).under(Condition::NoTopicCreation)
}

pub(crate) fn described(
    asked: Option<&[String]>,
    frame: &ResponseFrame,
) -> Result<PerTopic<TopicDescription>, Unusable> {
    let answer = frame.decode::<MetadataResponse<'_>>()?.body;
    if !answer.error_code.is_ok() {
        return Err(Unusable::Refused(answer.error_code));
    }
    let said = answer.topics.iter().filter_map(|topic| {
        let name = topic.name.as_deref()?;
        Some((name, described_one(name, topic)))
    });
    Ok(match asked {
        Some(names) => in_order(names.iter().map(String::as_str), said),
        None => {
            let all: BTreeMap<&str, Verdict<TopicDescription>> = said.collect();
            all.into_iter().map(|(name, verdict)| (name.to_owned(), verdict)).collect()
        }
    })
}

fn described_one(name: &str, topic: &MetadataResponseTopic<'_>) -> Verdict<TopicDescription> {
    checked(topic.error_code, None)?;
    let mut partitions: Vec<&MetadataResponsePartition<'_>> = topic.partitions.iter().collect();
    partitions.sort_by_key(|partition| partition.partition_index);
    let numbers = partitions.iter().map(|partition| partition.partition_index.0);
    if !numbers.eq((0..).take(partitions.len())) {
        let words = "the answer leaves out some of its partitions".to_owned();
        return Err((ErrorCode::UNKNOWN_SERVER_ERROR, Some(words)));
    }
    Ok(TopicDescription {
        name: name.to_owned(),
        id: topic.topic_id,
        is_internal: topic.is_internal,
        partitions: partitions.into_iter().map(partition).collect(),
    })
}

fn partition(partition: &MetadataResponsePartition<'_>) -> PartitionDescription {
    PartitionDescription {
        leader: Some(partition.leader_id).filter(|node: &NodeId| node.0 >= 0),
        replicas: partition.replica_nodes.iter().collect(),
        in_sync: partition.isr_nodes.iter().collect(),
    }
}

fn checked(code: ErrorCode, words: Option<&str>) -> Verdict<()> {
    let words = words.filter(|words| !words.is_empty());
    if code.is_ok() { Ok(()) } else { Err((code, words.map(str::to_owned))) }
}

/// What is said of each that was asked; of what is said twice, the first holds.
fn in_order<'a, T: Clone>(
    asked: impl Iterator<Item = &'a str>,
    said: impl Iterator<Item = (&'a str, Verdict<T>)>,
) -> PerTopic<T> {
    let mut verdicts = BTreeMap::new();
    for (name, verdict) in said {
        verdicts.entry(name).or_insert(verdict);
    }
    let verdict = |name: &str| verdicts.get(name).cloned().unwrap_or_else(gone);
    asked.map(|name| (name.to_owned(), verdict(name))).collect()
}

fn gone<T>() -> Verdict<T> {
    let words = "the answer leaves the topic out".to_owned();
    Err((ErrorCode::UNKNOWN_SERVER_ERROR, Some(words)))
}
