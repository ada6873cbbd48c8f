//! Each fault as a client sees it.

mod accepting;
mod answers;
mod counting;
mod defects;
mod determinism;
mod happenings;
mod requests;
mod texts;

use std::borrow::Cow;

use klamm_protocol::Records;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::produce::response::PartitionProduceResponse;
use klamm_protocol::produce::{ProduceRequest, ProduceResponse};
use klamm_wire::{ErrorCode, PartitionIndex};

use super::{Fault, FaultId};
use crate::ConnectionId;
use crate::testing::{World, batch};

/// The version that tests speak, of Produce and of everything else.
const VERSION: i16 = 9;

/// A world of one node with a topic `orders` of two partitions, and a fault.
fn one_with(fault: &str) -> (World, ConnectionId, FaultId) {
    let mut world = World::of(1);
    world.topic("orders", 2);
    let fault = inject(&mut world, fault);
    let client = world.connect(1);
    (world, client, fault)
}

#[track_caller]
fn inject(world: &mut World, fault: &str) -> FaultId {
    world.cluster.inject(fault.parse::<Fault>().expect("a fault"))
}

/// A record for each of these partitions of `orders`, its value being its partition.
fn records(acks: i16, partitions: &[i32]) -> ProduceRequest<'static> {
    let parts = partitions.iter().map(|index| (*index, batch(&[&index.to_string()])));
    produce(acks, parts.collect())
}

fn produce(acks: i16, parts: Vec<(i32, Records<'static>)>) -> ProduceRequest<'static> {
    let parts = parts.into_iter().map(|(index, records)| PartitionProduceData {
        index: PartitionIndex(index),
        records: Some(records),
        ..PartitionProduceData::default()
    });
    let data = TopicProduceData {
        name: Cow::Borrowed("orders"),
        partition_data: parts.collect(),
        ..TopicProduceData::default()
    };
    ProduceRequest { acks, timeout_ms: 1_000, topic_data: vec![data], ..ProduceRequest::default() }
}

/// What an answer to Produce says of its partitions.
fn parts(answer: ProduceResponse<'static>) -> Vec<PartitionProduceResponse<'static>> {
    answer.responses.into_iter().flat_map(|topic| topic.partition_responses).collect()
}

/// All the bytes that ever came on a connection.
fn bytes_of(world: &World, client: ConnectionId) -> &[u8] {
    world.wire.get(&client).map_or(&[], Vec::as_slice)
}

/// The codes in the next answer to Produce, if there is one.
#[track_caller]
fn codes(world: &mut World, client: ConnectionId) -> Option<Vec<ErrorCode>> {
    let answer = world.answer::<ProduceRequest<'_>>(client, VERSION)?;
    Some(parts(answer).into_iter().map(|part| part.error_code).collect())
}

/// Asks for all topics: something that is answered at once and writes nothing.
fn all_topics() -> MetadataRequest<'static> {
    MetadataRequest { topics: None, ..MetadataRequest::default() }
}

#[track_caller]
fn is_answered(world: &mut World, client: ConnectionId) -> bool {
    world.answer::<MetadataRequest<'_>>(client, VERSION).is_some()
}
