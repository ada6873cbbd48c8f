//! Metadata: which nodes there are, and who leads what.

use std::borrow::Cow;
use std::collections::BTreeSet;

use klamm_protocol::metadata::response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse, request::MetadataRequestTopic};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId};

use super::leaders::{Reached, reached};
use super::{Call, Outcome};
use crate::cluster::{Node, Partition, Topic, is_valid_name};
use crate::defects::Defect;
use crate::security::acl::{Operation, Resource};

/// The first version in which no topics means none, and null means all.
const FIRST_WITH_NULL: i16 = 1;
/// The first version that can ask not to create topics.
const FIRST_WITH_CREATION: i16 = 4;
/// The first version whose topics have ids.
const FIRST_WITH_IDS: i16 = 10;
/// The first version that may ask by id alone.
const FIRST_BY_ID: i16 = 12;
/// Where the operations that are allowed were not asked for.
const NOT_ASKED: i32 = i32::MIN;

pub(super) fn serve(call: &mut Call<'_>, request: &MetadataRequest<'_>) -> Outcome {
    if let Err(code) = call.state.faults.verdict() {
        return refused(call, request.topics.as_deref().unwrap_or_default(), code);
    }
    if let Some(topics) = &request.topics
        && topics.iter().any(|topic| is_malformed(call, topic))
    {
        return refused(call, topics, ErrorCode::INVALID_REQUEST);
    }
    let mut topics = match wanted(call, request) {
        None => everything(call),
        Some(topics) => {
            let may_create = call.version() < FIRST_WITH_CREATION
                || request.allow_auto_topic_creation
                || call.has(Defect::MetadataAlwaysCreates);
            named(call, topics, may_create)
        }
    };
    if request.include_topic_authorized_operations {
        topics.iter_mut().for_each(|topic| tell_operations(call, topic));
    }
    let of_cluster = request.include_cluster_authorized_operations;
    let response = MetadataResponse {
        brokers: brokers(call),
        cluster_id: Some(Cow::Owned(call.state.settings.cluster_id.clone())),
        controller_id: call.state.controller(),
        topics,
        cluster_authorized_operations: if of_cluster {
            call.operations_on_cluster()
        } else {
            NOT_ASKED
        },
        ..MetadataResponse::default()
    };
    call.answer(&response)
}

/// The topics that are asked for; `None` for all of them.
fn wanted<'r, 'a>(
    call: &Call<'_>,
    request: &'r MetadataRequest<'a>,
) -> Option<&'r [MetadataRequestTopic<'a>]> {
    let topics = request.topics.as_deref()?;
    let means_all = call.version() < FIRST_WITH_NULL || call.has(Defect::MetadataEmptyMeansAll);
    if topics.is_empty() && means_all { None } else { Some(topics) }
}

/// Asking by id is for later versions, and a topic without a name must have an id.
fn is_malformed(call: &Call<'_>, topic: &MetadataRequestTopic<'_>) -> bool {
    let has_id = topic.topic_id != TopicId::ZERO;
    let by_id = has_id || topic.name.is_none();
    by_id && call.version() < FIRST_BY_ID && call.version() >= FIRST_WITH_IDS
}

/// The same code for every topic.
fn refused(call: &Call<'_>, topics: &[MetadataRequestTopic<'_>], code: ErrorCode) -> Outcome {
    let topics = topics.iter().map(|topic| MetadataResponseTopic {
        error_code: code,
        name: Some(Cow::Owned(topic.name.clone().unwrap_or_default().into_owned())),
        topic_id: topic.topic_id,
        topic_authorized_operations: NOT_ASKED,
        ..MetadataResponseTopic::default()
    });
    let response = MetadataResponse {
        topics: topics.collect(),
        controller_id: NodeId::NONE,
        cluster_authorized_operations: NOT_ASKED,
        ..MetadataResponse::default()
    };
    call.answer(&response)
}

fn brokers(call: &Call<'_>) -> Vec<MetadataResponseBroker<'static>> {
    let listener = call.session.listener;
    let alive = call.state.nodes.iter().filter(|(_, node)| node.is_alive());
    let reachable = alive.filter_map(|(id, _)| reached(call.state, listener, *id));
    let broker = |at: Reached| MetadataResponseBroker {
        node_id: at.node,
        host: at.host,
        port: at.port,
        rack: at.rack,
        ..MetadataResponseBroker::default()
    };
    reachable.map(broker).collect()
}

fn everything(call: &Call<'_>) -> Vec<MetadataResponseTopic<'static>> {
    // What a client must not see is left out here, and said to be refused where it is named.
    let seen = call.state.topics.iter().filter(|(name, _)| may_see(call, name));
    seen.map(|(name, topic)| described(call, name, topic)).collect()
}

fn named(
    call: &mut Call<'_>,
    topics: &[MetadataRequestTopic<'_>],
    may_create: bool,
) -> Vec<MetadataResponseTopic<'static>> {
    let mut seen = BTreeSet::new();
    let mut answers = Vec::new();
    for topic in topics {
        let by_name = topic.name.as_deref().map(str::to_owned);
        let key = (topic.topic_id, by_name.clone());
        if !seen.insert(key) && !call.has(Defect::MetadataRepeatsTopics) {
            continue;
        }
        match by_name {
            // What has neither a name nor an id is not answered.
            None if topic.topic_id == TopicId::ZERO => {}
            Some(name) if topic.topic_id == TopicId::ZERO => {
                answers.push(one(call, &name, may_create));
            }
            _ => answers.push(by_id(call, topic.topic_id)),
        }
    }
    answers
}

fn by_id(call: &Call<'_>, id: TopicId) -> MetadataResponseTopic<'static> {
    let name = call.state.topics.name_of(id);
    match name.and_then(|name| Some((name, call.state.topics.get(name)?))) {
        Some((name, _)) if !may_see(call, name) => denied(None, id),
        Some((name, topic)) => described(call, name, topic),
        None => MetadataResponseTopic {
            error_code: ErrorCode::UNKNOWN_TOPIC_ID,
            name: None,
            topic_id: id,
            topic_authorized_operations: NOT_ASKED,
            ..MetadataResponseTopic::default()
        },
    }
}

/// One topic by its name. One that is created by being asked for is there the next time.
fn one(call: &mut Call<'_>, name: &str, may_create: bool) -> MetadataResponseTopic<'static> {
    if !may_see(call, name) {
        return denied(Some(name), TopicId::ZERO);
    }
    if let Some(topic) = call.state.topics.get(name) {
        return described(call, name, topic);
    }
    let creates = may_create && call.state.settings.topics.auto_create;
    if creates && !call.may_create(name) {
        return denied(Some(name), TopicId::ZERO);
    }
    let error_code = if !is_valid_name(name) {
        ErrorCode::INVALID_TOPIC_EXCEPTION
    } else if creates {
        // Whoever asks learns the next time whether it could be created.
        let _ = call.state.create_by_default(name);
        call.habits().created_topic
    } else {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    };
    MetadataResponseTopic {
        error_code,
        name: Some(Cow::Owned(name.to_owned())),
        topic_authorized_operations: NOT_ASKED,
        ..MetadataResponseTopic::default()
    }
}

/// Whether the client may know that there is such a topic, or none.
fn may_see(call: &Call<'_>, name: &str) -> bool {
    call.may(Operation::Describe, Resource::Topic(name))
}

/// The answer about a topic that the client has no right to. A name tells no id, nor an id a name.
fn denied(name: Option<&str>, id: TopicId) -> MetadataResponseTopic<'static> {
    MetadataResponseTopic {
        error_code: ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        name: name.map(|name| Cow::Owned(name.to_owned())),
        topic_id: id,
        topic_authorized_operations: NOT_ASKED,
        ..MetadataResponseTopic::default()
    }
}

fn tell_operations(call: &Call<'_>, topic: &mut MetadataResponseTopic<'_>) {
    if let Some(name) = topic.name.as_deref()
        && topic.error_code != ErrorCode::TOPIC_AUTHORIZATION_FAILED
    {
        topic.topic_authorized_operations = call.operations_on(Resource::Topic(name));
    }
}

fn described(call: &Call<'_>, name: &str, topic: &Topic) -> MetadataResponseTopic<'static> {
    let partitions = topic.numbered().map(|(index, one)| partition(call, index, one));
    MetadataResponseTopic {
        name: Some(Cow::Owned(name.to_owned())),
        topic_id: topic.id,
        is_internal: topic.settings.internal,
        partitions: partitions.collect(),
        topic_authorized_operations: NOT_ASKED,
        ..MetadataResponseTopic::default()
    }
}

fn partition(
    call: &Call<'_>,
    index: PartitionIndex,
    partition: &Partition,
) -> MetadataResponsePartition<'static> {
    let is_alive = |node: &NodeId| call.state.nodes.get(node).is_some_and(Node::is_alive);
    let offline = partition.replicas.iter().copied().filter(|node| !is_alive(node));
    let error_code = match partition.leader {
        Some(_) => ErrorCode::NONE,
        None => ErrorCode::LEADER_NOT_AVAILABLE,
    };
    MetadataResponsePartition {
        error_code,
        partition_index: index,
        leader_id: partition.leader.unwrap_or(NodeId::NONE),
        leader_epoch: partition.leader_epoch,
        replica_nodes: partition.replicas.clone().into(),
        isr_nodes: partition.in_sync.iter().copied().collect::<Vec<_>>().into(),
        offline_replicas: offline.collect::<Vec<_>>().into(),
        ..MetadataResponsePartition::default()
    }
}
