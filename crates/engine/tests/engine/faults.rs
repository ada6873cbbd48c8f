//! What comes of records when something goes wrong on their way.

use std::time::Duration;

use klamm_broker::cluster::Restart;
use klamm_broker::faults::{Fault, Place, Withhold};
use klamm_engine::failure::Met;
use klamm_engine::idempotence::{Fate, Mode, Reason};
use klamm_protocol::ApiKey;
use klamm_records::Codec;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use super::world::{Plan, World, values};

fn leader(world: &World, topic: &str) -> NodeId {
    world.brokers.leaders(topic)[0].unwrap()
}

#[test]
fn a_leader_that_moves_in_the_middle_costs_neither_record_nor_order() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let values = values(400);
    let mut sent = Vec::new();
    for (at, value) in values.iter().enumerate() {
        sent.push(world.append(&topic, 0, value));
        if at % 20 == 19 {
            world.pass(Duration::from_millis(7));
        }
        if at % 100 == 50 {
            assert_eq!(world.brokers.move_leaders(world.now), 1);
        }
    }
    for one in sent {
        assert!(world.deliver(one).is_ok());
    }
    assert_eq!(world.log("orders", 0), values);
}

#[test]
fn a_hint_leads_to_the_new_leader_without_asking_for_metadata() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let first = world.append(&topic, 0, b"a");
    world.deliver(first).unwrap();
    let hang = Fault::new(Place::OnReceipt(klamm_broker::faults::Intercept::Hang));
    let asked = world.brokers.inject(hang.of(ApiKey::Metadata));
    assert_eq!(world.brokers.move_leaders(world.now), 1);
    let before = world.now.mono;
    let second = world.append(&topic, 0, b"b");
    world.deliver(second).unwrap();
    let took = world.now.mono.saturating_duration_since(before);
    assert!(took < Duration::from_secs(1), "{took:?}");
    world.pass(Duration::from_secs(10));
    assert_eq!(world.brokers.fired(asked), 0, "who was told of the leader need not ask for it");
    assert_eq!(world.log("orders", 0), [b"a", b"b"]);
}

#[test]
fn a_connection_cut_at_any_byte_loses_and_doubles_nothing() {
    let mut at = 1;
    loop {
        let mut world = World::new(Mode::Idempotent);
        let topic = world.topic("orders", 1);
        let warm = world.append(&topic, 0, b"warm");
        world.deliver(warm).unwrap();
        world.cut_after = Some(at);
        let sent: Vec<_> = (0..3).map(|n| world.append(&topic, 0, &[n; 40])).collect();
        for one in sent {
            assert!(world.deliver(one).is_ok(), "cut after {at}");
        }
        assert_eq!(world.log("orders", 0)[1..], [[0; 40], [1; 40], [2; 40]], "cut after {at}");
        if world.cut_after.is_some() {
            return;
        }
        at += 1;
    }
}

#[test]
fn a_leader_that_left_the_cluster_while_it_was_dialled_is_dialled_when_it_is_back() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.cluster.metadata.max_age = Duration::from_secs(1);
    let mut world = World::with(plan);
    let topic = world.topic("orders", 1);
    let node = leader(&world, "orders");
    let index = PartitionIndex(0);
    world.away.insert(node);
    world.cut_all_to(node.0);
    let sent = world.append(&topic, 0, b"a");
    world.pass(Duration::from_millis(500));
    world.brokers.kill(world.now, node);
    assert!(world.deliver(sent).is_ok());
    world.pass(Duration::from_secs(5));
    world.away.clear();
    world.brokers.restart(world.now, node, Restart::WithSnapshot);
    world.pass(Duration::from_secs(5));
    assert!(world.brokers.move_leader(world.now, "orders", index, node));
    let sent = world.append(&topic, 0, b"b");
    assert!(world.deliver(sent).is_ok());
    assert_eq!(world.log("orders", 0), [b"a", b"b"]);
}

#[test]
fn a_lost_answer_is_found_out_by_sending_again() {
    for withhold in [Withhold::DropConnection, Withhold::Hang] {
        let mut world = World::new(Mode::Idempotent);
        let topic = world.topic("orders", 1);
        let fault = Fault::new(Place::AfterAppend(withhold)).of(ApiKey::Produce).times(2);
        let fault = world.brokers.inject(fault);
        let sent = world.append(&topic, 0, b"a");
        assert_eq!(world.deliver(sent).unwrap().offset, Some(0));
        assert_eq!(world.brokers.fired(fault), 2);
        assert_eq!(world.log("orders", 0), [b"a"]);
    }
}

#[test]
fn a_batch_too_large_for_its_topic_is_split() {
    let mut plan = Plan::of(Mode::Idempotent);
    plan.batching.batch_size = 200_000;
    let mut world = World::with(plan);
    let settings = klamm_broker::TopicSettings { max_message_bytes: 9_000, ..Default::default() };
    world.brokers.create_topic(world.now, "small", 1, settings).unwrap();
    let topic = world.resolve("small").unwrap();
    let values: Vec<_> = (0..60u8).map(|n| vec![n; 1_000]).collect();
    let sent: Vec<_> = values.iter().map(|value| world.append(&topic, 0, value)).collect();
    let alone = world.append(&topic, 0, &[7; 20_000]);
    for (offset, one) in (0..).zip(sent) {
        assert_eq!(world.deliver(one).unwrap().offset, Some(offset));
    }
    let failure = world.deliver(alone).unwrap_err();
    assert_eq!(failure.reason, Reason::Refused(ErrorCode::MESSAGE_TOO_LARGE));
    assert_eq!(failure.fate, Fate::NotWritten);
    assert_eq!(world.log("small", 0), values);
    assert!(world.batches("small", 0) >= 8);
}

#[test]
fn a_record_whose_deadline_comes_says_what_stood_in_its_way() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let node = leader(&world, "orders");
    (1..=3).for_each(|node| _ = world.away.insert(NodeId(node)));
    (1..=3).for_each(|node| world.cut_all_to(node));
    let sent = world.append(&topic, 0, b"a");
    let failure = world.deliver(sent).unwrap_err();
    assert_eq!((failure.reason, failure.fate), (Reason::DeadlinePassed, Fate::NotWritten));
    assert!(matches!(failure.met, Some(Met::Connection(_))), "{:?} at {node}", failure.met);
    assert_eq!(world.now.mono.0 / 1_000_000_000, 120);
}

#[test]
fn every_codec_arrives_as_it_was() {
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let mut plan = Plan::of(Mode::Idempotent);
        plan.batching.compression = codec.into();
        let mut world = World::with(plan);
        let topic = world.topic("orders", 1);
        let values = values(2_000);
        let sent: Vec<_> = values.iter().map(|value| world.append(&topic, 0, value)).collect();
        for one in sent {
            assert!(world.deliver(one).is_ok(), "{codec:?}");
        }
        assert_eq!(world.log("orders", 0), values);
    }
}

#[test]
fn a_broker_that_wants_silence_gets_it() {
    let mut world = World::new(Mode::Idempotent);
    let topic = world.topic("orders", 1);
    let first = world.append(&topic, 0, b"a");
    world.deliver(first).unwrap();
    world.brokers.limit_produce(Some(100));
    for _ in 0..3 {
        let sent = world.append(&topic, 0, &[7; 400]);
        assert!(world.deliver(sent).is_ok());
    }
    assert!(world.now.mono.0 > 3_000_000_000, "{:?}", world.now.mono);
    let index = PartitionIndex(0);
    assert_eq!(world.brokers.high_watermark("orders", index), Some(4));
}

#[test]
fn records_of_a_refused_batch_know_who_is_at_fault() {
    let mut world = World::new(Mode::Idempotent);
    let settings = klamm_broker::TopicSettings { compacted: true, ..Default::default() };
    world.brokers.create_topic(world.now, "compacted", 1, settings).unwrap();
    let topic = world.resolve("compacted").unwrap();
    let sent = world.append(&topic, 0, b"without a key");
    let failure = world.deliver(sent).unwrap_err();
    assert_eq!(failure.reason, Reason::Refused(ErrorCode::INVALID_RECORD));
    assert_eq!(failure.culprits.first().map(|(index, _)| *index), Some(0));
}
