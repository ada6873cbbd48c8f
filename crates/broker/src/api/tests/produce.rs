//! What producers are told, and what is in the log afterwards.

use std::borrow::Cow;

use klamm_protocol::produce::{ProduceRequest, ProduceResponse};
use klamm_wire::{ErrorCode, NodeId, TopicId, Uuid};

use super::{PRODUCE, only, parts, to};
use crate::testing::{World, batch};

fn one_node() -> World {
    let mut world = World::of(1);
    world.topic("orders", 2);
    world
}

#[test]
fn every_version_stores_the_same_record() {
    let mut world = one_node();
    for version in 3..=PRODUCE {
        let request = to(&world, "orders", 1, vec![(0, batch(&["a"]))]);
        let answer = only(world.ask(1, version, &request));
        assert_eq!(answer.error_code, ErrorCode::NONE, "version {version}");
        assert_eq!(answer.base_offset, i64::from(version) - 3);
    }
    assert_eq!(world.values("orders", 0), ["a"; 11]);
}

#[test]
fn each_field_is_there_from_its_version_on() {
    let mut world = one_node();
    let request = to(&world, "orders", 1, vec![(0, batch(&["a"]))]);
    let bad = to(&world, "orders", 7, vec![(0, batch(&["a"]))]);
    for version in 3..=PRODUCE {
        let answer = only(world.ask(1, version, &request));
        assert_eq!(answer.log_start_offset, if version >= 5 { 0 } else { -1 });
        let answer = only(world.ask(1, version, &bad));
        assert_eq!((answer.base_offset, answer.log_append_time_ms), (-1, -1));
    }
}

#[test]
fn all_replicas_in_sync_and_the_leader_alone_can_acknowledge() {
    for acks in [1, -1] {
        let mut world = World::of(3);
        world.topic("orders", 1);
        let leader = world.leader("orders", 0);
        let request = to(&world, "orders", acks, vec![(0, batch(&["a", "b"]))]);
        let first = only(world.ask(leader, PRODUCE, &request));
        let second = only(world.ask(leader, PRODUCE, &request));
        assert_eq!((first.error_code, first.base_offset), (ErrorCode::NONE, 0));
        assert_eq!((second.error_code, second.base_offset), (ErrorCode::NONE, 2));
        assert_eq!(world.values("orders", 0), ["a", "b", "a", "b"]);
    }
}

#[test]
fn without_acks_nothing_is_answered_and_the_next_request_is() {
    let mut world = one_node();
    let client = world.connect(1);
    let silent = to(&world, "orders", 0, vec![(0, batch(&["a"]))]);
    let loud = to(&world, "orders", 1, vec![(0, batch(&["b"]))]);
    world.send(client, 9, &silent);
    world.expect_silence(client);
    assert_eq!(world.answer::<ProduceRequest<'_>>(client, 9), None);
    world.send(client, 9, &loud);
    let answer = world.answer::<ProduceRequest<'_>>(client, 9).unwrap();
    assert_eq!(only(answer).base_offset, 1);
    assert_eq!(world.values("orders", 0), ["a", "b"]);
}

#[test]
fn without_acks_an_error_ends_the_connection() {
    let mut world = one_node();
    let client = world.connect(1);
    let request = to(&world, "nowhere", 0, vec![(0, batch(&["a"]))]);
    world.send(client, 9, &request);
    assert!(world.is_closed(client));
}

#[test]
fn another_number_of_acks_is_refused_and_nothing_written() {
    let mut world = one_node();
    for acks in [2, -2, i16::MAX] {
        let request = to(&world, "orders", acks, vec![(0, batch(&["a"]))]);
        let answer = only(world.ask(1, PRODUCE, &request));
        assert_eq!(answer.error_code, ErrorCode::INVALID_REQUIRED_ACKS);
    }
    assert!(world.values("orders", 0).is_empty());
}

#[test]
fn one_answer_has_successes_and_failures() {
    let mut world = one_node();
    let mut request = to(&world, "orders", 1, vec![(0, batch(&["a"])), (9, batch(&["b"]))]);
    request.topic_data.extend(to(&world, "nowhere", 1, vec![(0, batch(&["c"]))]).topic_data);
    let answers = parts(world.ask(1, 9, &request));
    let mut told: Vec<_> = answers.iter().map(|one| (one.index.0, one.error_code)).collect();
    told.sort();
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(told, [(0, ErrorCode::NONE), (0, unknown), (9, unknown)]);
    assert_eq!(world.values("orders", 0), ["a"]);
}

#[test]
fn an_id_that_no_topic_has_is_unknown() {
    let mut world = one_node();
    for id in [TopicId::ZERO, TopicId(Uuid::from_u128(77))] {
        let mut request = to(&world, "orders", 1, vec![(0, batch(&["a"]))]);
        request.topic_data[0].topic_id = id;
        let answer: ProduceResponse<'_> = world.ask(1, PRODUCE, &request);
        assert_eq!(answer.responses[0].topic_id, id);
        assert_eq!(only(answer).error_code, ErrorCode::UNKNOWN_TOPIC_ID);
    }
}

#[test]
fn a_partition_that_is_named_twice_keeps_the_last_batch() {
    let mut world = one_node();
    let request = to(&world, "orders", 1, vec![(0, batch(&["lost"])), (0, batch(&["kept"]))]);
    assert_eq!(only(world.ask(1, PRODUCE, &request)).base_offset, 0);
    assert_eq!(world.values("orders", 0), ["kept"]);
}

#[test]
fn fifty_partitions_get_an_answer_each() {
    let mut world = World::of(1);
    world.topic("wide", 50);
    let all = (0..50).map(|index| (index, batch(&["a"]))).collect();
    let request = to(&world, "wide", -1, all);
    let answers = parts(world.ask(1, PRODUCE, &request));
    let told: Vec<i32> = answers.iter().map(|one| one.index.0).collect();
    assert_eq!(told, Vec::from_iter(0..50));
    assert!(answers.iter().all(|one| one.error_code == ErrorCode::NONE && one.base_offset == 0));
}

#[test]
fn a_request_without_topics_is_answered_without_any() {
    let mut world = one_node();
    let request = ProduceRequest { acks: -1, timeout_ms: 100, ..ProduceRequest::default() };
    assert!(world.ask(1, PRODUCE, &request).responses.is_empty());
}

#[test]
fn who_does_not_lead_names_the_leader() {
    let mut world = World::of(3);
    world.topic("orders", 1);
    let (leader, follower) = (world.leader("orders", 0), world.follower("orders", 0));
    let request = to(&world, "orders", 1, vec![(0, batch(&["a"]))]);
    for version in 3..=PRODUCE {
        let answer = world.ask(follower, version, &request);
        let hints: Vec<_> = answer.node_endpoints.iter().map(|one| one.node_id.0).collect();
        let part = only(answer);
        assert_eq!(part.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
        if version >= 10 {
            assert_eq!((part.current_leader.leader_id, hints), (NodeId(leader), vec![leader]));
        } else {
            assert!(hints.is_empty());
        }
    }
    assert!(world.values("orders", 0).is_empty());
}

#[test]
fn ordinary_clients_do_not_write_into_topics_of_the_cluster() {
    let mut world = World::of(1);
    world.topic_as(
        "__consumer_offsets",
        1,
        crate::TopicSettings { internal: true, ..crate::TopicSettings::default() },
    );
    let mut request = to(&world, "__consumer_offsets", 1, vec![(0, batch(&["a"]))]);
    request.topic_data[0].name = Cow::Borrowed("__consumer_offsets");
    let answer = only(world.ask(1, PRODUCE, &request));
    assert_eq!(answer.error_code, ErrorCode::INVALID_TOPIC_EXCEPTION);
}
