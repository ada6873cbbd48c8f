//! What hangs on an order or on a moment: each of these guards could go and little else would show.

use std::time::Duration;

use klamm_batching::Tag;
use klamm_broker::faults::{Fault, Place, Withhold};
use klamm_engine::Call;
use klamm_engine::idempotence::{Done, Fate, Mode, Reason};
use klamm_protocol::ApiKey;
use klamm_records::Codec;
use klamm_wire::{ErrorCode, NodeId};

use super::world::{Plan, World};

/// Breaks every connection, for good.
fn isolate(world: &mut World) {
    (1..=3).for_each(|node| _ = world.away.insert(NodeId(node)));
    (1..=3).for_each(|node| world.cut_all_to(node));
}

/// The broker appends what it is sent next, and says so that much later.
fn late_answer(after: Duration) -> Fault {
    Fault::new(Place::AfterAppend(Withhold::Delay(after))).of(ApiKey::Produce).times(1)
}

#[test]
fn an_answer_that_is_there_at_the_deadline_counts() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::ZERO;
    plan.batching.delivery_timeout = Duration::from_secs(10);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let warm = world.append(&topic, 0, b"warm");
    world.deliver(warm).unwrap();
    world.brokers.inject(late_answer(Duration::from_secs(10)));
    let before = world.now.mono;
    let sent = world.append(&topic, 0, b"a");
    assert_eq!(world.deliver(sent).unwrap().offset, Some(1));
    let took = world.now.mono.saturating_duration_since(before);
    assert_eq!(took, Duration::from_secs(10));
}

#[test]
fn what_was_written_and_not_answered_is_unknown_at_its_deadline() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let warm = world.append(&topic, 0, b"warm");
    world.deliver(warm).unwrap();
    let fault = Fault::new(Place::AfterAppend(Withhold::Hang)).of(ApiKey::Produce).times(1);
    world.brokers.inject(fault);
    let sent = world.append(&topic, 0, b"a");
    world.pass(Duration::from_secs(1));
    isolate(&mut world);
    let failure = world.deliver(sent).unwrap_err();
    assert_eq!((failure.reason, failure.fate), (Reason::DeadlinePassed, Fate::Unknown));
}

#[test]
fn what_never_left_is_not_written_although_its_connection_broke() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.brokers = klamm_broker::cluster::ClusterSettings::of(1);
    plan.batching.linger = Duration::ZERO;
    let mut world = World::with(plan);
    let topic = world.topic("orders", 40);
    let warm = world.append(&topic, 0, b"warm");
    world.deliver(warm).unwrap();
    world.brokers.freeze(world.now, NodeId(1));
    let mut sent = Vec::new();
    for partition in 0..40 {
        sent.push(world.append(&topic, partition, b"a"));
        world.settle();
    }
    isolate(&mut world);
    let fates = sent.into_iter().map(|one| world.deliver(one).unwrap_err().fate);
    let fates: Vec<_> = fates.collect();
    assert_eq!((fates[0], fates[39]), (Fate::Unknown, Fate::NotWritten));
}

#[test]
fn what_is_sent_again_has_the_stamp_that_it_had() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.linger = Duration::ZERO;
    let mut world = World::with(plan);
    let settings = klamm_broker::TopicSettings { compacted: true, ..Default::default() };
    world.brokers.create_topic(world.now, "compacted", 1, settings).unwrap();
    let (orders, compacted) = (world.topic("orders", 3), world.resolve("compacted").unwrap());
    let elsewhere = world.brokers.leaders("compacted")[0];
    let leaders = world.brokers.leaders("orders");
    let at = leaders.iter().position(|leader| *leader != elsewhere).unwrap();
    let fault = Fault::new(Place::AfterAppend(Withhold::Hang)).topic("orders").times(1);
    world.brokers.inject(fault.of(ApiKey::Produce));
    let doubtful = world.append(&orders, i32::try_from(at).unwrap(), b"a");
    world.pass(Duration::from_secs(1));
    for _ in 0..3 {
        let refused = world.append(&compacted, 0, b"without a key");
        let reason = world.deliver(refused).unwrap_err().reason;
        assert_eq!(reason, Reason::Refused(ErrorCode::INVALID_RECORD));
    }
    assert_eq!(world.deliver(doubtful).unwrap().offset, Some(0));
    assert_eq!(world.log("orders", i32::try_from(at).unwrap()), [b"a"]);
}

#[test]
fn a_flush_waits_for_what_nobody_has_told_the_engine_of() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let sent = world.append(&topic, 0, b"a");
    world.call(Call::Flush).unwrap();
    assert!(sent.result().is_some());
}

#[test]
fn a_commit_waits_for_a_batch_whose_payload_is_still_a_job() {
    let mut plan = Plan::of(Mode::Transactional);
    plan.engine.transactional_id = Some("tx".to_owned());
    plan.batching.compression = Codec::Lz4.into();
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    world.call(Call::InitTxn).unwrap();
    let Ok(Done::Begun(tag)) = world.call(Call::BeginTxn) else { panic!("none began") };
    world.holds_jobs = true;
    let sent = world.try_append(&topic, Some(0), b"a", Some(Tag(tag.0))).unwrap();
    world.pass(Duration::from_millis(10));
    let told = world.begin(Call::Commit, Duration::from_secs(60));
    world.pass(Duration::from_secs(1));
    assert!(told.lock().unwrap().is_none() && sent.result().is_none());
    world.holds_jobs = false;
    assert_eq!(world.drive_until_told(&told), Ok(Done::Committed));
    assert!(sent.result().unwrap().is_ok());
}
