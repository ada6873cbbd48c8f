//! What consumers read, and how long they wait for it.

use std::borrow::Cow;

use klamm_protocol::fetch::request::{FetchPartition, FetchTopic};
use klamm_protocol::fetch::response::PartitionData;
use klamm_protocol::fetch::{FetchRequest, FetchResponse};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::{PRODUCE, to};
use crate::testing::{World, batch, values};

const FETCH: i16 = 18;

fn from(world: &World, offset: i64) -> FetchRequest<'static> {
    let part = FetchPartition {
        partition: PartitionIndex(0),
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    };
    let topic = FetchTopic {
        topic: Cow::Borrowed("orders"),
        topic_id: world.known("orders").id,
        partitions: vec![part],
        ..FetchTopic::default()
    };
    FetchRequest {
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![topic],
        ..FetchRequest::default()
    }
}

#[track_caller]
fn only(answer: FetchResponse<'static>) -> PartitionData<'static> {
    let mut parts: Vec<_> =
        answer.responses.into_iter().flat_map(|topic| topic.partitions).collect();
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.remove(0)
}

fn read(part: &PartitionData<'_>) -> Vec<String> {
    part.records.as_ref().map(values).unwrap_or_default()
}

fn produce(world: &mut World, values: &[&str]) {
    let leader = world.leader("orders", 0);
    let request = to(world, "orders", 1, vec![(0, batch(values))]);
    world.ask(leader, PRODUCE, &request);
}

fn of(nodes: u8) -> World {
    let mut world = World::of(nodes);
    world.topic("orders", 1);
    world
}

#[test]
fn every_version_reads_what_was_written() {
    let mut world = of(1);
    produce(&mut world, &["a", "b"]);
    let mut request = from(&world, 0);
    for version in 4..=FETCH {
        request.session_epoch = if version >= 7 { -1 } else { request.session_epoch };
        let part = only(world.ask(1, version, &request));
        assert_eq!((part.error_code, part.high_watermark), (ErrorCode::NONE, 2));
        assert_eq!(read(&part), ["a", "b"], "version {version}");
    }
}

#[test]
fn whole_batches_are_read_and_the_first_whatever_its_size() {
    let mut world = of(1);
    produce(&mut world, &["a", "b"]);
    produce(&mut world, &["c"]);
    let mut request = from(&world, 1);
    request.max_bytes = 1;
    assert_eq!(read(&only(world.ask(1, FETCH, &request))), ["a", "b"]);
}

#[test]
fn a_reader_at_the_end_waits_for_records() {
    let mut world = of(1);
    let client = world.connect(1);
    let request = from(&world, 0);
    world.send(client, FETCH, &request);
    world.pass(400);
    assert_eq!(world.answer::<FetchRequest<'_>>(client, FETCH), None);
    produce(&mut world, &["a"]);
    let answer = world.answer::<FetchRequest<'_>>(client, FETCH).unwrap();
    assert_eq!(read(&only(answer)), ["a"]);
}

#[test]
fn a_reader_that_wants_more_bytes_waits_for_its_time() {
    let mut world = of(1);
    produce(&mut world, &["a"]);
    let client = world.connect(1);
    let mut request = from(&world, 0);
    request.min_bytes = 10_000;
    world.send(client, FETCH, &request);
    world.pass(499);
    assert_eq!(world.answer::<FetchRequest<'_>>(client, FETCH), None);
    world.pass(1);
    let answer = world.answer::<FetchRequest<'_>>(client, FETCH).unwrap();
    assert_eq!(read(&only(answer)), ["a"]);
}

#[test]
fn what_not_all_replicas_have_is_not_read() {
    let mut world = of(3);
    let (leader, follower) = (world.leader("orders", 0), world.follower("orders", 0));
    world.partition_mut("orders", 0).copy_mut(NodeId(follower)).unwrap().stalled = true;
    produce(&mut world, &["a"]);
    let client = world.connect(leader);
    let request = from(&world, 0);
    world.send(client, FETCH, &request);
    world.pass(500);
    let part = only(world.answer::<FetchRequest<'_>>(client, FETCH).unwrap());
    assert_eq!((read(&part).len(), part.high_watermark), (0, 0));
}

#[test]
fn a_waiting_reader_learns_that_another_node_leads() {
    let mut world = of(3);
    let (leader, follower) = (world.leader("orders", 0), world.follower("orders", 0));
    let client = world.connect(leader);
    let request = from(&world, 0);
    world.send(client, FETCH, &request);
    let now = world.now;
    world.cluster.move_leader(now, "orders", PartitionIndex(0), NodeId(follower));
    world.drain();
    let part = only(world.answer::<FetchRequest<'_>>(client, FETCH).unwrap());
    assert_eq!(part.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(part.current_leader.leader_id, NodeId(follower));
}

#[test]
fn an_offset_outside_of_the_log_is_refused_at_once() {
    let mut world = of(1);
    for offset in [-1, 1] {
        let request = from(&world, offset);
        let part = only(world.ask(1, FETCH, &request));
        assert_eq!(part.error_code, ErrorCode::OFFSET_OUT_OF_RANGE, "offset {offset}");
    }
}

#[test]
fn leader_epochs_that_differ_are_told_apart() {
    let mut world = of(3);
    let (now, follower) = (world.now, world.follower("orders", 0));
    world.cluster.move_leader(now, "orders", PartitionIndex(0), NodeId(follower));
    for (epoch, code) in [(0, ErrorCode::FENCED_LEADER_EPOCH), (2, ErrorCode::UNKNOWN_LEADER_EPOCH)]
    {
        let mut request = from(&world, 0);
        request.topics[0].partitions[0].current_leader_epoch = epoch;
        assert_eq!(only(world.ask(follower, FETCH, &request)).error_code, code);
    }
}
