//! What administrators see of producers and their transactions.

use std::borrow::Cow;

use klamm_protocol::describe_producers::DescribeProducersRequest;
use klamm_protocol::describe_producers::request::TopicRequest;
use klamm_protocol::describe_transactions::DescribeTransactionsRequest;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::list_transactions::{ListTransactionsRequest, ListTransactionsResponse};
use klamm_wire::{Epoch, ErrorCode, PartitionIndex, ProducerId};

use super::{PRODUCE, only, parts, to};
use crate::ClusterSettings;
use crate::defects::Defect;
use crate::testing::{DAWN, World, batch_in_txn, batch_of};

/// One node, and the transactional ids `tx-1` with an open transaction and `other` with none.
fn with_transactions() -> World {
    begun(World::of(1))
}

fn begun(mut world: World) -> World {
    world.topic("orders", 2);
    let pid = init(&mut world, "tx-1");
    init(&mut world, "other");
    let mut request = to(&world, "orders", -1, vec![(1, batch_in_txn(pid, 0, 0, &["a"]))]);
    request.transactional_id = Some(Cow::Borrowed("tx-1"));
    assert_eq!(only(world.ask(1, PRODUCE, &request)).error_code, ErrorCode::NONE);
    world
}

fn init(world: &mut World, id: &'static str) -> i64 {
    let request = InitProducerIdRequest {
        transactional_id: Some(Cow::Borrowed(id)),
        transaction_timeout_ms: 60_000,
        producer_id: ProducerId::NONE,
        producer_epoch: Epoch::NONE,
        ..InitProducerIdRequest::default()
    };
    let answer = world.ask(1, 5, &request);
    assert_eq!(answer.error_code, ErrorCode::NONE);
    answer.producer_id.0
}

fn ids(answer: &ListTransactionsResponse<'_>) -> Vec<String> {
    answer.transaction_states.iter().map(|one| one.transactional_id.to_string()).collect()
}

fn listing(states: &[&'static str]) -> ListTransactionsRequest<'static> {
    ListTransactionsRequest {
        state_filters: states.iter().copied().map(Cow::Borrowed).collect(),
        ..ListTransactionsRequest::default()
    }
}

#[test]
fn a_transaction_is_described_with_what_it_touches() {
    let mut world = with_transactions();
    let wanted = ["tx-1", "nope", ""].into_iter().map(Cow::Borrowed).collect();
    let request = DescribeTransactionsRequest {
        transactional_ids: wanted,
        ..DescribeTransactionsRequest::default()
    };
    let told = world.ask(1, 0, &request).transaction_states;
    let codes: Vec<_> = told.iter().map(|one| one.error_code.0).collect();
    assert_eq!(codes, [0, 105, 42]);
    assert_eq!((told[0].transaction_state.as_ref(), told[0].producer_epoch), ("Ongoing", Epoch(0)));
    assert_eq!((told[0].transaction_timeout_ms, told[0].transaction_start_time_ms), (60_000, DAWN));
    assert_eq!(told[0].topics[0].topic, "orders");
    assert_eq!(told[0].topics[0].partitions.to_vec(), [PartitionIndex(1)]);
}

#[test]
fn transactions_are_listed_by_state_and_producer() {
    let mut world = with_transactions();
    assert_eq!(ids(&world.ask(1, 0, &listing(&[]))), ["other", "tx-1"]);
    assert_eq!(ids(&world.ask(1, 0, &listing(&["Ongoing"]))), ["tx-1"]);
    let bogus = world.ask(1, 0, &listing(&["Empty", "empty"]));
    assert_eq!(
        (ids(&bogus), bogus.unknown_state_filters[0].as_ref()),
        (vec!["other".to_owned()], "empty")
    );
    assert!(ids(&world.ask(1, 0, &listing(&["Bogus"]))).is_empty());
    let pid = world.cluster.state.transactions.describe("tx-1").unwrap().pid;
    let of_one = ListTransactionsRequest {
        producer_id_filters: vec![ProducerId(pid)].into(),
        ..listing(&[])
    };
    assert_eq!(ids(&world.ask(1, 0, &of_one)), ["tx-1"]);
}

#[test]
fn transactions_are_listed_by_how_long_they_last() {
    let mut world = with_transactions();
    world.pass(1_000);
    for (duration_filter, ongoing) in [(-1, 1), (999, 1), (1_000, 0)] {
        let request = ListTransactionsRequest { duration_filter, ..listing(&["Ongoing"]) };
        assert_eq!(world.ask(1, 1, &request).transaction_states.len(), ongoing);
    }
}

#[test]
fn transactions_are_listed_by_a_pattern_of_the_whole_id() {
    let mut world = with_transactions();
    let mut ask = |pattern: &'static str| {
        let transactional_id_pattern = Some(Cow::Borrowed(pattern));
        world.ask(1, 2, &ListTransactionsRequest { transactional_id_pattern, ..listing(&[]) })
    };
    assert_eq!(ids(&ask("tx-.*")), ["tx-1"]);
    assert_eq!(ids(&ask("x|other")), ["other"]);
    assert!(ids(&ask("tx")).is_empty());
    assert_eq!(ids(&ask("")).len(), 2);
    for broken in ["[", "a)(b"] {
        assert_eq!(ask(broken).error_code, ErrorCode::INVALID_REGULAR_EXPRESSION, "{broken}");
    }
}

#[test]
fn only_the_coordinator_tells_of_a_transaction() {
    let mut world = World::of(3);
    let request = DescribeTransactionsRequest {
        transactional_ids: vec![Cow::Borrowed("tx-1")],
        ..DescribeTransactionsRequest::default()
    };
    let codes: Vec<_> =
        (1..=3).map(|node| world.ask(node, 0, &request).transaction_states[0].error_code).collect();
    let strangers = codes.iter().filter(|code| **code == ErrorCode::NOT_COORDINATOR);
    assert_eq!(strangers.count(), 2, "{codes:?}");
}

#[test]
fn producers_of_a_partition_are_described() {
    let mut world = with_transactions();
    let request = to(&world, "orders", 1, vec![(0, batch_of(77, 3, 0, &["a", "b"]))]);
    world.ask(1, PRODUCE, &request);
    let topic = TopicRequest {
        name: Cow::Borrowed("orders"),
        partition_indexes: [0, 1, 9].map(PartitionIndex).to_vec().into(),
        ..TopicRequest::default()
    };
    let request =
        DescribeProducersRequest { topics: vec![topic], ..DescribeProducersRequest::default() };
    let parts = world.ask(1, 0, &request).topics.remove(0).partitions;
    let codes: Vec<_> = parts.iter().map(|part| part.error_code.0).collect();
    assert_eq!(codes, [0, 0, 3]);
    let plain = &parts[0].active_producers[0];
    assert_eq!((plain.producer_id, plain.producer_epoch), (ProducerId(77), 3));
    assert_eq!((plain.last_sequence, plain.current_txn_start_offset), (1, -1));
    assert_eq!(parts[1].active_producers[0].current_txn_start_offset, 0);
}

#[test]
fn a_request_of_two_producers_is_refused_as_a_whole() {
    let mut world = with_transactions();
    let own = init(&mut world, "other");
    let records = [(0, own), (1, own + 1)];
    let records = records.map(|(index, pid)| (index, batch_in_txn(pid, 1, 0, &["b"])));
    let mut request = to(&world, "orders", 2, records.to_vec());
    request.transactional_id = Some(Cow::Borrowed("other"));
    let told: Vec<_> =
        parts(world.ask(1, PRODUCE, &request)).iter().map(|p| p.error_code).collect();
    assert_eq!(told, [ErrorCode::INVALID_PRODUCER_ID_MAPPING; 2]);
    assert_eq!((world.values("orders", 0), world.values("orders", 1).len()), (Vec::new(), 1));
}

/// A broker that lets anybody write into a transaction lets a batch come too early.
#[test]
fn a_marker_does_not_end_what_is_as_new_as_it() {
    let mut settings = ClusterSettings::of(1);
    settings.defects.switch_on(Defect::SkipsVerification);
    let mut world = begun(World::with(settings));
    let pid = world.cluster.state.transactions.describe("tx-1").unwrap().pid;
    let mut early = to(&world, "orders", -1, vec![(1, batch_in_txn(pid, 1, 0, &["b"]))]);
    early.transactional_id = Some(Cow::Borrowed("tx-1"));
    assert_eq!(only(world.ask(1, 11, &early)).error_code, ErrorCode::NONE);
    let end = EndTxnRequest {
        transactional_id: Cow::Borrowed("tx-1"),
        producer_id: ProducerId(pid),
        producer_epoch: Epoch(0),
        committed: true,
        ..EndTxnRequest::default()
    };
    assert_eq!(world.ask(1, 5, &end).error_code, ErrorCode::NONE);
    assert_eq!(world.partition("orders", 1).led().unwrap().log.end(), 2, "no marker");
}
