//! A full Produce request: one batch of 64 KiB for each partition of a topic.

use std::borrow::Cow;

use bytes::Bytes;
use kafka_protocol::messages as peer;
use kafka_protocol::messages::produce_request as peers;
use kafka_protocol::protocol::{Decodable, StrBytes};
use klamm_peers_bench::Contest;
use klamm_protocol::Records;
use klamm_protocol::produce::request as ours;
use klamm_wire::{PartitionIndex, TopicId, Uuid};

use crate::contest::{Decoders, Subject, Title};
use crate::facts::{self, HEADER, Topic};
use crate::floor::Floor;
use crate::sum::Sum;

const ACKS: i16 = -1;
const TIMEOUT: i32 = 30_000;
/// The first version that names topics by id.
const BY_ID: i16 = 13;

/// The operations at a version, one with tagged fields.
pub(crate) fn contests(version: i16) -> [Contest<Title>; 2] {
    let topic = facts::topic(7);
    // A version carries the name or the id; the other would be dropped, and is left out.
    let (name, id) = match version {
        BY_ID.. => (String::new(), topic.id),
        _ => (topic.name.clone(), [0; 16]),
    };
    let batches = facts::batches();
    let subject = Subject {
        message: "Produce request",
        version,
        ours: ours_from(&name, id, &batches),
        peer: peer_from(&name, id, &batches),
        floor: floor_from(version, topic, batches),
    };
    subject.contests(&Decoders { ours: decode_ours, peer: decode_peer })
}

/// Each batch is its header and its payload, as the stage before hands them over.
fn ours_from(name: &str, id: [u8; 16], batches: &[Bytes]) -> ours::ProduceRequest<'static> {
    let records = |batch: &Bytes| Records::from([batch.slice(..HEADER), batch.slice(HEADER..)]);
    let partition = |(index, batch)| ours::PartitionProduceData {
        index: PartitionIndex(index),
        records: Some(records(batch)),
        ..Default::default()
    };
    let topic = ours::TopicProduceData {
        name: Cow::Owned(name.to_owned()),
        topic_id: TopicId(Uuid(id)),
        partition_data: (0..).zip(batches).map(partition).collect(),
        ..Default::default()
    };
    ours::ProduceRequest {
        acks: ACKS,
        timeout_ms: TIMEOUT,
        topic_data: vec![topic],
        ..Default::default()
    }
}

fn peer_from(name: &str, id: [u8; 16], batches: &[Bytes]) -> peer::ProduceRequest {
    let partition = |(index, batch): (i32, &Bytes)| {
        peers::PartitionProduceData::default().with_index(index).with_records(Some(batch.clone()))
    };
    let topic = peers::TopicProduceData::default()
        .with_name(StrBytes::from_string(name.to_owned()).into())
        .with_topic_id(uuid::Uuid::from_bytes(id))
        .with_partition_data((0..).zip(batches).map(partition).collect());
    peer::ProduceRequest::default()
        .with_acks(ACKS)
        .with_timeout_ms(TIMEOUT)
        .with_topic_data(vec![topic])
}

fn floor_from(version: i16, topic: Topic, batches: Vec<Bytes>) -> impl Fn() -> Floor {
    let cut = |batch: &Bytes| [batch.slice(..HEADER), batch.slice(HEADER..)];
    let batches: Vec<[Bytes; 2]> = batches.iter().map(cut).collect();
    move || {
        let mut out = Floor::with_room(64 + 16 * batches.len(), 2 * batches.len());
        let [a, b] = ACKS.to_be_bytes();
        let [c, d, e, f] = TIMEOUT.to_be_bytes();
        // No transactional id before, one topic after.
        out.put(&[0, a, b, c, d, e, f, 2]);
        if version >= BY_ID {
            out.put(&topic.id);
        } else {
            out.text(&topic.name);
        }
        out.compact(batches.len());
        for (index, pieces) in (0_i32..).zip(&batches) {
            out.put(&index.to_be_bytes());
            out.compact(pieces.iter().map(Bytes::len).sum());
            pieces.iter().for_each(|piece| out.piece(piece));
            out.uvarint(0);
        }
        out.put(&[0, 0]);
        out
    }
}

fn decode_ours(frame: &Bytes, version: i16) -> Sum {
    let message: ours::ProduceRequest<'_> =
        klamm_protocol::decode_exact(frame, version).expect("written by the encoder");
    let mut sum = Sum::default();
    sum.nullable(message.transactional_id.as_deref());
    sum.number(message.acks);
    sum.number(message.timeout_ms);
    for topic in &message.topic_data {
        sum.short(topic.name.as_bytes());
        sum.short(&topic.topic_id.0.0);
        for partition in &topic.partition_data {
            sum.number(partition.index.0);
            sum.number(partition.records.is_none());
            let records = partition.records.as_ref().and_then(Records::as_slice);
            records.into_iter().for_each(|records| sum.piece(records));
            sum.number(partition.unknown_tags.len() as i64);
        }
        sum.number(topic.unknown_tags.len() as i64);
    }
    sum.number(message.unknown_tags.len() as i64);
    sum
}

fn decode_peer(frame: &mut Bytes, version: i16) -> Sum {
    let message = peer::ProduceRequest::decode(frame, version).expect("written by the encoder");
    assert!(frame.is_empty());
    let mut sum = Sum::default();
    sum.nullable(message.transactional_id.as_ref().map(|id| id.as_str()));
    sum.number(message.acks);
    sum.number(message.timeout_ms);
    for topic in &message.topic_data {
        sum.short(topic.name.as_bytes());
        sum.short(topic.topic_id.as_bytes());
        for partition in &topic.partition_data {
            sum.number(partition.index);
            sum.number(partition.records.is_none());
            partition.records.iter().for_each(|piece| sum.piece(piece));
            sum.number(partition.unknown_tagged_fields.len() as i64);
        }
        sum.number(topic.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.unknown_tagged_fields.len() as i64);
    sum
}
