//! Brokers that come, move and go.

use klamm_cluster::metadata::Event;
use klamm_protocol::metadata::MetadataResponse;
use klamm_wire::{ErrorCode, NodeId};

use crate::world::{World, broker, cluster, cluster_of, frame, millis, orders_at, topic};

fn nodes(world: &World) -> Vec<i32> {
    world.metadata.brokers().map(|(node, _)| node.0).collect()
}

fn named(id: &str) -> MetadataResponse<'_> {
    MetadataResponse { cluster_id: Some(id.into()), ..cluster(vec![]) }
}

//= type=test M9
#[test]
fn an_answer_replaces_the_brokers() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.refresh(world.now, None);
    let mut moved = cluster_of(&[2, 4], vec![orders_at(9, &[(2, 6), (2, 6)])]);
    moved.brokers[0].host = "elsewhere".into();
    moved.brokers[0].rack = Some("a".into());
    let events = world.round(moved);
    let at = |node, host: &str| {
        let host = format!("{host}:9092").parse().unwrap();
        Event::BrokerAt { node: NodeId(node), host }
    };
    assert_eq!(
        events[..4],
        [
            Event::BrokerGone(NodeId(1)),
            Event::BrokerGone(NodeId(3)),
            at(2, "elsewhere"),
            at(4, "kafka"),
        ]
    );
    assert_eq!((nodes(&world), world.metadata.controller()), (vec![2, 4], None));
    let racks: Vec<_> = world.metadata.brokers().map(|(_, one)| one.rack.as_deref()).collect();
    assert_eq!(racks, [Some("a"), None]);
    assert_eq!(world.leaders(orders), [Some((2, 6)), Some((2, 6))]);
}

//= type=test M9
#[test]
fn an_answer_without_a_usable_broker_is_lost() {
    let (mut world, orders) = World::knowing_orders();
    for brokers in [vec![], vec![broker(1, "", 9092), broker(-1, "x", 1), broker(2, "x", 70_000)]] {
        let said = orders_at(9, &[(3, 7), (3, 7)]);
        let said = MetadataResponse { brokers, ..cluster(vec![said]) };
        assert_eq!(world.refresh(orders, said), []);
    }
    assert_eq!(
        (nodes(&world), world.leaders(orders)),
        (vec![1, 2, 3], vec![Some((1, 5)), Some((2, 6))])
    );
    assert_eq!(world.odd(|odd| odd.unusable_answers), 2);
    assert_eq!(world.ask_when_due(), ["orders"], "it is still asked for");
}

#[test]
fn odd_brokers_are_left_out_and_counted() {
    let mut world = World::new();
    let mut said = cluster(vec![]);
    said.brokers.extend([
        broker(3, "again", 1),
        broker(4, "no port", 1),
        broker(5, "kafka", 0),
        broker(i32::MIN, "kafka", 1),
    ]);
    said.controller_id = NodeId(77);
    world.round(said);
    assert_eq!((nodes(&world), world.metadata.controller()), (vec![1, 2, 3], None));
    assert_eq!((world.odd(|odd| odd.bad_brokers), world.odd(|odd| odd.duplicates)), (3, 1));
}

//= type=test F47
#[test]
fn topics_that_a_lost_broker_led_are_asked_for() {
    let (mut world, orders) = World::knowing_orders();
    world.want("payments");
    assert_eq!(world.ask(), ["payments"]);
    world.answer(cluster_of(&[2, 3], vec![topic("payments", 8, &[(2, 1)])]));
    assert!(world.until_due() <= millis(120));
    assert_eq!(world.ask_when_due(), ["orders"]);
    assert_eq!(world.leaders(orders)[0], Some((1, 5)), "until somebody says who leads it");
}

#[test]
fn a_rebootstrap_forgets_brokers_and_keeps_topics_and_epochs() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.refresh(world.now, None);
    world.ask_when_due();
    let old = world.query.clone().unwrap();
    world.metadata.rebootstrap(world.now);
    assert_eq!(world.events(), [1, 2, 3].map(|node| Event::BrokerGone(NodeId(node))));
    assert!(!world.metadata.is_known());
    assert_eq!(world.ask(), ["orders"], "at once, whatever was under way");
    let late = frame(&cluster(vec![orders_at(9, &[(3, 9), (3, 9)])]), 13);
    assert_eq!(world.metadata.answered(world.now, old.clone(), &late), Ok(()));
    world.metadata.lost(world.now, old);
    assert_eq!(world.events(), [], "an answer of before is passed over");
    world.answer(cluster(vec![orders_at(9, &[(3, 4), (3, 7)])]));
    assert_eq!(world.leaders(orders), [Some((1, 5)), Some((3, 7))]);
}

#[test]
fn a_broker_can_ask_for_a_rebootstrap() {
    let mut world = World::new();
    world.want("orders");
    let error_code = ErrorCode::REBOOTSTRAP_REQUIRED;
    let said = MetadataResponse { error_code, ..cluster(vec![]) };
    assert_eq!(world.round(said), [Event::RebootstrapRequired]);
    assert!(!world.metadata.is_known());
    let error_code = ErrorCode::UNKNOWN_SERVER_ERROR;
    let said = MetadataResponse { error_code, ..cluster(vec![orders_at(9, &[(1, 1)])]) };
    assert_eq!(world.round(said), []);
    assert_eq!(world.ask_when_due(), ["orders"]);
}

#[test]
fn another_cluster_is_counted() {
    let mut world = World::new();
    assert_eq!(world.metadata.cluster_id(), None);
    for (id, count) in [("a", 0), ("a", 0), ("b", 1), ("b", 1)] {
        world.metadata.refresh(world.now, None);
        world.round(named(id));
        assert_eq!(world.metadata.cluster_id(), Some(id));
        assert_eq!(world.odd(|odd| odd.other_clusters), count);
    }
    world.metadata.rebootstrap(world.now);
    assert_eq!(world.metadata.cluster_id(), None);
}
