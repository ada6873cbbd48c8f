//! What nobody asks for any more is let go, and nothing is insisted upon.

use std::time::Duration;

use klamm_protocol::ApiKey;

use super::peer::Habit;
use super::world::{End, World};
use super::{failure, node, transaction};
use crate::{Destination, Fate};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_dead_coordinator_is_not_dialled_when_nobody_asks() {
    let mut world = World::of(2);
    let first = world.ask(transaction());
    assert_eq!(world.drive(first), &End::Answered);
    world.kill(2);
    let second = world.ask(transaction());
    assert!(matches!(world.drive(second), End::Failed(_)));
    assert_eq!(world.dials_within(2, MINUTE), 0);
}

#[test]
fn who_was_dialled_for_anybody_is_let_go_when_another_is_up() {
    let mut world = World::of(2);
    let first = world.ask(node(1));
    world.drive(first);
    for id in [1, 2] {
        world.kill(id);
        world.server(id).is_away = true;
    }
    let dials = [world.server(1).dialled, world.server(2).dialled];
    let anybody = world.ask(Destination::Any);
    let dead = if world.server(1).dialled > dials[0] { 1 } else { 2 };
    let other = 3 - dead;
    (world.server(other).is_away, world.server(other).is_down) = (false, false);
    let certain = world.ask(node(other));
    assert_eq!(world.drive(certain), &End::Answered);
    assert_eq!(world.drive(anybody), &End::Answered);
    assert_eq!(world.dials_within(dead, MINUTE), 0);
}

#[test]
fn a_request_that_finds_its_connection_out_of_time_goes_elsewhere() {
    for to in [Destination::Any, node(1)] {
        let mut world = World::of(1);
        let first = world.ask(to.clone());
        world.drive(first);
        world.server(1).habits.insert(ApiKey::InitProducerId, Habit::Silence);
        let lost = world.ask(to.clone());
        world.server(1).habits.clear();
        world.sleep(MINUTE);
        let asked = world.ask(to);
        assert_eq!(failure(&world.ends[&lost]).fate, Fate::Unknown, "it is told at once");
        assert_eq!(world.drive(asked), &End::Answered);
    }
}
