//! Partitions are added, and logs begin later.

use std::borrow::Cow;

use klamm_protocol::create_partitions::CreatePartitionsRequest;
use klamm_protocol::create_partitions::request::{
    CreatePartitionsAssignment, CreatePartitionsTopic,
};
use klamm_protocol::delete_records::DeleteRecordsRequest;
use klamm_protocol::delete_records::request::{DeleteRecordsPartition, DeleteRecordsTopic};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::{PRODUCE, to};
use crate::TopicSettings;
use crate::testing::{World, batch};

fn growing(
    name: &'static str,
    count: i32,
    places: Option<&[&[i32]]>,
) -> CreatePartitionsRequest<'static> {
    let place = |nodes: &&[i32]| CreatePartitionsAssignment {
        broker_ids: nodes.iter().copied().map(NodeId).collect::<Vec<_>>().into(),
        ..CreatePartitionsAssignment::default()
    };
    let topic = CreatePartitionsTopic {
        name: Cow::Borrowed(name),
        count,
        assignments: places.map(|places| places.iter().map(place).collect()),
        ..CreatePartitionsTopic::default()
    };
    CreatePartitionsRequest { topics: vec![topic], ..CreatePartitionsRequest::default() }
}

fn grow(
    world: &mut World,
    version: i16,
    request: &CreatePartitionsRequest<'_>,
) -> (i16, Option<String>) {
    let told = world.ask(2, version, request).results.remove(0);
    (told.error_code.0, told.error_message.map(Cow::into_owned))
}

#[test]
fn a_topic_grows_by_as_many_partitions_as_it_lacks() {
    let mut world = World::of(3);
    world.topic("orders", 1);
    for version in 0..=3 {
        let count = 2 + i32::from(version);
        let request = growing("orders", count, None);
        assert_eq!(grow(&mut world, version, &request), (0, None));
        assert_eq!(world.known("orders").partitions.len(), 2 + usize::from(version.unsigned_abs()));
    }
    assert!(world.known("orders").partitions.iter().all(|part| part.replicas.len() == 3));
}

#[test]
fn new_partitions_go_where_they_are_assigned() {
    let mut world = World::of(2);
    world.topic("orders", 1);
    let request = growing("orders", 3, Some(&[&[2, 1], &[1, 2]]));
    assert_eq!(grow(&mut world, 3, &request), (0, None));
    assert_eq!((world.leader("orders", 1), world.leader("orders", 2)), (2, 1));
}

#[test]
fn growth_that_cannot_be_is_refused() {
    let mut world = World::of(2);
    world.topic("orders", 2);
    let less = "The topic orders currently has 2 partition(s); 1 would not be an increase.";
    let few =
        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.";
    let uneven = "The manual partition assignment includes a partition with 1 replica(s), but this \
                  is not consistent with previous partitions, which have 2 replica(s).";
    for (count, places, code, words) in [
        (2, None, 37, "Topic already has 2 partition(s)."),
        (1, None, 37, less),
        (4, Some(&[&[1, 2][..]][..]), 39, few),
        (3, Some(&[&[1]]), 39, uneven),
    ] {
        let told = grow(&mut world, 3, &growing("orders", count, places));
        assert_eq!(told, (code, Some(words.to_owned())));
    }
    assert_eq!(grow(&mut world, 3, &growing("nowhere", 3, None)), (3, None));
    assert_eq!(grow(&mut world, 3, &growing("orders", i32::MAX, None)).0, 44);
    let mut dry = growing("orders", 5, None);
    dry.validate_only = true;
    assert_eq!(grow(&mut world, 3, &dry), (0, None));
    assert_eq!(world.known("orders").partitions.len(), 2);
}

fn cutting(name: &'static str, index: i32, offset: i64) -> DeleteRecordsRequest<'static> {
    let part = DeleteRecordsPartition {
        partition_index: PartitionIndex(index),
        offset,
        ..DeleteRecordsPartition::default()
    };
    let topic = DeleteRecordsTopic {
        name: Cow::Borrowed(name),
        partitions: vec![part],
        ..DeleteRecordsTopic::default()
    };
    DeleteRecordsRequest { topics: vec![topic], ..DeleteRecordsRequest::default() }
}

fn cut(world: &mut World, node: i32, request: &DeleteRecordsRequest<'_>) -> (i16, i64) {
    let told = world.ask(node, 2, request).topics[0].partitions[0].clone();
    (told.error_code.0, told.low_watermark)
}

#[test]
fn a_log_begins_where_it_is_cut_on_every_replica() {
    let mut world = World::of(2);
    world.topic("orders", 1);
    let (leader, follower) = (world.leader("orders", 0), world.follower("orders", 0));
    for value in ["a", "b", "c"] {
        let request = to(&world, "orders", -1, vec![(0, batch(&[value]))]);
        world.ask(leader, PRODUCE, &request);
    }
    assert_eq!(cut(&mut world, follower, &cutting("orders", 0, 2)), (6, -1));
    assert_eq!(cut(&mut world, leader, &cutting("orders", 0, 2)), (0, 2));
    assert_eq!(world.values("orders", 0), ["c"]);
    let copy = world.partition("orders", 0).copy(NodeId(follower)).unwrap();
    assert_eq!(copy.log.start(), 2);
    assert_eq!(cut(&mut world, leader, &cutting("orders", 0, 1)), (0, 2));
    assert_eq!(cut(&mut world, leader, &cutting("orders", 0, -1)), (0, 3));
}

#[test]
fn cuts_that_cannot_be_are_refused() {
    let mut world = World::of(1);
    world.topic("orders", 1);
    world.topic_as("kept", 1, {
        TopicSettings { compacted: true, deletes: false, ..TopicSettings::default() }
    });
    world.topic_as("own", 1, TopicSettings { internal: true, ..TopicSettings::default() });
    for (name, index, offset, code) in [
        ("orders", 0, 1, ErrorCode::OFFSET_OUT_OF_RANGE),
        ("orders", 0, -2, ErrorCode::OFFSET_OUT_OF_RANGE),
        ("orders", 9, 0, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        ("nowhere", 0, 0, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        ("kept", 0, 0, ErrorCode::POLICY_VIOLATION),
        ("own", 0, 0, ErrorCode::INVALID_TOPIC_EXCEPTION),
    ] {
        assert_eq!(cut(&mut world, 1, &cutting(name, index, offset)), (code.0, -1));
    }
}
