//! Topics that come, go, grow and are made anew.

use std::sync::Arc;
use std::time::Duration;

use klamm_broker::faults::{Fault, Place, Withhold};
use klamm_cluster::metadata::Gone;
use klamm_engine::TopicError;
use klamm_engine::failure::Met;
use klamm_engine::idempotence::{Fate, Mode, Reason};
use klamm_protocol::ApiKey;
use klamm_wire::{ErrorCode, NodeId};

use super::world::{Plan, World};

#[test]
fn a_topic_is_one_object_however_often_it_is_wanted() {
    let mut world = World::new(Mode::Idempotent);
    let first = world.topic("orders", 2);
    let again = world.resolve("orders").unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!(first.view().unwrap().partitions.len(), 2);
}

#[test]
fn a_topic_that_is_missing_is_waited_for_and_then_said_to_be_gone() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.cluster.metadata.allow_auto_create = false;
    plan.cluster.metadata.unknown_topic_wait = Duration::from_secs(20);
    let mut world = World::with(plan);
    let told = world.want("nowhere", Duration::from_secs(60));
    let gone = world.drive_until_told(&told).unwrap_err();
    assert_eq!(gone, TopicError::Gone(Gone::Missing));
    let told = world.want("nowhere", Duration::from_secs(60));
    world.create("nowhere", 1);
    assert!(world.drive_until_told(&told).is_ok());
}

#[test]
fn a_name_that_no_topic_can_have_is_refused_at_once() {
    let mut world = World::new(Mode::Idempotent);
    let refused = Gone::Refused(ErrorCode::INVALID_TOPIC_EXCEPTION);
    assert_eq!(world.resolve("a b").unwrap_err(), TopicError::Gone(refused));
    assert_eq!(world.resolve("").unwrap_err(), TopicError::Gone(refused));
}

#[test]
fn a_wish_for_a_topic_ends_by_its_deadline_and_says_what_it_met() {
    let mut world = World::new(Mode::Idempotent);
    (1..=3).for_each(|node| _ = world.away.insert(NodeId(node)));
    let told = world.want("orders", Duration::from_secs(3));
    let TopicError::TimedOut(Some(Met::Connection(_))) = world.drive_until_told(&told).unwrap_err()
    else {
        panic!("it names no connection");
    };
    assert_eq!(world.now.mono.0, 3_000_000_000);
}

#[test]
fn a_wish_for_a_topic_that_is_missing_says_so_at_its_deadline() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.cluster.metadata.allow_auto_create = false;
    let mut world = World::with(plan);
    for _ in 0..2 {
        let told = world.want("nowhere", Duration::from_secs(3));
        let missing = Met::Answer(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        let error = world.drive_until_told(&told).unwrap_err();
        assert_eq!(error, TopicError::TimedOut(Some(missing)));
    }
    assert_eq!(world.now.mono.0, 6_000_000_000);
}

#[test]
fn the_picture_of_the_cluster_has_an_age() {
    let mut world = World::new(Mode::Idempotent);
    assert_eq!(world.engine.metrics().metadata_age, None);
    world.topic("orders", 1);
    world.pass(Duration::from_secs(30));
    assert_eq!(world.engine.metrics().metadata_age, Some(Duration::from_secs(30)));
    world.pass(Duration::from_secs(600));
    let age = world.engine.metrics().metadata_age.unwrap();
    assert!(age <= Duration::from_secs(300), "{age:?}");
}

/// Sends to a partition of a topic that is made anew before the answer comes. Why the record
/// failed, if it did, and how much of the answer belonged to nothing.
fn answered_after_the_topics_end(partition: i32) -> (Option<Reason>, u64) {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::ZERO;
    plan.cluster.metadata.max_age = Duration::from_secs(1);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 3);
    let warm: Vec<_> = (0..3).map(|partition| world.append(&topic, partition, b"warm")).collect();
    warm.into_iter().for_each(|one| _ = world.deliver(one).unwrap());
    let late = Place::AfterAppend(Withhold::Delay(Duration::from_secs(5)));
    world.brokers.inject(Fault::new(late).of(ApiKey::Produce).times(1));
    let old = world.append(&topic, partition, b"old");
    world.pass(Duration::from_millis(100));
    world.brokers.recreate_topic(world.now, "orders").unwrap();
    let end = world.deliver(old);
    let before = world.engine.metrics().requests.answered;
    world.pass(Duration::from_secs(10));
    let requests = world.engine.metrics().requests;
    assert_eq!(requests.answered - before, u64::from(end.is_err()), "{partition}");
    (end.err().map(|failure| failure.reason), requests.odd_answers)
}

#[test]
fn an_answer_is_read_by_the_ids_that_were_asked_with() {
    let told: Vec<_> = (0..3).map(answered_after_the_topics_end).collect();
    assert!(told.contains(&(Some(Reason::TopicRecreated), 0)), "the picture was newer: {told:?}");
    assert!(told.iter().all(|(_, odd)| *odd == 0), "{told:?}");
}

#[test]
fn records_for_a_topic_that_was_made_anew_fail_and_later_ones_go_to_the_new_one() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::from_secs(30);
    plan.cluster.metadata.max_age = Duration::from_secs(5);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let old = world.append(&topic, 0, b"old");
    world.pass(Duration::from_secs(1));
    world.brokers.recreate_topic(world.now, "orders").unwrap();
    world.pass(Duration::from_secs(6));
    let failure = world.deliver(old).unwrap_err();
    assert_eq!((failure.reason, failure.fate), (Reason::TopicRecreated, Fate::NotWritten));
    let new = world.append(&topic, 0, b"new");
    assert_eq!(world.deliver(new).unwrap().offset, Some(0));
    assert_eq!(world.log("orders", 0), [b"new"]);
}

#[test]
fn who_follows_a_topic_made_anew_has_his_records_in_it() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.engine.machine.follow_recreated = true;
    plan.batching.linger = Duration::from_secs(30);
    plan.cluster.metadata.max_age = Duration::from_secs(5);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let old = world.append(&topic, 0, b"old");
    world.pass(Duration::from_secs(1));
    world.brokers.recreate_topic(world.now, "orders").unwrap();
    world.pass(Duration::from_secs(6));
    let new = world.append(&topic, 0, b"new");
    assert!(world.deliver(old).is_ok() && world.deliver(new).is_ok());
    assert_eq!(world.log("orders", 0), [b"old", b"new"]);
}

#[test]
fn ten_thousand_half_filled_partitions_are_all_sent() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.brokers.limits.partitions = 40_000;
    plan.batching.linger = Duration::from_millis(5);
    let mut world = World::with(plan);
    let topic = world.topic("wide", 10_000);
    let sent: Vec<_> = (0..10_000).map(|at| world.append_in_time(&topic, at, b"a")).collect();
    assert!(world.accumulator.budget().used() <= world.accumulator.budget().limit());
    for one in sent {
        assert!(world.deliver(one).is_ok());
    }
    assert_eq!(world.log("wide", 9_999), [b"a"]);
}
