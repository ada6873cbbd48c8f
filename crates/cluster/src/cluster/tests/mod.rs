//! Requests through the whole machine, against servers that are well, away, silent or mad.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names what it wants, not all there is")]
#![allow(clippy::arithmetic_side_effects)]

mod again;
mod peer;
mod picture;
mod quiet;
mod spare;
mod storms;
mod walks;
mod world;

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_protocol::produce::ProduceRequest;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, Time};

use super::News;
use crate::dial::Target;
use crate::failure::{Cause, Fate, Reason, RequestFailure};
use crate::metadata;
use crate::sasl::Credentials;
use crate::secret::Secret;
use crate::{Asking, CoordinatorKey, Destination, HostPort, RequestId, Typed};
use peer::Habit;
use world::{End, World, host};

fn node(id: i32) -> Destination {
    Destination::Node(NodeId(id))
}

fn transaction() -> Destination {
    Destination::Coordinator(CoordinatorKey::Transaction("t".to_owned()))
}

fn failure(end: &End) -> &RequestFailure {
    match end {
        End::Failed(failure) => failure,
        End::Answered | End::Flushed => panic!("it did not fail: {end:?}"),
    }
}

/// How often a server was dialled while so much time passed.
fn dials_within(world: &mut World, id: i32, time: Duration) -> usize {
    let before = world.server(id).dialled;
    world.pass(time);
    world.server(id).dialled - before
}

/// Produces nothing at all, with acks=0.
fn produce_unanswered(world: &mut World, to: Destination) -> RequestId {
    let deadline = world.now.mono.saturating_add(Duration::from_secs(10));
    let payload = Box::new(Typed::new(ProduceRequest::default()).unanswered());
    let id = world.cluster.ask(world.now, Asking { to, deadline, payload });
    world.unanswered.insert(id);
    world.settle();
    id
}

#[test]
fn a_request_for_anybody_goes_to_the_bootstrap_server() {
    let mut world = World::of(1);
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
    assert_eq!(world.now.mono, Time(0), "nothing had to wait");
}

#[test]
fn a_request_for_a_broker_waits_until_the_picture_says_where_it_is() {
    let mut world = World::of(3);
    let asked = world.ask(node(3));
    assert_eq!(world.drive(asked), &End::Answered);
    assert!(world.server(3).asked.contains(&ApiKey::InitProducerId));
    assert_eq!(world.server(2).dialled, 0, "nobody asked for it");
}

#[test]
fn the_controller_is_found_in_the_picture() {
    let mut world = World::of(2);
    let asked = world.ask(Destination::Controller);
    assert_eq!(world.drive(asked), &End::Answered);
    assert!(world.server(1).asked.contains(&ApiKey::InitProducerId));
}

#[test]
fn the_coordinator_is_looked_up_once_and_remembered() {
    let mut world = World::of(3);
    for _ in 0..3 {
        let asked = world.ask(transaction());
        assert_eq!(world.drive(asked), &End::Answered);
    }
    let lookups = |world: &mut World, id| {
        world.server(id).asked.iter().filter(|key| **key == ApiKey::FindCoordinator).count()
    };
    assert_eq!((1..=3).map(|id| lookups(&mut world, id)).sum::<usize>(), 1);
    assert_eq!(
        world.server(3).asked.iter().filter(|key| **key == ApiKey::InitProducerId).count(),
        3
    );
}

#[test]
fn a_forgotten_coordinator_is_looked_up_again() {
    let mut world = World::of(2);
    let first = world.ask(transaction());
    world.drive(first);
    world.picture.coordinator = 1;
    world.cluster.forget_coordinator(&CoordinatorKey::Transaction("t".to_owned()));
    let second = world.ask(transaction());
    assert_eq!(world.drive(second), &End::Answered);
    assert!(world.server(1).asked.contains(&ApiKey::InitProducerId));
}

#[test]
fn a_refused_coordinator_fails_the_request_with_the_brokers_code() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::FindCoordinator, Habit::Code(53));
    let asked = world.ask(transaction());
    let failed = failure(world.drive(asked));
    assert_eq!(failed.reason, Reason::CoordinatorRefused(ErrorCode(53)));
    assert_eq!(failed.fate, Fate::NotWritten);
}

#[test]
fn the_next_bootstrap_server_is_tried_when_one_is_down() {
    let servers: Vec<HostPort> = ["x:1", "y:2", "b1:9092"].map(|at| at.parse().unwrap()).into();
    let mut world = World::with(1, |settings| settings.bootstrap = servers);
    for down in ["x:1", "y:2"] {
        world.servers.get_mut(&down.parse().unwrap()).unwrap().is_down = true;
    }
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
}

#[test]
fn a_server_that_sends_garbage_is_left_for_the_next_one() {
    for habit in [Habit::Garbage, Habit::WrongNumber, Habit::HangUp, Habit::Silence] {
        let servers: Vec<HostPort> = ["x:1", "b1:9092"].map(|at| at.parse().unwrap()).into();
        let mut world = World::with(1, |settings| {
            settings.bootstrap = servers;
            settings.connection.handshake_timeout = Duration::from_secs(2);
            settings.connection.request_timeout = Duration::from_secs(2);
        });
        let bad = world.servers.get_mut(&"x:1".parse().unwrap()).unwrap();
        bad.habits.insert(ApiKey::ApiVersions, habit);
        let asked = world.ask(Destination::Any);
        assert_eq!(world.drive(asked), &End::Answered, "{habit:?}");
    }
}

#[test]
fn a_request_ends_by_its_deadline_with_the_last_failure_on_the_way() {
    let mut world = World::of(1);
    world.server(1).is_down = true;
    let asked = world.ask(Destination::Any);
    let failed = failure(world.drive(asked)).clone();
    let Reason::DeadlinePassed(Some(met)) = &failed.reason else { panic!("{failed}") };
    assert_eq!((&met.cause, failed.fate), (&Cause::Refused, Fate::NotWritten));
    assert_eq!(world.now.mono, Time(0).saturating_add(Duration::from_secs(10)));
    assert!(world.server(1).dialled > 3, "it was tried again and again");
    assert!(world.server(1).dialled < 40, "but not in a storm");
}

#[test]
fn an_unanswered_request_is_in_doubt_at_its_deadline() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::InitProducerId, Habit::Silence);
    let asked = world.ask(Destination::Any);
    let failed = failure(world.drive(asked));
    assert!(matches!(failed.reason, Reason::DeadlinePassed(_)), "{failed}");
    assert_eq!(failed.fate, Fate::Unknown);
}

#[test]
fn a_request_that_died_with_its_connection_is_in_doubt_and_not_repeated() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::InitProducerId, Habit::HangUp);
    let asked = world.ask(Destination::Any);
    let failed = failure(world.drive(asked));
    assert!(matches!(failed.reason, Reason::Lost(_)), "{failed}");
    assert_eq!(failed.fate, Fate::Unknown);
    let asked = world.server(1).asked.iter().filter(|key| **key == ApiKey::InitProducerId);
    assert_eq!(asked.count(), 1);
}

#[test]
fn a_request_for_a_connection_that_is_gone_fails_unwritten() {
    let mut world = World::of(1);
    let first = world.ask(Destination::Any);
    world.drive(first);
    let conn = world.conns_of(1)[0];
    world.kill(1);
    let asked = world.ask(Destination::Connection(conn));
    let failed = failure(world.drive(asked));
    assert_eq!((&failed.reason, failed.fate), (&Reason::NoSuchConnection, Fate::NotWritten));
}

#[test]
fn a_request_without_an_answer_ends_when_it_has_left() {
    let mut world = World::of(1);
    let sent = produce_unanswered(&mut world, Destination::Any);
    assert_eq!(world.drive(sent), &End::Flushed);
    let after = world.ask(Destination::Any);
    assert_eq!(world.drive(after), &End::Answered);
}

fn with_password() -> World {
    World::with(2, |settings| {
        settings.sasl = Some(Credentials::Plain {
            username: "alice".to_owned(),
            password: Secret::from("alice-secret"),
        });
    })
}

#[test]
fn who_is_refused_by_every_server_fails_at_once() {
    let mut world = with_password();
    world.server(1).habits.insert(ApiKey::SaslAuthenticate, Habit::Code(58));
    let asked = world.ask(Destination::Any);
    let failed = failure(world.drive(asked)).clone();
    assert!(matches!(failed.reason, Reason::NotAccepted(_)), "{failed}");
    assert_eq!((failed.fate, world.now.mono), (Fate::NotWritten, Time(0)));
    world.pass(Duration::from_secs(50));
    assert_eq!(world.server(1).dialled, 2, "too many wrong passwords lock an account");
}

#[test]
fn who_was_refused_is_asked_again_when_somebody_asks_after_a_rest() {
    let mut world = with_password();
    world.server(1).habits.insert(ApiKey::SaslAuthenticate, Habit::Code(58));
    let asked = world.ask(Destination::Any);
    world.drive(asked);
    world.server(1).habits.clear();
    world.pass(Duration::from_secs(2));
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
}

#[test]
fn a_broker_that_refuses_fails_only_what_is_for_it() {
    let mut world = with_password();
    world.server(2).habits.insert(ApiKey::SaslAuthenticate, Habit::Code(58));
    let (refused, taken) = (world.ask(node(2)), world.ask(node(1)));
    let failed = failure(world.drive(refused)).clone();
    assert!(matches!(failed.reason, Reason::NotAccepted(_)), "{failed}");
    assert_eq!(world.drive(taken), &End::Answered);
}

#[test]
fn leaders_are_news() {
    let mut world = World::of(2);
    let topic = world.cluster.want_topic(world.now, "orders");
    world.settle();
    let leader = |partition| world.cluster.metadata().leader(topic, PartitionIndex(partition));
    assert_eq!(leader(0).map(|at| at.node), Some(NodeId(1)));
    assert_eq!(leader(1).map(|at| at.node), Some(NodeId(2)));
    let known = world.news.iter().any(|news| {
        matches!(news, News::Metadata(metadata::Event::TopicKnown { partitions: 2, .. }))
    });
    assert!(known);
}

#[test]
fn a_broker_that_comes_back_is_reached_again() {
    let mut world = World::of(2);
    let first = world.ask(node(2));
    world.drive(first);
    world.kill(2);
    world.pass(Duration::from_millis(300));
    world.server(2).is_down = false;
    let second = world.ask(node(2));
    assert_eq!(world.drive(second), &End::Answered);
}

#[test]
fn when_every_broker_has_failed_it_begins_again_from_the_bootstrap_servers() {
    let mut world = World::with(2, |settings| settings.bootstrap = vec!["lb:1".parse().unwrap()]);
    let first = world.ask(node(1));
    world.drive(first);
    for id in [1, 2] {
        world.kill(id);
    }
    // The bootstrap address leads to new brokers at other places.
    world.picture.brokers = [(3, ("b3".to_owned(), 9092))].into();
    world.picture.coordinator = 3;
    let lb = world.servers.get_mut(&"lb:1".parse().unwrap()).unwrap();
    lb.asked.clear();
    let lost: Vec<_> = world.conns_at(&"lb:1".parse().unwrap());
    for conn in lost {
        world.happens(crate::Event::Closed { conn, cause: Cause::ClosedByPeer });
    }
    let asked = world.ask(Destination::Any);
    assert_eq!(world.drive(asked), &End::Answered);
    let asked = world.ask(node(3));
    assert_eq!(world.drive(asked), &End::Answered);
}

#[test]
fn two_hang_ups_at_the_first_bytes_lead_to_the_oldest_question() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::ApiVersions, Habit::HangUp);
    let asked = world.ask(Destination::Any);
    world.pass(Duration::from_millis(20));
    while world.server(1).dialled < 2 {
        world.pass(Duration::from_millis(20));
    }
    world.settle();
    world.server(1).habits.clear();
    world.pass(Duration::from_secs(1));
    assert_eq!(world.drive(asked), &End::Answered);
}

#[test]
fn an_idle_connection_is_closed_and_opened_again_when_it_is_needed() {
    let idle = Duration::from_secs(60);
    let mut world = World::with(1, |settings| settings.dial.max_idle = Some(idle));
    let first = world.ask(node(1));
    world.drive(first);
    world.pass(idle * 2);
    assert_eq!(world.conns_of(1).len(), 0, "nobody used it");
    let again = world.ask(node(1));
    assert_eq!(world.drive(again), &End::Answered);
}

#[test]
fn closing_ends_everything_that_is_open() {
    let mut world = World::of(1);
    world.server(1).habits.insert(ApiKey::InitProducerId, Habit::Silence);
    let sent = world.ask(Destination::Any);
    let waiting = world.ask(node(9));
    world.cluster.close(world.now);
    world.settle();
    assert_eq!(failure(&world.ends[&sent]).fate, Fate::Unknown);
    let failed = failure(&world.ends[&waiting]);
    assert_eq!((&failed.reason, failed.fate), (&Reason::Closed, Fate::NotWritten));
    assert!(world.conns_of(1).is_empty());
}

#[test]
fn an_unreachable_server_is_news_with_its_cause() {
    let mut world = World::of(1);
    world.server(1).is_down = true;
    let asked = world.ask(Destination::Any);
    world.drive(asked);
    let told = world.news.iter().any(|news| {
        matches!(news, News::Unreachable { target: Target::Bootstrap(0), failure }
            if failure.cause == Cause::Refused)
    });
    assert!(told);
    assert_eq!(host(1).to_string(), "b1:9092");
}
