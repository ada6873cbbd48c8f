//! Requests with fields of any value, as a client would encode them.

use bytes::Bytes;
use klamm_protocol::Request;
use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::{
    AddPartitionsToTxnRequest, request::AddPartitionsToTxnTopic,
};
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::fetch::{
    FetchRequest,
    request::{FetchPartition, FetchTopic},
};
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::frame::encode_request;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::join_group::{JoinGroupRequest, request::JoinGroupRequestProtocol};
use klamm_protocol::list_offsets::{
    ListOffsetsRequest,
    request::{ListOffsetsPartition, ListOffsetsTopic},
};
use klamm_protocol::metadata::{MetadataRequest, request::MetadataRequestTopic};
use klamm_protocol::offset_fetch::OffsetFetchRequest;
use klamm_protocol::produce::{
    ProduceRequest,
    request::{PartitionProduceData, TopicProduceData},
};
use klamm_protocol::sync_group::SyncGroupRequest;
use klamm_records::layout::Attributes;
use klamm_records::{BatchHeader, checksum};
use klamm_wire::{Epoch, PartitionIndex, ProducerId, Sequence};

use super::choices::Choices;
use crate::personas::Persona;

/// A request of some API and version; nothing where the version cannot carry the fields.
pub(super) fn any(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    match choices.below(16) {
        0..=4 => produce(choices, number),
        5 => fetch(choices, number),
        6 => {
            let request = InitProducerIdRequest {
                transactional_id: Some(choices.name().into()),
                transaction_timeout_ms: choices.int(),
                producer_id: ProducerId(choices.number()),
                producer_epoch: Epoch(choices.short()),
                ..Default::default()
            };
            framed(choices, &request, number)
        }
        7 => add_partitions(choices, number),
        8 => {
            let request = EndTxnRequest {
                transactional_id: choices.name().into(),
                producer_id: ProducerId(choices.number()),
                producer_epoch: Epoch(choices.short()),
                committed: choices.byte() > 127,
                ..Default::default()
            };
            framed(choices, &request, number)
        }
        9 => metadata(choices, number),
        10 => list_offsets(choices, number),
        11 => join(choices, number),
        12 => {
            let request = SyncGroupRequest {
                group_id: choices.name().into(),
                member_id: choices.name().into(),
                generation_id: choices.int(),
                ..Default::default()
            };
            framed(choices, &request, number)
        }
        13 => {
            let request = AddOffsetsToTxnRequest {
                transactional_id: choices.name().into(),
                producer_id: ProducerId(choices.number()),
                producer_epoch: Epoch(choices.short()),
                group_id: choices.name().into(),
                ..Default::default()
            };
            framed(choices, &request, number)
        }
        14 => lookup(choices, number),
        _ => framed(choices, &ApiVersionsRequest::default(), number),
    }
}

/// A frame of one of the versions that the broker claims to speak.
fn framed<'a, R: Request<'a>>(
    choices: &mut Choices<'_>,
    request: &R,
    number: i32,
) -> Option<Vec<u8>> {
    let known = Persona::default().versions(R::KEY).or_else(|| R::KEY.versions())?;
    let span = u8::try_from(known.max.saturating_sub(known.min)).unwrap_or(0);
    let version = known.min.saturating_add(i16::from(choices.below(span.saturating_add(1))));
    let frame = encode_request(request, version, number, Some("fuzz")).ok()?;
    Some(frame.to_vec())
}

fn produce(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let partitions = (0..choices.below(3)).map(|_| PartitionProduceData {
        index: PartitionIndex(i32::from(choices.below(3))),
        records: Some(batch(choices).into()),
        ..Default::default()
    });
    let partition_data = partitions.collect();
    let topic =
        TopicProduceData { name: choices.name().into(), partition_data, ..Default::default() };
    let request = ProduceRequest {
        transactional_id: (choices.byte() > 127).then(|| choices.name().into()),
        acks: choices.short(),
        timeout_ms: choices.int(),
        topic_data: vec![topic],
        ..Default::default()
    };
    framed(choices, &request, number)
}

/// A batch of small records whose header says anything, with a checksum that is mostly right.
fn batch(choices: &mut Choices<'_>) -> Bytes {
    // One record: its length, attributes, deltas, no key, a value of one byte, no headers.
    let record = [16_u8, 0, 0, 0, 1, 2, b'v', 0, 0];
    let count = choices.below(4);
    let payload = record.repeat(usize::from(count));
    let is_plain = choices.byte() > 80;
    let claimed = if is_plain { i32::from(count) } else { choices.int() };
    let header = BatchHeader {
        base_offset: if is_plain { 0 } else { choices.number() },
        leader_epoch: -1,
        attributes: Attributes(if is_plain { 0 } else { choices.short() }),
        last_offset_delta: claimed.saturating_sub(1),
        base_timestamp: super::DAWN,
        max_timestamp: super::DAWN,
        producer_id: ProducerId(if is_plain { -1 } else { choices.number() }),
        producer_epoch: Epoch(if is_plain { -1 } else { choices.short() }),
        base_sequence: Sequence(if is_plain { -1 } else { choices.int() }),
        count: claimed,
    };
    let crc = checksum::crc32c(&payload);
    let mut bytes = header.to_bytes(payload.len(), crc).to_vec();
    bytes.extend(payload);
    bytes.into()
}

fn fetch(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let partition = FetchPartition {
        partition: PartitionIndex(i32::from(choices.below(3))),
        fetch_offset: choices.number(),
        current_leader_epoch: choices.int(),
        partition_max_bytes: choices.int(),
        ..Default::default()
    };
    let topic = FetchTopic {
        topic: choices.name().into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = FetchRequest {
        max_wait_ms: choices.int(),
        min_bytes: choices.int(),
        max_bytes: choices.int(),
        isolation_level: i8::from(choices.byte() > 127),
        topics: vec![topic],
        ..Default::default()
    };
    framed(choices, &request, number)
}

fn add_partitions(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let topic = AddPartitionsToTxnTopic {
        name: choices.name().into(),
        partitions: vec![PartitionIndex(i32::from(choices.below(3)))].into(),
        ..Default::default()
    };
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: choices.name().into(),
        v3_and_below_producer_id: ProducerId(choices.number()),
        v3_and_below_producer_epoch: choices.short(),
        v3_and_below_topics: vec![topic],
        ..Default::default()
    };
    framed(choices, &request, number)
}

fn metadata(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let topic = MetadataRequestTopic { name: Some(choices.name().into()), ..Default::default() };
    let request = MetadataRequest {
        topics: (choices.byte() > 60).then(|| vec![topic]),
        ..Default::default()
    };
    framed(choices, &request, number)
}

fn list_offsets(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let partition = ListOffsetsPartition {
        partition_index: PartitionIndex(i32::from(choices.below(3))),
        timestamp: choices.number(),
        current_leader_epoch: choices.int(),
        ..Default::default()
    };
    let topic = ListOffsetsTopic {
        name: choices.name().into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = ListOffsetsRequest {
        isolation_level: i8::from(choices.byte() > 127),
        topics: vec![topic],
        ..Default::default()
    };
    framed(choices, &request, number)
}

fn join(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    let protocol = JoinGroupRequestProtocol { name: "range".into(), ..Default::default() };
    let request = JoinGroupRequest {
        group_id: choices.name().into(),
        session_timeout_ms: choices.int(),
        rebalance_timeout_ms: choices.int(),
        member_id: choices.name().into(),
        protocol_type: "consumer".into(),
        protocols: vec![protocol],
        ..Default::default()
    };
    framed(choices, &request, number)
}

fn lookup(choices: &mut Choices<'_>, number: i32) -> Option<Vec<u8>> {
    if choices.byte() > 127 {
        let request = OffsetFetchRequest { group_id: choices.name().into(), ..Default::default() };
        return framed(choices, &request, number);
    }
    let request = FindCoordinatorRequest {
        key: choices.name().into(),
        key_type: i8::from(choices.byte() > 127),
        ..Default::default()
    };
    framed(choices, &request, number)
}
