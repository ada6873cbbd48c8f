//! What happens to a cluster by order.

use std::time::Duration;

use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_wire::NodeId;

use super::*;
use crate::cluster::{Danger, Restart};
use crate::faults::{CoordinatorKind, CoordinatorTrouble};
use crate::testing::batch_of;
use crate::topic::{TimestampType, TopicSettings};

const FIRST: PartitionIndex = PartitionIndex(0);

/// Three nodes, and a topic `orders` that wants two of them in sync.
fn three() -> World {
    let mut world = World::of(3);
    let settings = TopicSettings { min_insync_replicas: 2, ..TopicSettings::default() };
    world.topic_as("orders", 1, settings);
    world
}

/// What the leader says to one record.
#[track_caller]
fn written(world: &mut World, acks: i16) -> ErrorCode {
    let leader = world.leader("orders", 0);
    parts(world.ask(leader, VERSION, &records(acks, &[0])))[0].error_code
}

fn init(id: Option<&'static str>) -> InitProducerIdRequest<'static> {
    InitProducerIdRequest {
        transactional_id: id.map(Cow::Borrowed),
        transaction_timeout_ms: 1_000,
        ..InitProducerIdRequest::default()
    }
}

#[test]
fn coordinators_load_for_a_time() {
    let mut world = World::of(1);
    let (kind, what) = (CoordinatorKind::Transactions, CoordinatorTrouble::Loading);
    world.cluster.trouble_coordinators(world.now, kind, what, Duration::from_secs(2));
    let code = |world: &mut World| world.ask(1, 4, &init(Some("t"))).error_code;
    assert_eq!(code(&mut world), ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
    world.pass(1_999);
    assert_eq!(code(&mut world), ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
    world.pass(1);
    assert_eq!(code(&mut world), ErrorCode::NONE);
}

#[test]
fn a_coordinator_that_is_not_available_is_not_found_either() {
    for (what, found) in [
        (CoordinatorTrouble::NotAvailable, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        (CoordinatorTrouble::Moved, ErrorCode::NONE),
    ] {
        let mut world = World::of(1);
        let (now, kind) = (world.now, CoordinatorKind::Transactions);
        world.cluster.trouble_coordinators(now, kind, what, Duration::from_secs(2));
        assert_eq!(world.ask(1, 4, &init(Some("t"))).error_code, what.code());
        assert_eq!(world.ask(1, 4, &init(None)).error_code, ErrorCode::NONE);
        let find = FindCoordinatorRequest {
            key: "t".into(),
            key_type: 1,
            ..FindCoordinatorRequest::default()
        };
        assert_eq!(world.ask(1, 3, &find).error_code, found);
        let of_group = FindCoordinatorRequest { key_type: 0, ..find };
        assert_eq!(world.ask(1, 3, &of_group).error_code, ErrorCode::NONE);
    }
}

#[test]
fn a_partition_has_no_leader_for_a_time() {
    let mut world = three();
    let before = world.leader("orders", 0);
    let lasts = Duration::from_secs(1);
    assert!(world.cluster.leave_leaderless(world.now, "orders", FIRST, lasts));
    assert_eq!(world.cluster.leaders("orders"), [None]);
    let answer = world.ask(before, VERSION, &records(1, &[0]));
    assert_eq!(parts(answer)[0].error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    let metadata = world.ask(1, VERSION, &all_topics());
    let code = metadata.topics[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::LEADER_NOT_AVAILABLE);
    world.pass(999);
    assert_eq!(world.cluster.leaders("orders"), [None]);
    world.pass(1);
    assert_eq!(world.cluster.leaders("orders"), [Some(NodeId(before))]);
    assert_eq!(written(&mut world, -1), ErrorCode::NONE);
}

#[test]
fn a_follower_that_stalls_leaves_the_replicas_in_sync() {
    let mut world = three();
    let follower = NodeId(world.follower("orders", 0));
    let now = world.now;
    world.cluster.stall_follower(now, ("orders", FIRST), follower, true);
    let leader = world.leader("orders", 0);
    let client = world.connect(leader);
    world.send(client, VERSION, &records(-1, &[0]));
    assert_eq!(codes(&mut world, client), None);
    world.pass(1_000);
    assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::REQUEST_TIMED_OUT]));
    world.pass(40_000);
    assert!(!world.partition("orders", 0).in_sync.contains(&follower));
    assert_eq!(written(&mut world, -1), ErrorCode::NONE);
    let now = world.now;
    world.cluster.stall_follower(now, ("orders", FIRST), follower, false);
    assert!(world.partition("orders", 0).in_sync.contains(&follower));
}

#[test]
fn a_leader_alone_in_sync_refuses_what_all_must_have() {
    let mut world = three();
    assert!(world.cluster.isolate_leader(world.now, "orders", FIRST));
    assert_eq!(world.partition("orders", 0).in_sync.len(), 1);
    assert_eq!(written(&mut world, -1), ErrorCode::NOT_ENOUGH_REPLICAS);
    assert_eq!(written(&mut world, 1), ErrorCode::NONE);
    assert_eq!(world.values("orders", 0), ["0"]);
}

#[test]
fn an_unclean_election_cuts_off_what_was_acknowledged() {
    let mut world = three();
    assert_eq!(written(&mut world, -1), ErrorCode::NONE);
    world.cluster.isolate_leader(world.now, "orders", FIRST);
    assert_eq!(written(&mut world, 1), ErrorCode::NONE);
    assert_eq!(world.values("orders", 0), ["0", "0"]);
    let heir = NodeId(world.follower("orders", 0));
    let now = world.now;
    let danger = Danger::Truncation;
    assert!(world.cluster.elect_unclean(now, ("orders", FIRST), heir, danger));
    assert_eq!(world.cluster.leaders("orders"), [Some(heir)]);
    assert_eq!(world.values("orders", 0), ["0"]);
}

#[test]
fn producers_can_be_forgotten() {
    let mut world = three();
    let leader = world.leader("orders", 0);
    let write = |world: &mut World, sequence| {
        let request = produce(-1, vec![(0, batch_of(7, 0, sequence, &["a"]))]);
        parts(world.ask(leader, VERSION, &request))[0].base_offset
    };
    assert_eq!(write(&mut world, 0), 0);
    assert_eq!(write(&mut world, 0), 0, "a repetition");
    assert!(world.cluster.lose_producers(world.now, "orders", FIRST));
    assert_eq!(write(&mut world, 0), 1, "the same batch again");
}

#[test]
fn after_a_clean_stop_one_batch_of_each_producer_is_remembered() {
    let out_of_order = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
    for (how, older) in
        [(Restart::WithSnapshot, out_of_order), (Restart::WithoutSnapshot, ErrorCode::NONE)]
    {
        let mut world = World::of(1);
        world.topic("orders", 1);
        let write = |world: &mut World, sequence| {
            let request = produce(1, vec![(0, batch_of(7, 0, sequence, &["a"]))]);
            parts(world.ask(1, VERSION, &request))[0].error_code
        };
        assert_eq!([0, 1].map(|sequence| write(&mut world, sequence)), [ErrorCode::NONE; 2]);
        world.cluster.kill(world.now, NodeId(1));
        world.cluster.restart(world.now, NodeId(1), how);
        assert_eq!(write(&mut world, 1), ErrorCode::NONE, "{how:?}");
        assert_eq!(write(&mut world, 0), older, "{how:?}");
        assert_eq!(world.values("orders", 0).len(), 2);
    }
}

#[test]
fn the_clock_of_one_node_can_be_wrong() {
    let mut world = World::of(1);
    let timestamps = TimestampType::LogAppendTime;
    world.topic_as("orders", 1, TopicSettings { timestamps, ..TopicSettings::default() });
    world.cluster.skew_node(NodeId(1), -5_000);
    let answer = parts(world.ask(1, VERSION, &records(1, &[0])));
    assert_eq!(answer[0].log_append_time_ms, world.now.wall.0 - 5_000);
}

#[test]
fn a_broken_disk_refuses_what_is_written_to_it() {
    let mut world = three();
    let leader = NodeId(world.leader("orders", 0));
    world.cluster.break_disk(leader);
    assert_eq!(written(&mut world, 1), ErrorCode::KAFKA_STORAGE_ERROR);
    world.cluster.move_leaders(world.now);
    assert_eq!(written(&mut world, 1), ErrorCode::NONE);
    world.cluster.mend_disk(leader);
    world.cluster.move_leader(world.now, "orders", FIRST, leader);
    assert_eq!(written(&mut world, 1), ErrorCode::NONE);
}

#[test]
fn a_topic_can_be_another_one_of_the_same_name() {
    let mut world = three();
    assert_eq!(written(&mut world, -1), ErrorCode::NONE);
    let before = world.known("orders").id;
    assert_eq!(world.cluster.recreate_topic(world.now, "orders"), Ok(()));
    assert_ne!(world.known("orders").id, before);
    assert_eq!(world.known("orders").settings.min_insync_replicas, 2);
    assert_eq!(world.values("orders", 0), [""; 0]);
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(world.cluster.recreate_topic(world.now, "others"), Err(unknown));
}

#[test]
fn a_client_beyond_its_quota_is_written_for_and_then_muted() {
    let mut world = World::of(1);
    world.topic("orders", 1);
    world.cluster.limit_produce(Some(100));
    let client = world.connect(1);
    world.send(client, VERSION, &records(1, &[0]));
    world.send(client, VERSION, &records(1, &[0]));
    let answer = world.answer::<ProduceRequest<'_>>(client, VERSION).unwrap();
    let throttle = answer.throttle_time_ms;
    assert!((1..=3_000).contains(&throttle), "{throttle}");
    assert_eq!(world.values("orders", 0).len(), 1);
    world.pass(u64::try_from(throttle).unwrap() + 1);
    assert_eq!(world.values("orders", 0).len(), 2);
}

#[test]
fn a_client_that_wants_no_answer_is_muted_by_its_quota_as_well() {
    let mut world = World::of(1);
    world.topic("orders", 1);
    world.cluster.limit_produce(Some(100));
    let client = world.connect(1);
    for _ in 0..2 {
        world.send(client, VERSION, &records(0, &[0]));
        world.expect_silence(client);
    }
    assert_eq!(world.values("orders", 0).len(), 1);
    world.pass(10_000);
    assert_eq!(world.values("orders", 0).len(), 2);
}

#[test]
fn a_frozen_node_is_not_woken_for_what_waits_there() {
    let mut world = three();
    let leader = NodeId(world.leader("orders", 0));
    let client = world.connect(leader.0);
    inject(&mut world, "produce: after-append delay 1s");
    world.send(client, VERSION, &records(1, &[0]));
    world.cluster.freeze(world.now, leader);
    world.pass(5_000);
    assert!(world.cluster.next_wake().is_none_or(|due| due > world.now.mono));
    assert_eq!(codes(&mut world, client), None);
    world.cluster.thaw(world.now, leader);
    world.drain();
    assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::NONE]));
}
