//! Anything that can happen, in any order: requests end once and in time, and what heals is found.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::{NodeId, Time};
use proptest::prelude::*;

use super::peer::Habit;
use super::world::{End, World};
use crate::{CoordinatorKey, Destination};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Ask(Destination),
    Kill(i32),
    Revive(i32),
    Habit(i32, ApiKey, Habit),
    Heal(i32),
    Pass(u64),
    Coordinator(i32),
    Connect(i32),
    Topic(&'static str),
    ForgetCoordinator,
}

const BROKERS: i32 = 3;

fn destination() -> impl Strategy<Value = Destination> {
    prop_oneof![
        Just(Destination::Any),
        (1..=BROKERS + 1).prop_map(|id| Destination::Node(NodeId(id))),
        Just(Destination::Controller),
        Just(Destination::Coordinator(CoordinatorKey::Transaction("t".to_owned()))),
        Just(Destination::Coordinator(CoordinatorKey::Group("g".to_owned()))),
    ]
}

fn habit() -> impl Strategy<Value = Habit> {
    prop_oneof![
        Just(Habit::Silence),
        Just(Habit::HangUp),
        Just(Habit::Garbage),
        Just(Habit::WrongNumber),
        Just(Habit::Babble),
        prop::sample::select(vec![3_i16, 5, 14, 15, 16, 29, 53, -1]).prop_map(Habit::Code),
    ]
}

fn api() -> impl Strategy<Value = ApiKey> {
    use ApiKey::{ApiVersions, FindCoordinator, InitProducerId, Metadata};
    prop::sample::select(vec![ApiVersions, FindCoordinator, InitProducerId, Metadata])
}

fn step() -> impl Strategy<Value = Step> {
    let broker = || 1..=BROKERS;
    prop_oneof![
        5 => destination().prop_map(Step::Ask),
        2 => broker().prop_map(Step::Kill),
        2 => broker().prop_map(Step::Revive),
        3 => (broker(), api(), habit()).prop_map(|(id, api, habit)| Step::Habit(id, api, habit)),
        2 => broker().prop_map(Step::Heal),
        4 => (1_u64..8_000).prop_map(Step::Pass),
        1 => broker().prop_map(Step::Coordinator),
        1 => broker().prop_map(Step::Connect),
        1 => prop::sample::select(vec!["orders", "ghosts"]).prop_map(Step::Topic),
        1 => Just(Step::ForgetCoordinator),
    ]
}

fn walk(steps: Vec<Step>) {
    let mut world = World::with(BROKERS, |settings| {
        settings.dial.max_idle = Some(Duration::from_secs(20));
        settings.connection.request_timeout = Duration::from_secs(4);
        settings.connection.handshake_timeout = Duration::from_secs(4);
        settings.metadata.rebootstrap_trigger = Duration::from_secs(15);
    });
    let mut asked: Vec<(crate::RequestId, Time)> = Vec::new();
    for step in steps {
        match step {
            Step::Ask(to) => {
                let deadline = world.now.mono.saturating_add(Duration::from_secs(10));
                asked.push((world.ask(to), deadline));
            }
            Step::Kill(id) => world.kill(id),
            Step::Revive(id) => world.server(id).is_down = false,
            Step::Habit(id, api, habit) => drop(world.server(id).habits.insert(api, habit)),
            Step::Heal(id) => world.server(id).habits.clear(),
            Step::Pass(millis) => world.pass(Duration::from_millis(millis)),
            Step::Coordinator(id) => world.picture.coordinator = id,
            Step::Connect(id) => world.cluster.connect(world.now, NodeId(id)),
            Step::Topic(name) => drop(world.cluster.want_topic(world.now, name)),
            Step::ForgetCoordinator => {
                let key = CoordinatorKey::Transaction("t".to_owned());
                world.cluster.forget_coordinator(&key);
            }
        }
        for (id, deadline) in &asked {
            let is_over = world.ends.contains_key(id);
            assert!(is_over || world.now.mono <= *deadline, "{id} did not end in time");
        }
    }
    heal(&mut world);
    for (id, _) in asked {
        world.drive(id);
    }
    let last = world.ask(Destination::Node(NodeId(1)));
    assert_eq!(world.drive(last), &End::Answered, "what healed is not found");
}

/// Makes every server well, and gives waits and old requests the time to end.
fn heal(world: &mut World) {
    for id in 1..=BROKERS {
        let server = world.server(id);
        server.is_down = false;
        server.habits.clear();
    }
    world.pass(Duration::from_secs(30));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_request_ends_once_and_in_time_whatever_happens(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        walk(steps);
    }
}
