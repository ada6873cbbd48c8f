//! Where logs begin and end, and which offset belongs to a time or a leadership.

use std::borrow::Cow;

use klamm_protocol::list_offsets::request::{ListOffsetsPartition, ListOffsetsTopic};
use klamm_protocol::list_offsets::response::ListOffsetsPartitionResponse;
use klamm_protocol::list_offsets::{ListOffsetsRequest, ListOffsetsResponse};
use klamm_protocol::offset_for_leader_epoch::OffsetForLeaderEpochRequest;
use klamm_protocol::offset_for_leader_epoch::request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::{PRODUCE, to};
use crate::testing::{DAWN, World, batch};

const LIST_OFFSETS: i16 = 11;

fn at(timestamp: i64) -> ListOffsetsRequest<'static> {
    let part = ListOffsetsPartition { timestamp, ..ListOffsetsPartition::default() };
    let topic = ListOffsetsTopic {
        name: Cow::Borrowed("orders"),
        partitions: vec![part],
        ..ListOffsetsTopic::default()
    };
    ListOffsetsRequest { topics: vec![topic], ..ListOffsetsRequest::default() }
}

fn only(answer: &ListOffsetsResponse<'static>) -> ListOffsetsPartitionResponse<'static> {
    answer.topics[0].partitions[0].clone()
}

fn with_three_records() -> World {
    let mut world = World::of(1);
    world.topic("orders", 1);
    for values in [&["a", "b"][..], &["c"]] {
        let request = to(&world, "orders", 1, vec![(0, batch(values))]);
        world.ask(1, PRODUCE, &request);
    }
    world
}

#[test]
fn ends_and_times_are_found() {
    let mut world = with_three_records();
    for version in 1..=LIST_OFFSETS {
        for (time, offset) in [(-1, 3), (-2, 0), (DAWN, 0), (DAWN + 1, -1)] {
            let found = only(&world.ask(1, version, &at(time)));
            assert_eq!(found.error_code, ErrorCode::NONE);
            assert_eq!(found.offset, offset, "{time} in version {version}");
        }
    }
}

#[test]
fn a_place_is_known_from_its_version_on() {
    let mut world = with_three_records();
    for (time, first, offset) in [(-3, 7, 0), (-4, 8, 0), (-5, 9, -1), (-6, 11, -1)] {
        let before = only(&world.ask(1, first - 1, &at(time)));
        assert_eq!(before.error_code, ErrorCode::UNSUPPORTED_VERSION);
        let since = only(&world.ask(1, first, &at(time)));
        assert_eq!((since.error_code, since.offset), (ErrorCode::NONE, offset), "{time}");
    }
    let never = only(&world.ask(1, LIST_OFFSETS, &at(-7)));
    assert_eq!((never.error_code, never.offset), (ErrorCode::UNSUPPORTED_VERSION, -1));
}

#[test]
fn only_the_leader_tells() {
    let mut world = World::of(3);
    world.topic("orders", 1);
    let follower = world.follower("orders", 0);
    let told = only(&world.ask(follower, LIST_OFFSETS, &at(-1)));
    assert_eq!(told.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

fn ended(epochs: &[(i32, i32)]) -> OffsetForLeaderEpochRequest<'static> {
    let part = |&(current, asked): &(i32, i32)| OffsetForLeaderPartition {
        partition: PartitionIndex(0),
        current_leader_epoch: current,
        leader_epoch: asked,
        ..OffsetForLeaderPartition::default()
    };
    let topic = OffsetForLeaderTopic {
        topic: Cow::Borrowed("orders"),
        partitions: epochs.iter().map(part).collect(),
        ..OffsetForLeaderTopic::default()
    };
    OffsetForLeaderEpochRequest { topics: vec![topic], ..OffsetForLeaderEpochRequest::default() }
}

fn ends(world: &mut World, node: i32, version: i16, epochs: &[(i32, i32)]) -> Vec<(i16, i32, i64)> {
    let answer = world.ask(node, version, &ended(epochs));
    let parts = answer.topics[0].partitions.iter();
    parts.map(|part| (part.error_code.0, part.leader_epoch, part.end_offset)).collect()
}

#[test]
fn a_leadership_ends_where_the_next_one_begins() {
    let mut world = World::of(3);
    world.topic("orders", 1);
    let (old, new) = (world.leader("orders", 0), world.follower("orders", 0));
    let request = to(&world, "orders", -1, vec![(0, batch(&["a", "b"]))]);
    world.ask(old, PRODUCE, &request);
    let now = world.now;
    world.cluster.move_leader(now, "orders", PartitionIndex(0), NodeId(new));
    world.ask(new, PRODUCE, &request);
    for version in 2..=4 {
        let told = ends(&mut world, new, version, &[(-1, 0), (-1, 1), (-1, 5), (0, 0), (7, 0)]);
        assert_eq!(told, [(0, 0, 2), (0, 1, 4), (0, -1, -1), (74, -1, -1), (75, -1, -1)]);
    }
    assert_eq!(ends(&mut world, old, 4, &[(-1, 0)]), [(6, -1, -1)]);
}

#[test]
fn an_empty_log_has_its_leadership() {
    let mut world = World::of(1);
    world.topic("orders", 1);
    assert_eq!(ends(&mut world, 1, 4, &[(0, 0)]), [(0, 0, 0)]);
}
