//! Rights to transactional ids, and to what joins their transactions.

use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::request::AddPartitionsToTxnTopic;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::fetch::FetchRequest;
use klamm_protocol::fetch::request::{FetchPartition, FetchTopic};
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_wire::{Epoch, ErrorCode, PartitionIndex, ProducerId};

use super::{DENIED, with};
use crate::testing::World;

const REFUSED: ErrorCode = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
/// What a producer needs that reads and writes `orders` as `txn`, for `readers`.
const ENOUGH: [&str; 4] = [
    "all Write txn:txn",
    "all Read group:readers",
    "all Write topic:orders",
    "all Read topic:orders",
];

fn begun(world: &mut World) -> (ProducerId, Epoch) {
    let request = InitProducerIdRequest {
        transactional_id: Some("txn".into()),
        transaction_timeout_ms: 1_000,
        ..InitProducerIdRequest::default()
    };
    let answer = world.ask(1, 4, &request);
    assert_eq!(answer.error_code, ErrorCode::NONE);
    (answer.producer_id, answer.producer_epoch)
}

fn add(
    world: &mut World,
    id: &'static str,
    who: (ProducerId, Epoch),
    topics: &[&'static str],
) -> Vec<ErrorCode> {
    let topics = topics.iter().map(|name| AddPartitionsToTxnTopic {
        name: (*name).into(),
        partitions: vec![PartitionIndex(0)].into(),
        ..AddPartitionsToTxnTopic::default()
    });
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: id.into(),
        v3_and_below_producer_id: who.0,
        v3_and_below_producer_epoch: who.1.0,
        v3_and_below_topics: topics.collect(),
        ..AddPartitionsToTxnRequest::default()
    };
    let results = world.ask(1, 3, &request).results_by_topic_v3_and_below.into_iter();
    results.map(|one| one.results_by_partition[0].partition_error_code).collect()
}

#[test]
fn one_topic_without_a_right_keeps_the_others_out() {
    let mut world = with(&ENOUGH);
    let who = begun(&mut world);
    let answer = add(&mut world, "txn", who, &["orders", "secrets"]);
    assert_eq!(answer, [ErrorCode::OPERATION_NOT_ATTEMPTED, DENIED]);
    assert_eq!(add(&mut world, "other", who, &["orders"]), [REFUSED]);
    assert_eq!(add(&mut world, "txn", who, &["orders"]), [ErrorCode::NONE]);
}

fn end(world: &mut World, id: &'static str, who: (ProducerId, Epoch)) -> ErrorCode {
    let request = EndTxnRequest {
        transactional_id: id.into(),
        producer_id: who.0,
        producer_epoch: who.1,
        committed: true,
        ..EndTxnRequest::default()
    };
    world.ask(1, 3, &request).error_code
}

#[test]
fn a_transaction_is_ended_by_those_who_may_write_it() {
    let mut world = with(&ENOUGH);
    let who = begun(&mut world);
    add(&mut world, "txn", who, &["orders"]);
    assert_eq!(end(&mut world, "other", who), REFUSED);
    assert_eq!(end(&mut world, "txn", who), ErrorCode::NONE);
}

fn commit(world: &mut World, id: &'static str, who: (ProducerId, Epoch)) -> Vec<ErrorCode> {
    let topic = |name: &'static str| TxnOffsetCommitRequestTopic {
        name: name.into(),
        partitions: vec![TxnOffsetCommitRequestPartition::default()],
        ..TxnOffsetCommitRequestTopic::default()
    };
    let request = TxnOffsetCommitRequest {
        transactional_id: id.into(),
        group_id: "readers".into(),
        producer_id: who.0,
        producer_epoch: who.1,
        generation_id: -1,
        topics: vec![topic("orders"), topic("secrets")],
        ..TxnOffsetCommitRequest::default()
    };
    let mut topics = world.ask(1, 3, &request).topics;
    topics.sort_by(|one, other| one.name.cmp(&other.name));
    topics.iter().map(|topic| topic.partitions[0].error_code).collect()
}

#[test]
fn offsets_join_a_transaction_by_rights_to_group_and_topic() {
    let mut world = with(&ENOUGH);
    let who = begun(&mut world);
    let of = |group: &'static str| AddOffsetsToTxnRequest {
        transactional_id: "txn".into(),
        producer_id: who.0,
        producer_epoch: who.1,
        group_id: group.into(),
        ..AddOffsetsToTxnRequest::default()
    };
    let refused = world.ask(1, 3, &of("others")).error_code;
    assert_eq!(refused, ErrorCode::GROUP_AUTHORIZATION_FAILED);
    assert_eq!(world.ask(1, 3, &of("readers")).error_code, ErrorCode::NONE);
    assert_eq!(commit(&mut world, "txn", who), [ErrorCode::NONE, DENIED]);
    assert_eq!(commit(&mut world, "other", who), [REFUSED; 2]);
}

#[test]
fn what_one_may_not_read_is_not_read() {
    let mut world = with(&ENOUGH);
    let mut read = |topic: &'static str| {
        let partitions = vec![FetchPartition::default()];
        let topic_id = world.known(topic).id;
        let topics = vec![FetchTopic { topic_id, partitions, ..FetchTopic::default() }];
        let request = FetchRequest { topics, session_epoch: -1, ..FetchRequest::default() };
        world.ask(1, 13, &request).responses[0].partitions[0].error_code
    };
    assert_eq!([read("orders"), read("secrets")], [ErrorCode::NONE, DENIED]);
}
