//! The cluster as its clients see it, API by API.

mod configs;
mod coordinators;
mod fetch;
mod metadata;
mod offsets;
mod partitions;
mod produce;
mod replication;
mod rights;
mod sasl;
mod topics;
mod transactions;

use std::borrow::Cow;

use klamm_protocol::Records;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::produce::response::PartitionProduceResponse;
use klamm_protocol::produce::{ProduceRequest, ProduceResponse};
use klamm_wire::{PartitionIndex, TopicId};

use crate::testing::World;

/// The newest version of Produce.
const PRODUCE: i16 = 13;

/// A request to produce into partitions of one topic.
fn to(
    world: &World,
    topic: &str,
    acks: i16,
    parts: Vec<(i32, Records<'static>)>,
) -> ProduceRequest<'static> {
    let known = world.cluster.state.topics.get(topic);
    let parts = parts.into_iter().map(|(index, records)| PartitionProduceData {
        index: PartitionIndex(index),
        records: Some(records),
        ..PartitionProduceData::default()
    });
    let data = TopicProduceData {
        name: Cow::Owned(topic.to_owned()),
        topic_id: known.map_or(TopicId::ZERO, |known| known.id),
        partition_data: parts.collect(),
        ..TopicProduceData::default()
    };
    ProduceRequest { acks, timeout_ms: 1_000, topic_data: vec![data], ..ProduceRequest::default() }
}

/// What an answer says of each partition.
fn parts(answer: ProduceResponse<'static>) -> Vec<PartitionProduceResponse<'static>> {
    answer.responses.into_iter().flat_map(|topic| topic.partition_responses).collect()
}

/// What an answer says of its only partition.
#[track_caller]
fn only(answer: ProduceResponse<'static>) -> PartitionProduceResponse<'static> {
    let mut parts = parts(answer);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.remove(0)
}
