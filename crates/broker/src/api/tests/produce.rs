//! What producers are told, and what is in the log afterwards.

use std::borrow::Cow;

use klamm_protocol::Records;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::produce::response::PartitionProduceResponse;
use klamm_protocol::produce::{ProduceRequest, ProduceResponse};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

use crate::testing::{World, batch};

/// A request for partitions of one topic.
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

/// What an answer says of its only partition.
#[track_caller]
fn only(answer: ProduceResponse<'static>) -> PartitionProduceResponse<'static> {
    let mut parts: Vec<_> =
        answer.responses.into_iter().flat_map(|topic| topic.partition_responses).collect();
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.remove(0)
}

#[test]
fn every_version_stores_the_same_record() {
    let mut world = World::of(1);
    world.topic("orders", 1);
    for version in 3..=13 {
        let request = to(&world, "orders", 1, vec![(0, batch(&["a"]))]);
        let answer = only(world.ask(1, version, &request));
        assert_eq!(answer.error_code, ErrorCode::NONE, "version {version}");
        assert_eq!(answer.base_offset, i64::from(version) - 3);
    }
    assert_eq!(world.values("orders", 0), ["a"; 11]);
}
