//! Beginning again from the bootstrap servers: when it has to be, and not in a storm.

use std::time::Duration;

use klamm_protocol::ApiKey;

use super::node;
use super::peer::Habit;
use super::world::{End, World};
use crate::{Destination, HostPort};

const REBOOTSTRAP_REQUIRED: i16 = 129;

fn balancer() -> HostPort {
    "lb:1".parse().unwrap()
}

#[test]
fn a_server_that_always_sends_us_back_to_the_beginning_is_not_asked_in_a_storm() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::Metadata, Habit::Code(REBOOTSTRAP_REQUIRED));
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
    world.pass(Duration::from_secs(10));
    let queries = world.server(1).asked.iter().filter(|key| **key == ApiKey::Metadata).count();
    assert!((5..60).contains(&queries), "{queries}");
}

#[test]
fn a_mad_bootstrap_server_before_dead_brokers_is_not_dialled_in_a_storm() {
    let mut world = World::with(1, |settings| {
        settings.bootstrap = vec![balancer()];
        settings.connection.max_in_flight = 1;
    });
    world.server(1).is_down = true;
    let mad = world.servers.get_mut(&balancer()).unwrap();
    mad.habits.insert(ApiKey::Metadata, Habit::Babble);
    let asked = world.ask(Destination::Any);
    assert!(matches!(world.drive(asked), End::Failed(_)));
    let dialled = world.servers[&balancer()].dialled;
    assert!((3..40).contains(&dialled), "{dialled}");
}

#[test]
fn a_picture_that_is_given_up_at_once_is_drawn_all_the_same() {
    let mut world = World::with(2, |settings| {
        settings.metadata.rebootstrap_trigger = Duration::ZERO;
    });
    world.server(1).is_slow = true;
    let asked = world.ask(node(2));
    while !world.ends.contains_key(&asked) {
        world.pass(Duration::from_millis(300));
        world.release();
    }
    assert_eq!(world.ends[&asked], End::Answered);
}

#[test]
fn nobody_is_sent_back_to_the_beginning_who_does_not_want_to() {
    let mut world = World::with(1, |settings| settings.metadata.rebootstrap = false);
    let first = world.ask(node(1));
    world.drive(first);
    let conns = world.conns_of(1);
    world.server(1).habits.insert(ApiKey::Metadata, Habit::Code(REBOOTSTRAP_REQUIRED));
    world.cluster.refresh(world.now, None);
    world.pass(Duration::from_secs(2));
    assert_eq!(world.conns_of(1), conns);
}

#[test]
fn answers_without_a_broker_are_no_picture() {
    let mut world = World::with(1, |settings| {
        settings.bootstrap = vec![balancer()];
        settings.metadata.rebootstrap_trigger = Duration::from_secs(5);
    });
    let first = world.ask(node(1));
    world.drive(first);
    world.conns_at(&balancer()).into_iter().for_each(|conn| world.hang_up(conn));
    world.picture.brokers.clear();
    world.cluster.refresh(world.now, None);
    let before = world.servers[&balancer()].dialled;
    world.pass(Duration::from_secs(10));
    assert!(world.servers[&balancer()].dialled > before, "we do not begin again");
}

#[test]
fn the_features_of_another_cluster_are_forgotten() {
    let mut world = World::with(1, |settings| settings.bootstrap = vec![balancer()]);
    let first = world.ask(node(1));
    world.drive(first);
    world.conns_at(&balancer()).into_iter().for_each(|conn| world.hang_up(conn));
    assert_eq!(world.cluster.features().epoch(), Some(9));
    world.picture.features = 2;
    world.kill(1);
    world.picture.brokers = [(2, ("b2".to_owned(), 9092))].into();
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
    assert_eq!(world.cluster.features().epoch(), Some(2));
}
