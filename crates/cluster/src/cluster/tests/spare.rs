//! Somebody else is found when those who are connected have no room.

use std::time::Duration;

use klamm_protocol::ApiKey;

use super::node;
use super::peer::Habit;
use super::world::{End, World};
use crate::{Destination, HostPort};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_bootstrap_server_that_wants_silence_first_is_left_for_the_next_one() {
    let servers: Vec<HostPort> = ["x:1", "y:1", "z:1"].map(|at| at.parse().unwrap()).into();
    for talking in &servers {
        let mut world = World::with(1, |settings| settings.bootstrap = servers.clone());
        for silent in servers.iter().filter(|server| *server != talking) {
            let silent = world.servers.get_mut(silent).unwrap();
            silent.habits.insert(ApiKey::ApiVersions, Habit::Throttle(i32::MAX));
        }
        let asked = world.ask(Destination::Any);
        assert_eq!(world.drive(asked), &End::Answered);
    }
}

#[test]
fn while_one_broker_wants_silence_another_is_asked() {
    let mut world = World::of(2);
    let first = world.ask(node(1));
    world.drive(first);
    for conn in world.conns_of(1) {
        world.cluster.mute(world.now, conn, world.now.mono.saturating_add(HOUR));
    }
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
    let waits = world.ask(node(1));
    assert!(matches!(world.drive(waits), End::Failed(_)), "it alone has to wait");
}

#[test]
fn dead_brokers_that_others_wait_for_keep_nobody_from_one_that_lives() {
    let mut world = World::with(3, |settings| settings.dial.setup_timeout = HOUR / 1800);
    let first = world.ask(node(1));
    world.drive(first);
    for conn in world.conns_of(1) {
        world.hang_up(conn);
    }
    for id in [2, 3] {
        world.server(id).is_away = true;
        world.ask(node(id));
        world.pass(Duration::from_secs(1));
    }
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
}
