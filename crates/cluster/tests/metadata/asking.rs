//! When what is asked for, and how.

use std::time::Duration;

use bytes::Bytes;
use klamm_cluster::metadata::{Event, Gone, Query};
use klamm_cluster::request::{Head, Payload};
use klamm_cluster::settings::MetadataSettings;
use klamm_protocol::frame::decode_request_header;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::negotiate::{Negotiated, Offer};
use klamm_protocol::{ApiKey, VersionRange, message};
use klamm_wire::ErrorCode;

use crate::world::{NEWEST, UNKNOWN, World, cluster, failing, millis, orders_at, topic};

/// What a broker would read.
fn sent(query: &Query, version: i16) -> (Vec<String>, bool) {
    let head = Head { limit: 1 << 20, version, correlation_id: 1, client_id: None };
    let frame = Bytes::from(query.encode(&head).unwrap().to_vec().split_off(4));
    let (_, mut body) = decode_request_header(&frame).unwrap();
    let request: MetadataRequest<'_> = message::read(&mut body, version).unwrap();
    assert!(!request.include_topic_authorized_operations);
    assert!(!request.include_cluster_authorized_operations);
    let topics = request.topics.expect("invariant: null would ask for all topics");
    let names = topics.iter().map(|topic| topic.name.as_deref().unwrap().to_owned());
    (names.collect(), request.allow_auto_topic_creation)
}

fn speaking(min: i16, max: i16) -> Negotiated {
    let mut offer = Offer::default();
    offer.versions.insert(ApiKey::Metadata.code(), VersionRange::new(min, max));
    Negotiated::from(offer)
}

fn pause(world: &World, low: u64, high: u64) {
    let pause = world.until_due();
    assert!((millis(low)..=millis(high)).contains(&pause), "{pause:?} for {low}..={high}");
}

#[test]
fn who_wants_nothing_asks_for_brokers_alone() {
    let mut world = World::new();
    assert_eq!(world.ask(), [""; 0]);
    let query = world.query.clone().unwrap();
    for version in 1..=NEWEST {
        assert_eq!(sent(&query, version).0, [""; 0], "version {version}");
    }
    world.answer(cluster(vec![]));
    pause(&world, 240_000, 300_000);
}

//= type=test M12
#[test]
fn everything_wanted_is_asked_for_by_its_age() {
    let (mut world, orders) = World::knowing_orders();
    world.want("payments");
    world.round(cluster(vec![topic("payments", 8, &[(1, 1)])]));
    world.want("unwanted");
    world.round(cluster(vec![topic("unwanted", 7, &[(1, 1)])]));
    let unwanted = world.want("unwanted");
    world.metadata.forget(unwanted);
    pause(&world, 239_000, 300_000);
    world.wait(millis(200_000));
    world.metadata.touch(world.now, orders);
    world.want("payments");
    assert_eq!(world.ask_when_due(), ["orders", "payments"]);
    assert!(!sent(world.query.as_ref().unwrap(), NEWEST).1, "what is known is not created");
    world.answer(cluster(vec![orders_at(9, &[(1, 5), (2, 6)]), topic("payments", 8, &[(1, 1)])]));
    pause(&world, 240_000, 300_000);
}

//= type=test M12 M13
#[test]
fn a_new_topic_is_asked_for_at_once_and_alone() {
    let (mut world, _) = World::knowing_orders();
    world.want("payments");
    pause(&world, 0, 0);
    assert_eq!(world.ask(), ["payments"]);
    world.want("refunds");
    assert_eq!(world.metadata.next_wake(), None, "one query is under way at a time");
    assert!(world.asks_nothing());
    world.answer(cluster(vec![topic("payments", 8, &[(1, 1)])]));
    assert_eq!(world.ask(), ["refunds"]);
}

//= type=test M13
#[test]
fn losses_in_a_row_make_the_pause_grow() {
    let mut world = World::new();
    world.want("orders");
    for longest in [100, 200, 400, 800, 1000, 1000, 1000] {
        assert_eq!(world.ask_when_due(), ["orders"]);
        world.lose();
        pause(&world, longest * 8 / 10, longest * 12 / 10);
    }
    world.round(cluster(vec![failing("orders", UNKNOWN)]));
    pause(&world, 80, 120);
}

//= type=test M13 M1 F48
#[test]
fn answers_that_change_nothing_make_the_pause_grow() {
    for leader in [-1, 77] {
        let mut world = World::new();
        world.want("orders");
        world.round(cluster(vec![orders_at(9, &[(leader, 5)])]));
        for longest in [100, 100, 200, 400, 800, 1000, 1000] {
            pause(&world, longest * 8 / 10, longest * 12 / 10);
            world.round(cluster(vec![orders_at(9, &[(leader, 5)])]));
        }
        world.round(cluster(vec![orders_at(9, &[(1, 5)])]));
        pause(&world, 200_000, 300_000);
    }
}

#[test]
fn one_topic_that_is_said_to_be_old_is_asked_for_alone() {
    let (mut world, orders) = World::knowing_orders();
    world.want("payments");
    world.round(cluster(vec![topic("payments", 8, &[(1, 1)])]));
    world.metadata.refresh(world.now, Some(orders));
    pause(&world, 70, 120);
    assert_eq!(world.ask_when_due(), ["orders"]);
    world.metadata.refresh(world.now, Some(orders));
    world.answer(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    pause(&world, 80, 120);
    assert_eq!(world.ask_when_due(), ["orders"], "the answer may have been older than the news");
    world.answer(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    world.metadata.refresh(world.now, Some(orders));
    pause(&world, 160, 240);
}

#[test]
fn all_topics_that_are_said_to_be_old_are_asked_for() {
    let (mut world, _) = World::knowing_orders();
    world.metadata.refresh(world.now, None);
    pause(&world, 80, 120);
    assert_eq!(world.ask_when_due(), ["orders"]);
    world.metadata.refresh(world.now, None);
    world.answer(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
    pause(&world, 80, 120);
}

//= type=test M14
#[test]
fn a_lost_query_is_repeated_with_half_as_many_topics() {
    let mut world = World::new();
    let names: Vec<String> = (0..200).map(|number| format!("topic-{number:03}")).collect();
    for name in &names {
        world.want(name);
    }
    assert_eq!(world.ask(), names);
    world.lose();
    assert_eq!(world.ask_when_due(), names[..100]);
    world.lose();
    for part in names.chunks(64) {
        let asked = world.ask_when_due();
        assert_eq!(asked, part);
        let said = asked.iter().map(|name| topic(name, 1, &[(1, 1)])).collect();
        world.answer(cluster(said));
        let is_last = part.len() < 64;
        assert_eq!(world.until_due() > Duration::ZERO, is_last, "the rest is asked for at once");
    }
}

#[test]
fn names_beyond_a_bound_are_left_for_the_next_query() {
    let mut world = World::new();
    let names: Vec<String> = (0..3000).map(|number| format!("{number:0200}")).collect();
    for name in &names {
        world.want(name);
    }
    let mut asked = world.ask();
    assert!((2600..2640).contains(&asked.len()), "{}", asked.len());
    world.answer(cluster(vec![]));
    asked.extend(world.ask());
    assert_eq!(asked, names);
}

//= type=test M8
#[test]
fn a_topic_is_created_only_for_those_who_want_it() {
    let mut world = World::new();
    let orders = world.want("orders");
    world.ask();
    let query = world.query.clone().unwrap();
    assert!(sent(&query, NEWEST).1 && query.creates());
    world.answer(cluster(vec![orders_at(9, &[(1, 5)])]));
    world.metadata.refresh(world.now, Some(orders));
    world.want("payments");
    world.wait(millis(120));
    assert_eq!(world.ask(), ["payments"]);
    assert!(world.query.as_ref().unwrap().creates());
    world.answer(cluster(vec![topic("payments", 8, &[(1, 1)])]));
    assert_eq!(world.ask(), ["orders"], "in the same round, by a query of its own");
    let query = world.query.clone().unwrap();
    assert!(!sent(&query, 4).1);
    assert!(sent(&query, 3).1, "before version 4 nobody can say no");
    assert_eq!(query.version(&speaking(0, 3)), Ok(3));
    world.answer(cluster(vec![failing("orders", UNKNOWN)]));
    world.ask_when_due();
    assert!(!world.query.unwrap().creates(), "it was deleted, and nobody wants it anew");
}

//= type=test M8
#[test]
fn without_creation_a_broker_that_cannot_be_told_is_not_asked() {
    let settings = MetadataSettings { allow_auto_create: false, ..Default::default() };
    let mut world = World::with(settings);
    world.want("orders");
    world.ask();
    let query = world.query.clone().unwrap();
    assert!(query.version(&speaking(0, 3)).is_err());
    assert_eq!(query.version(&speaking(0, 9)), Ok(9));
    for version in 4..=NEWEST {
        assert_eq!(sent(&query, version), (vec!["orders".to_owned()], false));
    }
}

#[test]
fn a_name_that_no_topic_can_have_is_refused_without_asking() {
    let mut world = World::new();
    let long = "x".repeat(250);
    for name in ["", &long] {
        let topic = world.want(name);
        let why = Gone::Refused(ErrorCode::INVALID_TOPIC_EXCEPTION);
        assert_eq!(world.events(), [Event::TopicGone { topic, why }]);
    }
    assert_eq!(world.ask(), [""; 0]);
}
