//! What nobody asks for any more is let go, and nothing is insisted upon.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::NodeId;

use super::peer::Habit;
use super::world::{End, World};
use super::{dials_within, failure, node, transaction};
use crate::{Destination, Drive, Fate, News, Reason, metadata};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_dead_coordinator_is_not_dialled_when_nobody_asks() {
    let mut world = World::of(2);
    let first = world.ask(transaction());
    assert_eq!(world.drive(first), &End::Answered);
    world.kill(2);
    let second = world.ask(transaction());
    assert!(matches!(world.drive(second), End::Failed(_)));
    assert_eq!(dials_within(&mut world, 2, MINUTE), 0);
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
    assert_eq!(dials_within(&mut world, dead, MINUTE), 0);
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
        // A machine that slept: nobody looked at the time.
        world.now.mono = world.now.mono.saturating_add(MINUTE);
        let asked = world.ask(to);
        assert_eq!(failure(&world.ends[&lost]).fate, Fate::Unknown, "it is told at once");
        assert_eq!(world.drive(asked), &End::Answered);
    }
}

#[test]
fn nobody_is_dialled_and_nothing_is_taken_after_the_end() {
    let mut world = World::of(2);
    world.server(1).is_away = true;
    let waiting = world.ask(Destination::Any);
    world.cluster.connect(world.now, NodeId(2));
    world.cluster.close(world.now);
    let late = world.ask(Destination::Any);
    for id in [waiting, late] {
        let failed = failure(world.drive(id));
        assert_eq!((&failed.reason, failed.fate), (&Reason::Closed, Fate::NotWritten));
    }
    world.server(1).is_away = false;
    assert_eq!(dials_within(&mut world, 1, MINUTE), 0);
    assert_eq!(world.cluster.next_wake(), None);
}

#[test]
fn waits_of_nothing_make_no_storm() {
    let mut world = World::with(1, |settings| {
        settings.metadata.backoff = Duration::ZERO;
        settings.metadata.backoff_max = Duration::ZERO;
        settings.dial.backoff = Duration::ZERO;
        settings.dial.backoff_max = Duration::ZERO;
    });
    world.cluster.want_topic(world.now, "ghosts");
    world.pass(Duration::from_millis(100));
    let queries = world.server(1).asked.iter().filter(|key| **key == ApiKey::Metadata).count();
    assert!((10..200).contains(&queries), "{queries}");
}

#[test]
fn a_topic_that_is_missing_is_told_though_nobody_can_be_reached() {
    let mut world = World::of(1);
    let ghosts = world.cluster.want_topic(world.now, "ghosts");
    world.settle();
    world.kill(1);
    world.pass(MINUTE * 2);
    let told = world.news.iter().any(|news| {
        matches!(news, News::Metadata(metadata::Event::TopicGone { topic, .. }) if *topic == ghosts)
    });
    assert!(told);
}

#[test]
fn a_server_that_breaks_off_when_it_is_ready_is_dialled_less_and_less() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::ApiVersions, Habit::Babble);
    world.ask(Destination::Any);
    let dials = dials_within(&mut world, 1, Duration::from_secs(10));
    assert!((5..20).contains(&dials), "{dials}");
}
