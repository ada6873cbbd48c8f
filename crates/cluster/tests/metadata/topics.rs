//! Topics that come, go, grow and are made anew.

use klamm_cluster::metadata::{Event, Gone};
use klamm_protocol::metadata::response::MetadataResponseTopic;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

use crate::world::{UNKNOWN, World, cluster, failing, id, led, millis, orders_at, partition};

#[test]
fn a_topic_becomes_known_with_its_leaders_behind_it() {
    let mut world = World::new();
    let orders = world.want("orders");
    assert_eq!(world.ask(), ["orders"]);
    let events = world.answer(cluster(vec![orders_at(9, &[(1, 5), (-1, 6)])]));
    assert!(matches!(events.first(), Some(Event::BrokerAt { .. })));
    assert_eq!(
        events.get(3..).unwrap(),
        [
            Event::TopicKnown { topic: orders, id: id(9), partitions: 2 },
            led(orders, 0, Some((1, 5))),
            led(orders, 1, None),
        ]
    );
    assert_eq!(world.leaders(orders), [Some((1, 5)), None]);
    assert!(world.metadata.is_known());
}

//= type=test M1 F52
#[test]
fn a_missing_topic_is_waited_for_and_then_told_once() {
    let mut world = World::new();
    let orders = world.want("orders");
    let errors = [UNKNOWN, ErrorCode::LEADER_NOT_AVAILABLE, ErrorCode::UNKNOWN_SERVER_ERROR];
    let mut told = Vec::new();
    let mut errors = errors.into_iter().cycle();
    world.ask();
    let first = world.now;
    while world.now.saturating_duration_since(first) < millis(70_000) {
        let mut events = world.answer(cluster(vec![failing("orders", errors.next().unwrap())]));
        loop {
            world.wait(world.until_due());
            world.query = world.metadata.due(world.now);
            events.extend(world.events());
            let gone = events.iter().filter(|event| matches!(event, Event::TopicGone { .. }));
            told.extend(gone.map(|event| (event.clone(), world.now)));
            events.clear();
            if world.query.is_some() {
                break;
            }
        }
    }
    let gone = Event::TopicGone { topic: orders, why: Gone::Missing };
    assert_eq!(told, [(gone, first.saturating_add(millis(60_000)))]);
    let events = world.answer(cluster(vec![orders_at(9, &[(1, 5)])]));
    assert!(events.contains(&Event::TopicKnown { topic: orders, id: id(9), partitions: 1 }));
}

//= type=test F49 M2
#[test]
fn a_known_topic_that_is_left_out_keeps_its_picture() {
    let (mut world, orders) = World::knowing_orders();
    assert_eq!(world.refresh(orders, cluster(vec![])), []);
    assert_eq!(world.leaders(orders), [Some((1, 5)), Some((2, 6))]);
    assert!(world.until_due() < millis(1_500), "it is asked for again");
    assert_eq!(world.round(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])])), []);
    assert!(world.until_due() > millis(60_000), "it is there, and the wait is over");
}

//= type=test M4 F50
#[test]
fn a_topic_without_partitions_is_missing() {
    let mut world = World::new();
    let orders = world.want("orders");
    let events = world.round(cluster(vec![orders_at(9, &[])]));
    assert!(!events.iter().any(|event| matches!(event, Event::TopicKnown { .. })));
    assert_eq!(world.leaders(orders), []);
    assert!(world.until_due() <= millis(120));
    let events = world.round(cluster(vec![orders_at(9, &[(1, 0)])]));
    assert!(events.contains(&Event::TopicKnown { topic: orders, id: id(9), partitions: 1 }));
}

//= type=test M6
#[test]
fn a_refused_topic_is_told_at_once_and_asked_for_by_age() {
    for code in [ErrorCode::INVALID_TOPIC_EXCEPTION, ErrorCode::TOPIC_AUTHORIZATION_FAILED] {
        let (mut world, orders) = World::knowing_orders();
        let events = world.refresh(orders, cluster(vec![failing("orders", code)]));
        assert_eq!(events, [Event::TopicGone { topic: orders, why: Gone::Refused(code) }]);
        assert_eq!(
            (world.leaders(orders), world.metadata.topic(orders).unwrap().name()),
            (vec![], "orders")
        );
        assert!(world.until_due() > millis(60_000));
        assert_eq!(world.round(cluster(vec![failing("orders", code)])), []);
        assert_eq!(world.want("orders"), orders);
        let events = world.round(cluster(vec![failing("orders", code)]));
        assert_eq!(events.len(), 1, "who wants it anew is told anew");
    }
}

//= type=test M5 F53 F54
#[test]
fn another_id_is_another_topic_whose_epochs_begin_anew() {
    let (mut world, orders) = World::knowing_orders();
    world.refresh(orders, cluster(vec![failing("orders", UNKNOWN)]));
    let events = world.round(cluster(vec![orders_at(10, &[(3, 0)])]));
    assert_eq!(
        events,
        [
            Event::TopicRecreated { topic: orders, id: id(10), partitions: 1 },
            led(orders, 0, Some((3, 0))),
        ]
    );
    assert_eq!(world.leaders(orders), [Some((3, 0))]);
}

//= type=test M5 F57
#[test]
fn no_id_takes_none_away_and_a_first_one_is_learnt() {
    let (mut world, orders) = World::knowing_orders();
    assert_eq!(world.refresh(orders, cluster(vec![orders_at(0, &[(1, 5), (2, 6)])])), []);
    assert_eq!(world.metadata.topic(orders).unwrap().id(), id(9));

    let mut world = World::new();
    let orders = world.want("orders");
    world.version = 9;
    world.round(cluster(vec![orders_at(0, &[(1, 5)])]));
    world.version = 12;
    let events = world.refresh(orders, cluster(vec![orders_at(9, &[(1, 5)])]));
    assert_eq!(events, [Event::TopicIdLearnt { topic: orders, id: id(9) }]);
}

//= type=test F56
#[test]
fn added_partitions_are_announced_with_their_leaders() {
    let (mut world, orders) = World::knowing_orders();
    let said = orders_at(9, &[(3, 7), (2, 6), (1, 0)]);
    assert_eq!(
        world.refresh(orders, cluster(vec![said])),
        [
            Event::PartitionsAdded { topic: orders, partitions: 3 },
            led(orders, 0, Some((3, 7))),
            led(orders, 2, Some((1, 0))),
        ]
    );
}

//= type=test M11
#[test]
fn partitions_are_gone_only_when_they_stay_away() {
    let (mut world, orders) = World::knowing_orders();
    let smaller = || cluster(vec![orders_at(9, &[(1, 5)])]);
    assert_eq!(world.refresh(orders, smaller()), []);
    assert_eq!(world.leaders(orders).len(), 2);
    world.round(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    assert_eq!(world.refresh(orders, smaller()), []);
    assert!(world.until_due() <= millis(1_200), "it is asked for again");
    world.wait(millis(60_000));
    let gone = Event::PartitionsGone { topic: orders, partitions: 1 };
    assert_eq!(world.round(smaller()), [gone]);
    assert_eq!(world.leaders(orders), [Some((1, 5))]);
}

//= type=test M10
#[test]
fn an_idle_topic_is_forgotten_and_can_be_wanted_again() {
    let (mut world, orders) = World::knowing_orders();
    let other = world.want("payments");
    world.round(cluster(vec![failing("payments", UNKNOWN)]));
    world.wait(millis(290_000));
    world.metadata.touch(world.now, orders);
    world.wait(millis(10_000));
    assert_eq!(world.ask(), ["orders"]);
    assert_eq!(
        world.events(),
        [
            Event::TopicGone { topic: other, why: Gone::Missing },
            Event::TopicGone { topic: other, why: Gone::Idle },
        ]
    );
    world.answer(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    assert_eq!(world.want("payments"), other);
    assert_eq!(world.ask(), ["payments"]);
}

//= type=test R13
#[test]
fn a_forgotten_topic_remembers_the_epochs_of_its_id() {
    let (mut world, orders) = World::knowing_orders();
    world.metadata.forget(orders);
    assert_eq!(world.leaders(orders), []);
    assert!(world.until_due() > millis(60_000), "nobody asks for it");
    world.want("orders");
    let events = world.round(cluster(vec![orders_at(9, &[(3, 4), (2, 6)])]));
    assert_eq!(
        events.first(),
        Some(&Event::TopicKnown { topic: orders, id: id(9), partitions: 2 })
    );
    assert_eq!(world.leaders(orders), [None, Some((2, 6))], "the first is old news");
}

//= type=test F51 F48
#[test]
fn an_error_of_a_partition_is_asked_about_soon() {
    let mut world = World::new();
    let orders = world.want("orders");
    let mut said = orders_at(9, &[(1, 0), (-1, 0)]);
    said.partitions[1].error_code = ErrorCode::LEADER_NOT_AVAILABLE;
    world.round(cluster(vec![said]));
    assert!(world.until_due() <= millis(120));
    let mut said = orders_at(9, &[(1, 0)]);
    said.partitions.push(partition(1, 2, 0));
    said.partitions[1].error_code = ErrorCode::LISTENER_NOT_FOUND;
    assert_eq!(world.round(cluster(vec![said])), [led(orders, 1, Some((2, 0)))]);
    assert!(world.until_due() <= millis(120));
    world.round(cluster(vec![orders_at(9, &[(1, 0), (2, 0)])]));
    assert!(world.until_due() > millis(60_000));
}

/// Orders with one partition, led by 1 at an epoch, and who is in sync with it.
fn with_in_sync(epoch: i32, nodes: &[i32]) -> MetadataResponseTopic<'static> {
    let mut orders = orders_at(9, &[(1, epoch)]);
    orders.partitions[0].isr_nodes = nodes.iter().copied().map(NodeId).collect();
    orders
}

#[test]
fn who_is_in_sync_is_what_the_last_believed_answer_says() {
    let mut world = World::new();
    let orders = world.want("orders");
    let in_sync = |world: &World| {
        let topic = world.metadata.topic(orders).unwrap();
        topic.in_sync(PartitionIndex(0)).iter().map(|node| node.0).collect::<Vec<_>>()
    };
    world.round(cluster(vec![with_in_sync(5, &[1, 2, 3])]));
    assert_eq!(in_sync(&world), [1, 2, 3]);
    world.refresh(orders, cluster(vec![with_in_sync(5, &[1])]));
    assert_eq!(in_sync(&world), [1]);
    world.refresh(orders, cluster(vec![with_in_sync(4, &[1, 2])]));
    assert_eq!(in_sync(&world), [1], "the answer is older than what is known");
    world.refresh(orders, cluster(vec![with_in_sync(6, &[1, 2, 3, 4, 5, 6, 7])]));
    assert_eq!(in_sync(&world), [1, 2, 3, 4, 5, 6, 7]);
}
