//! The answer to a Produce request: every batch appended.

use std::borrow::Cow;

use bytes::Bytes;
use kafka_protocol::messages as peer;
use kafka_protocol::messages::produce_response as peers;
use kafka_protocol::protocol::{Decodable, StrBytes};
use klamm_peers_bench::Contest;
use klamm_protocol::produce::response as ours;
use klamm_wire::{PartitionIndex, TopicId, Uuid};

use crate::contest::{Decoders, Subject, Title};
use crate::facts::{self, PARTITIONS, Topic};
use crate::floor::Floor;
use crate::sum::Sum;

const THROTTLE: i32 = 0;
/// The records keep their own timestamps.
const NO_APPEND_TIME: i64 = -1;
/// The first version that names topics by id.
const BY_ID: i16 = 13;

/// The operations at a version, one with tagged fields.
pub(crate) fn contests(version: i16) -> [Contest<Title>; 2] {
    let topic = facts::topic(7);
    let (name, id) = match version {
        BY_ID.. => (String::new(), topic.id),
        _ => (topic.name.clone(), [0; 16]),
    };
    let subject = Subject {
        message: "Produce response",
        version,
        ours: ours_from(&name, id),
        peer: peer_from(&name, id),
        floor: floor_from(version, topic),
    };
    subject.contests(&Decoders { ours: decode_ours, peer: decode_peer })
}

fn base_offset(index: i32) -> i64 {
    1_234_567_890 + 1_000 * i64::from(index)
}

fn log_start(index: i32) -> i64 {
    1_200_000_000 + i64::from(index)
}

fn ours_from(name: &str, id: [u8; 16]) -> ours::ProduceResponse<'static> {
    let partition = |index| ours::PartitionProduceResponse {
        index: PartitionIndex(index),
        base_offset: base_offset(index),
        log_append_time_ms: NO_APPEND_TIME,
        log_start_offset: log_start(index),
        ..Default::default()
    };
    let topic = ours::TopicProduceResponse {
        name: Cow::Owned(name.to_owned()),
        topic_id: TopicId(Uuid(id)),
        partition_responses: (0..PARTITIONS).map(partition).collect(),
        ..Default::default()
    };
    ours::ProduceResponse {
        responses: vec![topic],
        throttle_time_ms: THROTTLE,
        ..Default::default()
    }
}

fn peer_from(name: &str, id: [u8; 16]) -> peer::ProduceResponse {
    let partition = |index| {
        peers::PartitionProduceResponse::default()
            .with_index(index)
            .with_base_offset(base_offset(index))
            .with_log_append_time_ms(NO_APPEND_TIME)
            .with_log_start_offset(log_start(index))
    };
    let topic = peers::TopicProduceResponse::default()
        .with_name(StrBytes::from_string(name.to_owned()).into())
        .with_topic_id(uuid::Uuid::from_bytes(id))
        .with_partition_responses((0..PARTITIONS).map(partition).collect());
    peer::ProduceResponse::default().with_responses(vec![topic]).with_throttle_time_ms(THROTTLE)
}

fn floor_from(version: i16, topic: Topic) -> impl Fn() -> Floor {
    move || {
        let mut out = Floor::with_room(64 + 40 * topic.partitions.len(), 0);
        out.compact(1);
        if version >= BY_ID {
            out.put(&topic.id);
        } else {
            out.text(&topic.name);
        }
        out.compact(topic.partitions.len());
        for partition in &topic.partitions {
            let index = partition.index;
            out.put(&index.to_be_bytes());
            out.put(&0_i16.to_be_bytes());
            out.put(&base_offset(index).to_be_bytes());
            out.put(&NO_APPEND_TIME.to_be_bytes());
            out.put(&log_start(index).to_be_bytes());
            // No refused records, no message, no tagged fields.
            out.put(&[1, 0, 0]);
        }
        out.uvarint(0);
        out.put(&THROTTLE.to_be_bytes());
        out.uvarint(0);
        out
    }
}

fn decode_ours(frame: &Bytes, version: i16) -> Sum {
    let message: ours::ProduceResponse<'_> =
        klamm_protocol::decode_exact(frame, version).expect("written by the encoder");
    let mut sum = Sum::default();
    for topic in &message.responses {
        sum.short(topic.name.as_bytes());
        sum.short(&topic.topic_id.0.0);
        topic.partition_responses.iter().for_each(|partition| add_ours(&mut sum, partition));
        sum.number(topic.unknown_tags.len() as i64);
    }
    sum.number(message.throttle_time_ms);
    for endpoint in &message.node_endpoints {
        sum.number(endpoint.node_id.0);
        sum.short(endpoint.host.as_bytes());
        sum.number(endpoint.port);
        sum.nullable(endpoint.rack.as_deref());
    }
    sum.number(message.unknown_tags.len() as i64);
    sum
}

fn add_ours(sum: &mut Sum, partition: &ours::PartitionProduceResponse<'_>) {
    sum.number(partition.index.0);
    sum.number(partition.error_code.0);
    sum.number(partition.base_offset);
    sum.number(partition.log_append_time_ms);
    sum.number(partition.log_start_offset);
    for refused in &partition.record_errors {
        sum.number(refused.batch_index);
        sum.nullable(refused.batch_index_error_message.as_deref());
    }
    sum.nullable(partition.error_message.as_deref());
    sum.number(partition.current_leader.leader_id.0);
    sum.number(partition.current_leader.leader_epoch);
    sum.number(partition.unknown_tags.len() as i64);
}

fn decode_peer(frame: &mut Bytes, version: i16) -> Sum {
    let message = peer::ProduceResponse::decode(frame, version).expect("written by the encoder");
    assert!(frame.is_empty());
    let mut sum = Sum::default();
    for topic in &message.responses {
        sum.short(topic.name.as_bytes());
        sum.short(topic.topic_id.as_bytes());
        topic.partition_responses.iter().for_each(|partition| add_peer(&mut sum, partition));
        sum.number(topic.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.throttle_time_ms);
    for endpoint in &message.node_endpoints {
        sum.number(endpoint.node_id.0);
        sum.short(endpoint.host.as_bytes());
        sum.number(endpoint.port);
        sum.nullable(endpoint.rack.as_deref());
    }
    sum.number(message.unknown_tagged_fields.len() as i64);
    sum
}

fn add_peer(sum: &mut Sum, partition: &peers::PartitionProduceResponse) {
    sum.number(partition.index);
    sum.number(partition.error_code);
    sum.number(partition.base_offset);
    sum.number(partition.log_append_time_ms);
    sum.number(partition.log_start_offset);
    for refused in &partition.record_errors {
        sum.number(refused.batch_index);
        sum.nullable(refused.batch_index_error_message.as_deref());
    }
    sum.nullable(partition.error_message.as_deref());
    sum.number(partition.current_leader.leader_id.0);
    sum.number(partition.current_leader.leader_epoch);
    sum.number(partition.unknown_tagged_fields.len() as i64);
}
