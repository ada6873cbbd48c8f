//! What a broker says of its cluster and of a topic, taken out of its answers.

use klamm_cluster::request::Typed;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::{DecodeFrameError, ResponseFrame};
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::metadata::response::MetadataResponseTopic;
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_protocol::negotiate::{Conditions, Negotiated};
use klamm_wire::{ErrorCode, NodeId, TopicId};

/// The first version that can ask for a topic without having it created.
const CAN_ASK_ONLY: i16 = 4;

/// A cluster, as one of its brokers sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) id: Option<String>,
    pub(super) controller: NodeId,
    /// In the order of their ids.
    pub(super) brokers: Vec<Advertised>,
}

/// Where a broker says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advertised {
    pub(super) node: NodeId,
    pub(super) host: String,
    pub(super) port: i32,
    pub(super) rack: Option<String>,
}

/// A topic, or why it cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TopicSeen {
    pub(super) code: ErrorCode,
    pub(super) id: TopicId,
    /// In the order of their numbers.
    pub(super) partitions: Vec<PartitionSeen>,
}

/// A partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartitionSeen {
    pub(super) index: i32,
    /// Negative while there is none.
    pub(super) leader: NodeId,
    pub(super) replicas: usize,
    pub(super) in_sync: usize,
}

fn can_ask_only(versions: &Negotiated) -> bool {
    versions.version(ApiKey::Metadata, Conditions::NONE).is_ok_and(|used| used >= CAN_ASK_ONLY)
}

/// Asks for the brokers alone.
pub(super) fn ask_for_cluster(versions: &Negotiated) -> Typed<MetadataRequest<'static>> {
    Typed::new(MetadataRequest {
        topics: Some(Vec::new()),
        allow_auto_topic_creation: !can_ask_only(versions),
        ..MetadataRequest::default()
    })
}

/// Asks for a topic, and sees to it that none is created: who examines changes nothing.
pub(super) fn ask_for_topic(versions: &Negotiated, name: &str) -> Typed<MetadataRequest<'static>> {
    let can_ask_only = can_ask_only(versions);
    let topic = MetadataRequestTopic {
        name: Some(name.to_owned().into()),
        ..MetadataRequestTopic::default()
    };
    Typed::new(MetadataRequest {
        topics: can_ask_only.then(|| vec![topic]),
        allow_auto_topic_creation: !can_ask_only,
        ..MetadataRequest::default()
    })
}

/// The cluster in an answer.
///
/// # Errors
/// When it is malformed.
pub(super) fn cluster(frame: &ResponseFrame) -> Result<Picture, DecodeFrameError> {
    let answer = frame.decode::<MetadataResponse<'_>>()?.body;
    let brokers = answer.brokers.iter().map(|broker| Advertised {
        node: broker.node_id,
        host: broker.host.to_string(),
        port: broker.port,
        rack: broker.rack.as_ref().map(ToString::to_string),
    });
    let mut brokers: Vec<Advertised> = brokers.collect();
    brokers.sort_by_key(|broker| broker.node);
    let id = answer.cluster_id.map(|id| id.to_string());
    Ok(Picture { id, controller: answer.controller_id, brokers })
}

/// The topic in an answer.
///
/// # Errors
/// When it is malformed.
pub(super) fn topic(frame: &ResponseFrame, name: &str) -> Result<TopicSeen, DecodeFrameError> {
    let answer = frame.decode::<MetadataResponse<'_>>()?.body;
    let found = answer.topics.iter().find(|topic| topic.name.as_deref() == Some(name));
    Ok(found.map_or_else(missing, seen))
}

fn missing() -> TopicSeen {
    let code = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    TopicSeen { code, id: TopicId::default(), partitions: Vec::new() }
}

fn seen(topic: &MetadataResponseTopic<'_>) -> TopicSeen {
    let partitions = topic.partitions.iter().map(|partition| PartitionSeen {
        index: partition.partition_index.0,
        leader: partition.leader_id,
        replicas: partition.replica_nodes.len(),
        in_sync: partition.isr_nodes.len(),
    });
    let mut partitions: Vec<PartitionSeen> = partitions.collect();
    partitions.sort_by_key(|partition| partition.index);
    TopicSeen { code: topic.error_code, id: topic.topic_id, partitions }
}
