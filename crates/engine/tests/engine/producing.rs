//! What comes of records when nothing goes wrong.

use std::time::Duration;

use klamm_engine::Call;
use klamm_engine::idempotence::{Acks, Done, Mode};

use super::world::{Plan, World, values};

#[test]
fn one_record_is_acknowledged_and_in_the_log() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let sent = world.append(&topic, 0, b"a");
    let receipt = world.deliver(sent).unwrap();
    assert_eq!(receipt.offset, Some(0));
    assert_eq!(world.log("orders", 0), [b"a"]);
}

#[test]
fn many_records_keep_their_order_over_many_batches() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let values = values(5_000);
    let sent: Vec<_> = values.iter().map(|value| world.append(&topic, 0, value)).collect();
    for (offset, one) in (0..).zip(sent) {
        assert_eq!(world.deliver(one).unwrap().offset, Some(offset));
    }
    assert_eq!(world.log("orders", 0), values);
    assert!(world.batches("orders", 0) > 5);
}

#[test]
fn records_wait_for_others_until_their_linger_ends() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::from_millis(50);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let first = world.append(&topic, 0, b"a");
    world.pass(Duration::from_millis(40));
    assert!(first.result().is_none());
    let second = world.append(&topic, 0, b"b");
    world.pass(Duration::from_millis(11));
    assert!(first.result().is_some() && second.result().is_some());
    assert_eq!(world.batches("orders", 0), 1);
}

#[test]
fn a_flush_waits_for_no_linger() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::from_secs(3_600);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 3);
    for partition in 0..3 {
        world.append(&topic, partition, b"a");
    }
    let before = world.now.mono;
    assert_eq!(world.call(Call::Flush), Ok(Done::Flushed { acked: 3, failed: 0 }));
    let took = world.now.mono.saturating_duration_since(before);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_plain_producer_is_acknowledged_by_the_leader_or_by_nobody() {
    for (acks, offset) in [(Acks::Leader, Some(0)), (Acks::None, None)] {
        let mut world = World::new(Mode::Plain(acks));
        let topic = world.topic("orders", 1);
        let sent = world.append(&topic, 0, b"a");
        assert_eq!(world.deliver(sent).unwrap().offset, offset);
        assert_eq!(world.log("orders", 0), [b"a"]);
    }
}

#[test]
fn closing_ends_everything_that_was_appended() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let sent = world.append(&topic, 0, b"a");
    assert_eq!(world.call(Call::Close), Ok(Done::Closed));
    assert!(world.deliver(sent).is_ok());
    assert!(world.try_append(&topic, Some(0), b"b", None).is_err());
}
