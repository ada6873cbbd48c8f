//! What answers to other requests say of leaders.

use klamm_cluster::HostPort;
use klamm_cluster::metadata::{Broker, Event, Hint, LeaderAt, TopicRef};
use klamm_wire::{NodeId, PartitionIndex};

use crate::world::{World, cluster, id, led, millis, orders_at};

fn hint(topic: TopicRef, number: u128, partition: i32, (node, epoch): (i32, i32)) -> Hint {
    let leader = LeaderAt { node: NodeId(node), epoch };
    Hint { topic, id: id(number), partition: PartitionIndex(partition), leader }
}

fn given(node: i32, host: &str) -> (NodeId, Broker) {
    (NodeId(node), Broker { host: HostPort::new(host, 9092).unwrap(), rack: None })
}

//= type=test M7 F12 R13
#[test]
fn a_newer_hint_is_taken_at_once_with_its_address() {
    let (mut world, orders) = World::knowing_orders();
    let brokers = [given(4, "new"), given(5, "not-named")];
    world.metadata.hinted(world.now, &[hint(orders, 9, 0, (4, 6))], &brokers);
    let host = "new:9092".parse().unwrap();
    assert_eq!(
        world.events(),
        [Event::BrokerAt { node: NodeId(4), host }, led(orders, 0, Some((4, 6))),]
    );
    assert_eq!(world.metadata.brokers().count(), 4);
    assert!(world.until_due() > millis(60_000), "nothing is left to be asked");
    let events = world.refresh(orders, cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    assert_eq!(events, [Event::BrokerGone(NodeId(4))], "an older answer does not undo it");
    assert_eq!(world.leaders(orders), [Some((4, 6)), Some((2, 6))]);
}

//= type=test M7
#[test]
fn one_of_two_ids_may_be_unknown() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.hinted(world.now, &[hint(orders, 0, 1, (3, 7))], &[]);
    assert_eq!(world.events(), [led(orders, 1, Some((3, 7)))]);
}

//= type=test M7 F13 R13
#[test]
fn a_void_hint_changes_nothing_and_has_its_topic_asked_for() {
    for (number, partition, leader) in [
        (9, 0, (2, 5)),
        (9, 0, (2, 4)),
        (9, 0, (2, -1)),
        (9, 0, (-1, 6)),
        (9, 0, (-5, 6)),
        (9, 0, (4, 6)),
        (9, 2, (2, 6)),
        (9, -1, (2, 6)),
        (8, 0, (2, 6)),
    ] {
        let (mut world, orders) = World::knowing_orders();
        let hints = [hint(orders, number, partition, leader)];
        world.metadata.hinted(world.now, &hints, &[given(-1, "none"), given(-5, "none")]);
        assert_eq!(world.events(), [], "{hints:?}");
        assert_eq!(world.leaders(orders), [Some((1, 5)), Some((2, 6))]);
        assert_eq!(world.odd(|odd| odd.void_hints), 1);
        assert!(world.until_due() <= millis(120));
        assert_eq!(world.ask_when_due(), ["orders"]);
    }
}

#[test]
fn hints_for_topics_that_nobody_wants_are_void() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.forget(orders);
    let hints = [hint(orders, 9, 0, (2, 6)), hint(TopicRef(99), 9, 0, (2, 6))];
    world.metadata.hinted(world.now, &hints, &[]);
    assert_eq!(world.events(), []);
    assert!(world.until_due() > millis(60_000));
}

//= type=test M7
#[test]
fn a_hint_that_repeats_what_is_known_is_nothing() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.hinted(world.now, &[hint(orders, 9, 0, (1, 5))], &[given(1, "other")]);
    assert_eq!((world.events(), world.odd(|odd| odd.void_hints)), (vec![], 0));
    assert!(world.until_due() > millis(60_000));
}

#[test]
fn hints_cannot_add_brokers_without_end() {
    let (mut world, orders) = World::knowing_orders();
    for node in 10..3_000 {
        let hints = [hint(orders, 9, 0, (node, node))];
        world.metadata.hinted(world.now, &hints, &[given(node, "kafka")]);
    }
    assert_eq!(world.metadata.brokers().count(), 1_003);
    assert_eq!(world.leaders(orders)[0], Some((1_009, 1_009)));
}
