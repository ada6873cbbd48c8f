//! Acknowledgements by all replicas: who is waited for, and how a wait ends.

use klamm_protocol::produce::ProduceRequest;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::{PRODUCE, only, to};
use crate::testing::{World, batch};
use crate::{ConnectionId, TopicSettings};

/// Three nodes; a producer waits for all replicas of a partition of which one follows no more.
struct Stalled {
    world: World,
    client: ConnectionId,
    leader: i32,
    stalled: i32,
}

fn stalled(settings: TopicSettings) -> Stalled {
    let mut world = World::of(3);
    world.topic_as("orders", 1, settings);
    let (leader, stalled) = (world.leader("orders", 0), world.follower("orders", 0));
    let copy = world.partition_mut("orders", 0).copy_mut(NodeId(stalled)).unwrap();
    copy.stalled = true;
    let mut request = to(&world, "orders", -1, vec![(0, batch(&["a"]))]);
    request.timeout_ms = 60_000;
    let client = world.connect(leader);
    world.send(client, PRODUCE, &request);
    Stalled { world, client, leader, stalled }
}

impl Stalled {
    fn outcome(&mut self) -> Option<ErrorCode> {
        let answer = self.world.answer::<ProduceRequest<'_>>(self.client, PRODUCE);
        answer.map(|answer| only(answer).error_code)
    }

    fn produce_again(&mut self) -> ErrorCode {
        let request = to(&self.world, "orders", -1, vec![(0, batch(&["b"]))]);
        only(self.world.ask(self.leader, PRODUCE, &request)).error_code
    }
}

fn of_two() -> TopicSettings {
    TopicSettings { min_insync_replicas: 2, ..TopicSettings::default() }
}

fn of_three() -> TopicSettings {
    TopicSettings { min_insync_replicas: 3, ..TopicSettings::default() }
}

#[test]
fn a_laggard_is_waited_for_until_it_is_given_up() {
    let mut case = stalled(of_two());
    assert_eq!(case.outcome(), None);
    case.world.pass(29_000);
    assert_eq!(case.outcome(), None);
    case.world.pass(3_000);
    assert_eq!(case.outcome(), Some(ErrorCode::NONE));
    assert_eq!(case.world.partition("orders", 0).in_sync.len(), 2);
    assert_eq!(case.produce_again(), ErrorCode::NONE);
}

#[test]
fn too_few_replicas_after_the_append_are_told_as_such() {
    let mut case = stalled(of_three());
    case.world.pass(32_000);
    assert_eq!(case.outcome(), Some(ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND));
    assert_eq!(case.produce_again(), ErrorCode::NOT_ENOUGH_REPLICAS);
    assert_eq!(case.world.values("orders", 0), ["a"]);
}

#[test]
fn a_laggard_that_dies_is_not_waited_for() {
    for (settings, code) in
        [(of_two(), ErrorCode::NONE), (of_three(), ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND)]
    {
        let mut case = stalled(settings);
        assert_eq!(case.outcome(), None);
        let (now, dead) = (case.world.now, NodeId(case.stalled));
        case.world.cluster.kill(now, dead);
        case.world.drain();
        case.world.pass(1_000);
        assert_eq!(case.outcome(), Some(code));
    }
}

#[test]
fn a_laggard_that_follows_again_ends_the_wait() {
    let mut case = stalled(of_three());
    case.world.pass(5_000);
    let copy = case.world.partition_mut("orders", 0).copy_mut(NodeId(case.stalled)).unwrap();
    copy.stalled = false;
    let poke = to(&case.world, "orders", 1, vec![(0, batch(&["b"]))]);
    let leader = case.leader;
    case.world.ask(leader, PRODUCE, &poke);
    assert_eq!(case.outcome(), Some(ErrorCode::NONE));
}

#[test]
fn a_wait_ends_at_the_time_that_the_producer_gave() {
    let mut world = World::of(3);
    world.topic("orders", 1);
    let (leader, follower) = (world.leader("orders", 0), world.follower("orders", 0));
    world.partition_mut("orders", 0).copy_mut(NodeId(follower)).unwrap().stalled = true;
    let request = to(&world, "orders", -1, vec![(0, batch(&["a"]))]);
    let client = world.connect(leader);
    world.send(client, PRODUCE, &request);
    world.pass(999);
    assert_eq!(world.answer::<ProduceRequest<'_>>(client, PRODUCE), None);
    world.pass(1);
    let answer = only(world.answer::<ProduceRequest<'_>>(client, PRODUCE).unwrap());
    assert_eq!((answer.error_code, answer.base_offset), (ErrorCode::REQUEST_TIMED_OUT, 0));
    assert_eq!(world.values("orders", 0), ["a"]);
}

#[test]
fn a_wait_ends_when_another_node_leads() {
    let mut case = stalled(of_two());
    let (now, leader) = (case.world.now, NodeId(case.leader));
    let others = case.world.partition("orders", 0).replicas.clone();
    let next = others.into_iter().find(|node| *node != leader && node.0 != case.stalled).unwrap();
    assert!(case.world.cluster.move_leader(now, "orders", PartitionIndex(0), next));
    case.world.drain();
    assert_eq!(case.outcome(), Some(ErrorCode::NOT_LEADER_OR_FOLLOWER));
    assert_eq!(case.world.values("orders", 0), ["a"], "the next leader had it already");
}

#[test]
fn a_wait_ends_when_the_topic_goes() {
    let mut case = stalled(of_two());
    super::topics::delete(&mut case.world, "orders");
    assert_eq!(case.outcome(), Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
}
