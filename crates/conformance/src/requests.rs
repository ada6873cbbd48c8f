//! The requests that most cases send, and where their answers say what matters.

use bytes::Bytes;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_wire::{Epoch, PartitionIndex, ProducerId};

use crate::topics::Topic;

/// The code of the first partition in an answer to Produce.
pub const CODE: &str = "/responses/0/partitionResponses/0/errorCode";
/// The offset of the first partition in an answer to Produce.
pub const BASE_OFFSET: &str = "/responses/0/partitionResponses/0/baseOffset";
/// The code of an answer that has one only.
pub const TOP_CODE: &str = "/errorCode";

/// How long a broker may wait for replicas.
const TIMEOUT_MS: i32 = 10_000;

/// Appends batches to partitions of a topic, with acks −1.
#[must_use]
pub fn produce(topic: &Topic, batches: &[(i32, Bytes)]) -> ProduceRequest<'static> {
    ProduceRequest {
        acks: -1,
        timeout_ms: TIMEOUT_MS,
        topic_data: vec![to_topic(topic, batches)],
        ..ProduceRequest::default()
    }
}

/// The part of a Produce for one topic, by name and by id.
#[must_use]
pub fn to_topic(topic: &Topic, batches: &[(i32, Bytes)]) -> TopicProduceData<'static> {
    let data = |(index, batch): &(i32, Bytes)| PartitionProduceData {
        index: PartitionIndex(*index),
        records: Some(batch.clone().into()),
        ..PartitionProduceData::default()
    };
    TopicProduceData {
        name: topic.name.clone().into(),
        topic_id: topic.id,
        partition_data: batches.iter().map(data).collect(),
        ..TopicProduceData::default()
    }
}

/// Asks for topics by name; those that do not exist may be made.
#[must_use]
pub fn metadata(names: &[&str]) -> MetadataRequest<'static> {
    let topic = |name: &&str| MetadataRequestTopic {
        name: Some((*name).to_owned().into()),
        ..MetadataRequestTopic::default()
    };
    MetadataRequest {
        topics: Some(names.iter().map(topic).collect()),
        ..MetadataRequest::default()
    }
}

/// Asks for a producer id: a fresh one, without a transactional id.
#[must_use]
pub fn producer_id() -> InitProducerIdRequest<'static> {
    init_producer(None, 60_000)
}

/// Asks for a producer id, for a transactional id if there is one.
#[must_use]
pub fn init_producer(id: Option<&str>, timeout_ms: i32) -> InitProducerIdRequest<'static> {
    InitProducerIdRequest {
        transactional_id: id.map(|id| id.to_owned().into()),
        transaction_timeout_ms: timeout_ms,
        producer_id: ProducerId::NONE,
        producer_epoch: Epoch::NONE,
        ..InitProducerIdRequest::default()
    }
}
