//! What lies at the edges: memory, jobs that take their time, servers, and the end.

use std::time::Duration;

use klamm_cluster::Cause;
use klamm_engine::engine::Abandoned;
use klamm_engine::idempotence::{CallError, Fate, Mode, Reason};
use klamm_engine::{Call, TopicError};
use klamm_records::Codec;
use klamm_wire::NodeId;

use super::world::{Plan, World, values};

#[test]
fn memory_that_is_waited_for_comes_although_nothing_is_due() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.memory = 64 << 10;
    plan.batching.linger = Duration::from_secs(3_600);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 8);
    let sent: Vec<_> =
        (0..80).map(|at| world.append_in_time(&topic, at % 8, &[7; 8_000])).collect();
    let budget = world.accumulator.budget();
    assert!(budget.used() <= budget.limit(), "{budget:?}");
    assert!(world.call(Call::Flush).is_ok());
    for one in sent {
        assert!(world.deliver(one).is_ok());
    }
    assert_eq!(world.accumulator.budget().held(), 0);
}

#[test]
fn jobs_that_end_in_any_order_leave_the_log_in_order() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.compression = Codec::Lz4.into();
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    world.holds_jobs = true;
    let values = values(3_000);
    let mut jobs = Vec::new();
    let mut sent = Vec::new();
    for value in &values {
        let (delivery, job) = world.append_and_keep(&topic, value);
        jobs.extend(job);
        sent.push(delivery);
    }
    world.pass(Duration::from_millis(6));
    jobs.extend(std::iter::from_fn(|| world.engine.next_job()));
    assert!(jobs.len() > 1);
    jobs.into_iter().rev().for_each(|job| world.accumulator.run(job));
    world.holds_jobs = false;
    for (offset, one) in (0..).zip(sent) {
        assert_eq!(world.deliver(one).unwrap().offset, Some(offset));
    }
    assert_eq!(world.log("orders", 0), values);
}

#[test]
fn a_job_that_is_dropped_fails_its_batch_and_no_other() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.compression = Codec::Lz4.into();
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    world.holds_jobs = true;
    let lost = world.append(&topic, 0, b"lost");
    world.pass(Duration::from_millis(6));
    drop(world.engine.next_job().unwrap());
    world.holds_jobs = false;
    let kept = world.append(&topic, 0, b"kept");
    let failure = world.deliver(lost).unwrap_err();
    assert_eq!((failure.reason, failure.fate), (Reason::NotEncoded, Fate::NotWritten));
    assert_eq!(world.deliver(kept).unwrap().offset, Some(0));
}

#[test]
fn notes_come_back_when_their_records_end() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    for number in 0..5 {
        world.append_noted(&topic, b"a", number);
    }
    world.call(Call::Flush).unwrap();
    assert_eq!(*world.notes.0.lock().unwrap(), [0, 1, 2, 3, 4]);
}

#[test]
fn any_server_will_do_and_none_is_said_by_the_deadline() {
    let mut world = World::new(Mode::Idempotent);
    assert_eq!(world.reach(Duration::from_secs(5)), Ok(()));
    let mut world = World::new(Mode::Idempotent);
    world.away.insert(NodeId(1));
    let met = world.reach(Duration::from_secs(5)).unwrap_err().unwrap();
    assert_eq!(met.cause, Cause::Refused);
    assert_eq!(world.now.mono.0, 5_000_000_000);
}

#[test]
fn who_is_abandoned_says_how_many_records_are_lost_and_how_many_may_be() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::from_millis(1);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let warm = world.append(&topic, 0, b"warm");
    world.deliver(warm).unwrap();
    world.brokers.freeze(world.now, world.brokers.leaders("orders")[0].unwrap());
    let out: Vec<_> = (0..3).map(|_| world.append(&topic, 0, b"out")).collect();
    world.pass(Duration::from_millis(2));
    let open: Vec<_> = (0..2).map(|_| world.append(&topic, 0, b"open")).collect();
    let abandoned = world.engine.abandon(world.now);
    assert_eq!(abandoned, Abandoned { not_written: 2, unknown: 3 });
    for (one, fate) in out
        .into_iter()
        .map(|one| (one, Fate::Unknown))
        .chain(open.into_iter().map(|one| (one, Fate::NotWritten)))
    {
        let failure = one.result().unwrap().unwrap_err();
        assert_eq!((failure.reason, failure.fate), (Reason::Closed, fate));
    }
    assert_eq!(world.call(Call::Flush).unwrap_err(), CallError::Closed);
    assert_eq!(world.resolve("orders").unwrap_err(), TopicError::Closed);
}

#[test]
fn a_request_is_no_longer_than_it_may_be() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.engine.max_request = 50_000;
    plan.brokers.limits.request_bytes = 50_000;
    plan.cluster.connection.client_id = Some("a client with a name".to_owned());
    let mut world = World::with(plan);
    let topic = world.topic("orders", 40);
    let sent: Vec<_> = (0..40).map(|at| world.append(&topic, at, &[7; 12_000])).collect();
    for one in sent {
        assert!(world.deliver(one).is_ok());
    }
    let metrics = world.engine.metrics();
    assert_eq!(metrics.network.closed, 0, "a broker hangs up on longer ones");
    assert!((10..=16).contains(&metrics.requests.sent), "{}", metrics.requests.sent);
}
