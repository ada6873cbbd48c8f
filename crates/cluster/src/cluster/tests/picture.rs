//! The picture is had whatever else goes on, and what it says is followed.

use std::time::Duration;

use klamm_protocol::ApiKey;

use super::node;
use super::peer::Habit;
use super::world::{End, World};
use crate::Destination;

/// A world of one broker with one connection, which is not that of the bootstrap server.
fn with_one_connection() -> World {
    let mut world = World::of(1);
    let first = world.ask(node(1));
    assert_eq!(world.drive(first), &End::Answered);
    let bootstrap = world.conns_of(1)[0];
    world.hang_up(bootstrap);
    world
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
