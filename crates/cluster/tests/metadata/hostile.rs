//! Answers that a broker should not give.

use klamm_cluster::metadata::{Event, Gone};
use klamm_protocol::ApiKey;
use klamm_protocol::metadata::MetadataResponse;
use klamm_wire::DecodeErrorKind;

use crate::world::{World, cluster, frame, id, led, millis, orders_at, partition, topic};

#[test]
fn a_malformed_answer_changes_nothing_and_is_lost() {
    let (mut world, orders) = World::knowing_orders();
    let whole = frame(&cluster(vec![orders_at(9, &[(3, 7), (3, 7)])]), 13);
    for end in 0..whole.bytes.len() {
        world.metadata.refresh(world.now, Some(orders));
        world.ask_when_due();
        let cut = klamm_protocol::frame::ResponseFrame { bytes: whole.bytes.slice(..end), ..whole };
        let query = world.query.take().unwrap();
        assert!(world.metadata.answered(world.now, query, &cut).is_err(), "cut at {end}");
        assert_eq!(world.events(), []);
    }
    assert_eq!(world.leaders(orders), [Some((1, 5)), Some((2, 6))]);
    assert_eq!(world.ask_when_due(), ["orders"]);
}

#[test]
fn the_answer_of_another_api_is_malformed() {
    let mut world = World::new();
    world.ask();
    let mut other = frame(&cluster(vec![]), 13);
    other.key = ApiKey::Produce;
    let error = world.metadata.answered(world.now, world.query.take().unwrap(), &other);
    assert_eq!(error.unwrap_err().kind(), DecodeErrorKind::UnsupportedVersion(13));
}

//= type=test M3
#[test]
fn the_first_of_duplicates_counts() {
    let mut world = World::new();
    let orders = world.want("orders");
    let mut first = orders_at(9, &[(1, 5)]);
    first.partitions.push(partition(0, 2, 6));
    world.round(cluster(vec![first, orders_at(10, &[(3, 9)])]));
    assert_eq!(world.leaders(orders), [Some((1, 5))]);
    assert_eq!(world.metadata.topic(orders).unwrap().id(), id(9));
    assert_eq!(world.odd(|odd| odd.duplicates), 2);
}

//= type=test M3
#[test]
fn numbers_out_of_bounds_are_no_partitions() {
    let mut world = World::new();
    let orders = world.want("orders");
    let mut said = orders_at(9, &[(1, 5)]);
    let far = [-1, i32::MIN, 60, 1_000_000, i32::MAX];
    said.partitions.extend(far.map(|index| partition(index, 2, 6)));
    world.round(cluster(vec![said]));
    assert_eq!(
        (world.leaders(orders), world.odd(|odd| odd.misnumbered_partitions)),
        (vec![Some((1, 5))], 5)
    );
}

//= type=test M3
#[test]
fn numbers_left_out_are_partitions_without_news() {
    let (mut world, orders) = World::knowing_orders();
    let mut said = orders_at(9, &[]);
    said.partitions = vec![partition(3, 3, 1), partition(1, 3, 7)];
    assert_eq!(
        world.refresh(orders, cluster(vec![said])),
        [
            Event::PartitionsAdded { topic: orders, partitions: 4 },
            led(orders, 1, Some((3, 7))),
            led(orders, 2, None),
            led(orders, 3, Some((3, 1))),
        ]
    );
    assert_eq!(world.leaders(orders)[0], Some((1, 5)));
    assert_eq!(world.odd(|odd| odd.holes), 2);
    assert!(world.until_due() <= millis(120), "it is asked for again");
}

#[test]
fn a_leader_that_is_no_broker_is_none() {
    let (mut world, orders) = World::knowing_orders();
    let events = world.refresh(orders, cluster(vec![orders_at(9, &[(77, 6), (2, 6)])]));
    assert_eq!(events, [led(orders, 0, None)]);
    assert_eq!(world.odd(|odd| odd.foreign_leaders), 1);
    assert!(world.until_due() <= millis(120));
}

#[test]
fn what_was_not_asked_for_is_passed_over() {
    let (mut world, orders) = World::knowing_orders();
    world.want("payments");
    world.ask();
    let mut nameless = orders_at(9, &[(3, 9)]);
    nameless.name = None;
    let stranger = topic("stranger", 3, &[(1, 1)]);
    let payments = topic("payments", 8, &[(1, 1)]);
    let said = vec![orders_at(9, &[(3, 9), (3, 9)]), nameless, stranger, payments];
    let events = world.answer(cluster(said));
    assert!(matches!(events.as_slice(), [Event::TopicKnown { .. }, Event::Leader { .. }]));
    assert_eq!(world.leaders(orders), [Some((1, 5)), Some((2, 6))]);
    assert_eq!((world.odd(|odd| odd.unasked_topics), world.odd(|odd| odd.nameless_topics)), (2, 1));
}

#[test]
fn a_topic_forgotten_while_it_is_asked_for_stays_forgotten() {
    let mut world = World::new();
    let orders = world.want("orders");
    world.ask();
    world.metadata.forget(orders);
    let events = world.answer(cluster(vec![orders_at(9, &[(1, 5)])]));
    assert!(!events.iter().any(|event| matches!(event, Event::TopicKnown { .. })));
    world.want("orders");
    world.ask();
    world.metadata.forget(orders);
    world.lose();
    assert_eq!(world.metadata.topic(orders).unwrap().partitions(), []);
    assert_eq!(world.ask_when_due(), [""; 0]);
}

#[test]
fn an_answer_that_knows_no_end_of_topics_leaves_nothing_behind() {
    let mut world = World::new();
    let orders = world.want("orders");
    let names: Vec<String> = (0..10_000).map(|number| format!("flood-{number}")).collect();
    let mut topics: Vec<_> = names.iter().map(|name| topic(name, 1, &[(1, 1)])).collect();
    topics.push(orders_at(9, &[(1, 5)]));
    let events = world.round(MetadataResponse { ..cluster(topics) });
    assert_eq!(events.len(), 5);
    assert_eq!(world.leaders(orders), [Some((1, 5))]);
    let gone = |event: &Event| matches!(event, Event::TopicGone { why: Gone::Missing, .. });
    assert!(!events.iter().any(gone));
}
