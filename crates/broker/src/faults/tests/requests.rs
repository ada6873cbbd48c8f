//! Faults before a request takes effect, and between that and its answer.

use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::fetch::FetchRequest;
use klamm_protocol::fetch::request::{FetchPartition, FetchTopic};
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::heartbeat::HeartbeatRequest;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_wire::{ErrorCode, PartitionIndex};

use super::*;

#[test]
fn a_connection_dropped_after_append_leaves_the_record_written() {
    let (mut world, client, fault) = one_with("produce: after-append drop-connection times 1");
    world.send(client, VERSION, &records(1, &[0]));
    assert!(world.is_closed(client));
    assert_eq!(bytes_of(&world, client), b"");
    assert_eq!(world.values("orders", 0), ["0"]);
    assert_eq!(world.cluster.fired(fault), 1);
}

#[test]
fn a_connection_dropped_on_receipt_writes_nothing() {
    let (mut world, client, _) = one_with("produce: on-receipt drop-connection");
    world.send(client, VERSION, &records(1, &[0]));
    assert!(world.is_closed(client));
    assert_eq!(world.values("orders", 0), [""; 0]);
}

#[test]
fn a_connection_can_end_by_a_reset() {
    for place in ["on-receipt", "before-append"] {
        let (mut world, client, _) = one_with(&format!("produce: {place} reset-connection"));
        world.send(client, VERSION, &records(1, &[0]));
        assert!(world.is_closed(client) && world.is_reset(client));
        assert!(world.values("orders", 0).is_empty());
    }
}

#[test]
fn a_connection_dropped_before_append_writes_nothing() {
    let (mut world, client, _) = one_with("produce: before-append drop-connection");
    world.send(client, VERSION, &records(1, &[0]));
    assert!(world.is_closed(client));
    assert_eq!(world.values("orders", 0), [""; 0]);
}

#[test]
fn a_request_that_hangs_keeps_its_connection_busy_and_no_other() {
    let (mut world, client, _) = one_with("produce: after-append hang");
    world.send(client, VERSION, &records(1, &[0]));
    world.send(client, VERSION, &all_topics());
    world.pass(3_600_000);
    assert_eq!(bytes_of(&world, client), b"");
    assert!(!world.is_closed(client));
    assert_eq!(world.values("orders", 0), ["0"]);
    let other = world.connect(1);
    world.send(other, VERSION, &all_topics());
    assert!(is_answered(&mut world, other));
}

#[test]
fn a_request_that_hangs_on_receipt_is_never_served() {
    let (mut world, client, _) = one_with("any: on-receipt hang times 1");
    world.send(client, VERSION, &records(1, &[0]));
    world.pass(3_600_000);
    assert_eq!(world.values("orders", 0), [""; 0]);
    assert_eq!(bytes_of(&world, client), b"");
}

#[test]
fn a_delayed_request_is_served_when_its_time_comes() {
    let (mut world, client, _) = one_with("produce: on-receipt delay 200ms");
    world.send(client, VERSION, &records(1, &[0]));
    world.pass(199);
    assert_eq!(world.values("orders", 0), [""; 0]);
    world.pass(1);
    assert_eq!(world.values("orders", 0), ["0"]);
    assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::NONE]));
}

#[test]
fn requests_behind_a_delayed_one_wait_for_it() {
    let (mut world, client, _) = one_with("produce: on-receipt delay 200ms times 1");
    world.send(client, VERSION, &records(0, &[0]));
    world.expect_silence(client);
    world.send(client, VERSION, &all_topics());
    world.pass(199);
    assert!(!is_answered(&mut world, client));
    world.pass(1);
    assert!(is_answered(&mut world, client));
}

#[test]
fn a_delayed_answer_is_one_to_a_record_that_is_written() {
    let (mut world, client, _) = one_with("produce: after-append delay 2s");
    world.send(client, VERSION, &records(-1, &[0]));
    assert_eq!(world.values("orders", 0), ["0"]);
    world.pass(1_999);
    assert_eq!(codes(&mut world, client), None);
    world.pass(1);
    assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::NONE]));
}

#[test]
fn an_error_before_append_writes_nothing() {
    for place in ["on-receipt", "before-append"] {
        let (mut world, client, _) = one_with(&format!("produce: {place} error 72"));
        world.send(client, VERSION, &records(1, &[0]));
        assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::LISTENER_NOT_FOUND]));
        assert_eq!(world.values("orders", 0), [""; 0], "{place}");
    }
}

#[test]
fn an_error_after_append_leaves_the_record_written() {
    let fault = "produce: after-append error NOT_ENOUGH_REPLICAS_AFTER_APPEND";
    let (mut world, client, _) = one_with(fault);
    world.send(client, VERSION, &records(1, &[0]));
    let code = ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND;
    assert_eq!(codes(&mut world, client), Some(vec![code]));
    assert_eq!(world.values("orders", 0), ["0"]);
}

#[test]
fn an_error_means_the_partitions_that_are_named() {
    for (place, written) in [("on-receipt", 0), ("before-append", 0), ("after-append", 1)] {
        let fault = format!("produce topic orders partition 1: {place} error 6");
        for version in [VERSION, 13] {
            let (mut world, client, _) = one_with(&fault);
            let mut request = records(1, &[0, 1]);
            request.topic_data[0].topic_id = world.known("orders").id;
            world.send(client, version, &request);
            let answer = world.answer::<ProduceRequest<'_>>(client, version).unwrap();
            let mut parts = parts(answer);
            parts.sort_by_key(|part| part.index);
            let codes: Vec<_> = parts.iter().map(|part| part.error_code.0).collect();
            assert_eq!(codes, [0, 6], "{place} at version {version}");
            assert_eq!(world.values("orders", 0).len(), 1);
            assert_eq!(world.values("orders", 1).len(), written, "{place}");
        }
    }
}

#[test]
fn without_an_answer_an_error_ends_the_connection() {
    for place in ["before-append", "after-append"] {
        let (mut world, client, _) = one_with(&format!("produce: {place} error 56"));
        world.send(client, VERSION, &records(0, &[0]));
        assert!(world.is_closed(client), "{place}");
    }
}

#[test]
fn appends_to_a_slow_disk_come_one_after_the_other() {
    let (mut world, first, _) = one_with("produce partition 0: after-append slow-disk 100ms");
    let second = world.connect(1);
    let third = world.connect(1);
    world.send(first, VERSION, &records(1, &[0]));
    world.send(second, VERSION, &records(1, &[0, 1]));
    world.send(third, VERSION, &records(1, &[1]));
    assert!(codes(&mut world, third).is_some());
    world.pass(100);
    assert!(codes(&mut world, first).is_some());
    world.pass(99);
    assert!(codes(&mut world, second).is_none());
    world.pass(1);
    assert!(codes(&mut world, second).is_some());
}

#[test]
fn nothing_is_about_to_be_appended_where_another_node_leads() {
    let mut world = World::of(2);
    world.topic("orders", 1);
    let fault = inject(&mut world, "produce: before-append drop-connection");
    let follower = world.follower("orders", 0);
    let answer = world.ask(follower, VERSION, &records(1, &[0]));
    assert_eq!(parts(answer)[0].error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(world.cluster.fired(fault), 0);
}

#[test]
fn a_fetch_with_an_error_answers_at_once_and_without_records() {
    let (mut world, client, _) = one_with("fetch partition 0: on-receipt error 3");
    world.ask(1, VERSION, &records(1, &[0]));
    let partitions = [0, 1].map(|index| FetchPartition {
        partition: PartitionIndex(index),
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    });
    let topic = FetchTopic {
        topic: "orders".into(),
        partitions: partitions.into(),
        ..FetchTopic::default()
    };
    let request = FetchRequest {
        max_wait_ms: 60_000,
        min_bytes: 1 << 20,
        max_bytes: 1 << 20,
        topics: vec![topic],
        ..FetchRequest::default()
    };
    world.send(client, 12, &request);
    let answer = world.answer::<FetchRequest<'_>>(client, 12).expect("an answer at once");
    let parts = &answer.responses[0].partitions;
    assert_eq!((parts[0].error_code.0, parts[1].error_code.0), (3, 0));
    assert!(parts[0].records.as_ref().is_none_or(Records::is_empty));
}

#[test]
fn requests_of_other_kinds_fail_as_a_whole() {
    let (mut world, _, fault) = one_with("any: on-receipt error 51");
    let code = ErrorCode::CONCURRENT_TRANSACTIONS;
    let id = Some("t".into());
    let init = InitProducerIdRequest { transactional_id: id, ..InitProducerIdRequest::default() };
    assert_eq!(world.ask(1, 4, &init).error_code, code);
    assert_eq!(world.ask(1, 4, &InitProducerIdRequest::default()).error_code, code);
    assert_eq!(world.ask(1, 3, &EndTxnRequest::default()).error_code, code);
    assert_eq!(world.ask(1, 4, &HeartbeatRequest::default()).error_code, code);
    assert_eq!(world.ask(1, 3, &FindCoordinatorRequest::default()).error_code, code);
    let find = FindCoordinatorRequest {
        coordinator_keys: vec!["g".into()],
        ..FindCoordinatorRequest::default()
    };
    assert_eq!(world.ask(1, 4, &find).coordinators[0].error_code, code);
    let topic =
        MetadataRequestTopic { name: Some("new".into()), ..MetadataRequestTopic::default() };
    let metadata = MetadataRequest { topics: Some(vec![topic]), ..MetadataRequest::default() };
    assert_eq!(world.ask(1, VERSION, &metadata).topics[0].error_code, code);
    assert_eq!(world.cluster.leaders("new"), []);
    assert_eq!(world.cluster.fired(fault), 7);
}

#[test]
fn an_error_can_follow_what_took_effect() {
    let (mut world, _, fault) = one_with("init-producer-id: after-append error 7 times 1");
    let init = InitProducerIdRequest {
        transactional_id: Some("t".into()),
        transaction_timeout_ms: 1_000,
        ..InitProducerIdRequest::default()
    };
    assert_eq!(world.ask(1, 4, &init).error_code, ErrorCode::REQUEST_TIMED_OUT);
    let second = world.ask(1, 4, &init);
    assert_eq!(second.error_code, ErrorCode::NONE);
    assert_eq!(second.producer_epoch.0, 1, "the first one raised the epoch from nothing to 0");
    assert_eq!(world.cluster.fired(fault), 1);
}
