//! What nobody asks for any more is let go, and nothing is insisted upon.

use std::time::Duration;

use super::world::{End, World};
use super::{node, transaction};
use crate::Destination;

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
