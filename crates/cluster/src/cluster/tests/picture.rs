//! The picture is had whatever else goes on, and what it says is followed.

use std::time::Duration;

use klamm_protocol::ApiKey;

use klamm_wire::{NodeId, Time};

use super::peer::Habit;
use super::world::{End, World};
use super::{dials_within, failure, node, transaction};
use crate::{Destination, Reason};

/// A world of one broker with one connection, which is not that of the bootstrap server.
fn with_one_connection() -> World {
    let mut world = World::of(1);
    let first = world.ask(node(1));
    assert_eq!(world.drive(first), &End::Answered);
    let bootstrap = world.conns_of(1)[0];
    world.hang_up(bootstrap);
    world
}

/// A broker has another address from now on.
fn move_broker(world: &mut World, id: i32, to: &str) {
    world.picture.brokers.insert(id, (to.to_owned(), 9092));
}

#[test]
fn the_picture_does_not_wait_behind_requests_that_wait() {
    let mut world = with_one_connection();
    world.server(1).is_slow = true;
    let asked: Vec<_> = (0..20).map(|_| world.ask(node(1))).collect();
    world.cluster.refresh(world.now, None);
    world.pass(Duration::from_millis(200));
    assert_ne!(world.server(1).asked.last(), Some(&ApiKey::Metadata), "there is no room");
    assert!(world.release());
    assert_eq!(world.server(1).asked.last(), Some(&ApiKey::Metadata));
    while world.release() {}
    for id in asked {
        assert_eq!(world.drive(id), &End::Answered);
    }
}

#[test]
fn a_broker_of_the_picture_is_reached_although_the_server_that_drew_it_went_mad() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::Metadata, Habit::Babble);
    let asked = world.ask_at_once(&vec![Destination::Any; 8]);
    world.server(1).habits.clear();
    assert_eq!(world.drive(asked[7]), &End::Answered);
}

#[test]
fn a_coordinator_that_cannot_be_reached_is_looked_for_again() {
    let mut world = World::of(3);
    let first = world.ask(transaction());
    assert_eq!(world.drive(first), &End::Answered);
    world.kill(3);
    world.picture.coordinator = 2;
    let second = world.ask(transaction());
    assert_eq!(world.drive(second), &End::Answered);
}

#[test]
fn a_broker_that_cannot_be_reached_is_looked_for_in_a_newer_picture() {
    let mut world = World::of(2);
    let first = world.ask(node(2));
    world.drive(first);
    world.kill(2);
    move_broker(&mut world, 2, "elsewhere");
    let second = world.ask(node(2));
    assert_eq!(world.drive(second), &End::Answered);
}

#[test]
fn a_broker_is_connected_to_that_was_wanted_before_it_was_in_the_picture() {
    let mut world = World::of(2);
    world.cluster.connect(world.now, NodeId(2));
    world.settle();
    assert_eq!(world.conns_of(2).len(), 1);
}

#[test]
fn a_broker_that_refuses_us_is_not_insisted_upon_though_it_was_wanted() {
    let mut world = super::with_password();
    world.server(2).habits.insert(ApiKey::SaslAuthenticate, Habit::Code(58));
    world.cluster.connect(world.now, NodeId(2));
    world.pass(Duration::from_secs(1));
    let dialled = world.server(2).dialled;
    move_broker(&mut world, 2, "elsewhere");
    world.cluster.refresh(world.now, None);
    assert_eq!((dialled, dials_within(&mut world, 2, Duration::from_secs(60))), (1, 0));
    assert!(!world.servers.contains_key(&"elsewhere:9092".parse().unwrap()), "nor elsewhere");
}

#[test]
fn a_coordinator_that_refuses_us_fails_what_is_for_it_at_once() {
    let mut world = super::with_password();
    world.server(2).habits.insert(ApiKey::SaslAuthenticate, Habit::Code(58));
    let asked = world.ask(transaction());
    let failed = failure(world.drive(asked)).clone();
    assert!(matches!(failed.reason, Reason::NotAccepted(_)), "{failed}");
    assert_eq!(world.now.mono, Time(0));
}

#[test]
fn a_broker_that_moved_is_met_at_its_new_place_only() {
    let mut world = World::of(2);
    let first = world.ask(node(2));
    world.drive(first);
    move_broker(&mut world, 2, "elsewhere");
    world.cluster.refresh(world.now, None);
    world.pass(Duration::from_secs(1));
    assert!(world.conns_of(2).is_empty());
    let asked = world.ask(node(2));
    assert_eq!(world.drive(asked), &End::Answered);
    let there = &world.servers[&"elsewhere:9092".parse().unwrap()];
    assert!(there.asked.contains(&ApiKey::InitProducerId));
}

#[test]
fn what_is_open_with_a_broker_that_moved_or_left_may_end_in_peace() {
    for is_gone in [false, true] {
        let mut world = World::of(3);
        for id in [1, 2] {
            let first = world.ask(node(id));
            world.drive(first);
        }
        world.server(2).is_slow = true;
        let open = world.ask(node(2));
        move_broker(&mut world, 2, "elsewhere");
        if is_gone {
            world.picture.brokers.remove(&2);
        }
        world.cluster.refresh(world.now, None);
        world.pass(Duration::from_secs(1));
        if !is_gone {
            let asked = world.ask(node(2));
            assert_eq!(world.drive(asked), &End::Answered, "at its new place, without a wait");
        }
        assert_eq!(world.conns_of(2).len(), 1);
        world.release();
        assert_eq!(world.drive(open), &End::Answered);
        assert!(world.conns_of(2).is_empty(), "nothing is open any more");
    }
}
