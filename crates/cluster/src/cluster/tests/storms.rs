//! Anything that can happen, and more: how much is done of it is bounded, and it ends.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::{NodeId, PartitionIndex, Time, TopicId};
use proptest::prelude::*;
use proptest::sample::Index;

use super::peer::Habit;
use super::world::{End, World};
use super::{node, transaction};
use crate::metadata::{Hint, LeaderAt};
use crate::sasl::Credentials;
use crate::secret::Secret;
use crate::{Destination, Reason, RequestId};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Ask(Destination),
    /// Nobody looked at the time, and then somebody asks.
    SleepAndAsk(u64, Destination),
    Cancel(Index),
    Down(i32, bool),
    Away(i32, bool),
    Slow(i32, bool),
    Release(u8),
    HangUp(Index),
    Mute(Index, u64),
    Habit(i32, ApiKey, Habit),
    Heal(i32),
    /// A broker is listed at its first place, at another one, or not.
    Place(i32, u8),
    Session(i64),
    Lead(i32),
    Hint(i32),
    Connect(i32),
    Refresh,
    Pass(u64),
}

const BROKERS: i32 = 3;
const MINUTE: Duration = Duration::from_secs(60);

fn destination() -> impl Strategy<Value = Destination> {
    prop_oneof![
        Just(Destination::Any),
        (1..=BROKERS).prop_map(node),
        Just(Destination::Controller),
        Just(transaction()),
    ]
}

fn habit() -> impl Strategy<Value = Habit> {
    use Habit::{Babble, Code, Garbage, HangUp, Silence, Throttle, WrongNumber};
    let codes = prop::sample::select(vec![3_i16, 15, 16, 58, 129]);
    prop_oneof![
        prop::sample::select(vec![Silence, HangUp, Garbage, WrongNumber, Babble, Throttle(9_000)]),
        codes.prop_map(Code),
    ]
}

fn api() -> impl Strategy<Value = ApiKey> {
    use ApiKey::{ApiVersions, FindCoordinator, InitProducerId, Metadata, SaslAuthenticate};
    let apis = [ApiVersions, FindCoordinator, InitProducerId, Metadata, SaslAuthenticate];
    prop::sample::select(apis.to_vec())
}

fn server_step() -> impl Strategy<Value = Step> {
    let broker = || 1..=BROKERS;
    prop_oneof![
        (broker(), any::<bool>()).prop_map(|(id, is)| Step::Down(id, is)),
        (broker(), any::<bool>()).prop_map(|(id, is)| Step::Away(id, is)),
        (broker(), any::<bool>()).prop_map(|(id, is)| Step::Slow(id, is)),
        (broker(), api(), habit()).prop_map(|(id, api, habit)| Step::Habit(id, api, habit)),
        broker().prop_map(Step::Heal),
        (broker(), 0_u8..3).prop_map(|(id, place)| Step::Place(id, place)),
        broker().prop_map(Step::Lead),
        prop::sample::select(vec![0, 1, 500, 1_000, 5_000]).prop_map(Step::Session),
        any::<Index>().prop_map(Step::HangUp),
        any::<u8>().prop_map(Step::Release),
    ]
}

fn client_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => destination().prop_map(Step::Ask),
        1 => (1_u64..40_000, destination()).prop_map(|(ms, to)| Step::SleepAndAsk(ms, to)),
        1 => any::<Index>().prop_map(Step::Cancel),
        1 => (any::<Index>(), 1_u64..8_000).prop_map(|(conn, ms)| Step::Mute(conn, ms)),
        1 => (1..=BROKERS).prop_map(Step::Hint),
        1 => (1..=BROKERS).prop_map(Step::Connect),
        1 => Just(Step::Refresh),
        6 => (1_u64..8_000).prop_map(Step::Pass),
    ]
}

fn new_world(is_secure: bool) -> World {
    World::with(BROKERS, |settings| {
        settings.dial.max_idle = Some(Duration::from_secs(20));
        settings.dial.setup_timeout = Duration::from_secs(2);
        settings.connection.request_timeout = Duration::from_secs(4);
        settings.connection.handshake_timeout = Duration::from_secs(4);
        settings.metadata.rebootstrap_trigger = Duration::from_secs(15);
        settings.metadata.max_idle = Duration::from_secs(30);
        let (username, password) = ("alice".to_owned(), Secret::from("alice-secret"));
        settings.sasl = is_secure.then_some(Credentials::Plain { username, password });
    })
}

/// A walk so far.
struct Walk {
    world: World,
    asked: Vec<(RequestId, Time)>,
    cancelled: Vec<RequestId>,
}

impl Walk {
    fn ask(&mut self, to: Destination) {
        let deadline = self.world.now.mono.saturating_add(Duration::from_secs(10));
        let id = self.world.ask(to);
        self.asked.push((id, deadline));
    }

    fn client(&mut self, step: &Step) {
        let Self { world, asked, .. } = self;
        let now = world.now;
        match step {
            Step::Ask(to) => self.ask(to.clone()),
            Step::SleepAndAsk(ms, to) => {
                let slept = Duration::from_millis(*ms);
                world.now.mono = now.mono.saturating_add(slept);
                self.ask(to.clone());
                self.world.pass(Duration::ZERO);
            }
            Step::Cancel(which) if !asked.is_empty() => {
                let (id, _) = asked[which.index(asked.len())];
                world.cluster.cancel(now, id, Reason::Closed);
                self.cancelled.push(id);
            }
            Step::Mute(which, ms) if !world.conns.is_empty() => {
                let conns: Vec<_> = world.conns.keys().copied().collect();
                let until = now.mono.saturating_add(Duration::from_millis(*ms));
                world.cluster.mute(now, conns[which.index(conns.len())], until);
            }
            Step::Hint(leader) => {
                let topic = world.cluster.want_topic(now, "orders");
                let leader = LeaderAt { node: NodeId(*leader), epoch: *leader };
                let (id, partition) = (TopicId::ZERO, PartitionIndex(0));
                world.cluster.hinted(now, &[Hint { topic, id, partition, leader }], &[]);
            }
            Step::Connect(id) => world.cluster.connect(now, NodeId(*id)),
            Step::Refresh => world.cluster.refresh(now, None),
            Step::Pass(ms) => world.pass(Duration::from_millis(*ms)),
            _ => self.servers(step),
        }
        self.world.settle();
    }

    fn servers(&mut self, step: &Step) {
        let world = &mut self.world;
        match step {
            Step::Down(id, true) => world.kill(*id),
            Step::Down(id, false) => world.server(*id).is_down = false,
            Step::Away(id, is_away) => world.server(*id).is_away = *is_away,
            Step::Slow(id, is_slow) => world.server(*id).is_slow = *is_slow,
            Step::Release(count) => drop((0..*count).all(|_| world.release())),
            Step::HangUp(which) if !world.conns.is_empty() => {
                let conns: Vec<_> = world.conns.keys().copied().collect();
                world.hang_up(conns[which.index(conns.len())]);
            }
            Step::Habit(id, api, habit) => drop(world.server(*id).habits.insert(*api, *habit)),
            Step::Heal(id) => world.server(*id).habits.clear(),
            Step::Place(id, 2) => drop(world.picture.brokers.remove(id)),
            Step::Place(id, place) => {
                let host = format!("{}{id}", if *place == 0 { "b" } else { "c" });
                world.picture.brokers.insert(*id, (host, 9092));
            }
            Step::Session(ms) => world.picture.session_ms = *ms,
            Step::Lead(id) => drop(world.picture.topics.insert("orders".to_owned(), vec![*id])),
            _ => {}
        }
    }

    fn in_time(&self) {
        for (id, deadline) in &self.asked {
            let is_over = self.world.ends.contains_key(id);
            assert!(is_over || self.world.now.mono <= *deadline, "{id} did not end in time");
        }
        for id in &self.cancelled {
            assert!(self.world.ends.contains_key(id), "{id} was taken back and did not end");
        }
    }

    /// How often somebody was dialled, and how often the picture was asked for.
    fn effort(&self) -> (usize, usize) {
        let servers = self.world.servers.values();
        let queries = |asked: &[ApiKey]| asked.iter().filter(|it| **it == ApiKey::Metadata).count();
        let each = servers.map(|server| (server.dialled, queries(&server.asked)));
        each.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    }

    fn heal(&mut self) {
        for id in 1..=BROKERS {
            self.servers(&Step::Place(id, 0));
            let server = self.world.server(id);
            (server.is_down, server.is_away, server.is_slow) = (false, false, false);
            server.habits.clear();
        }
        self.world.picture.session_ms = 0;
        while self.world.release() {}
        self.world.pass(MINUTE);
    }
}

fn walk(steps: &[Step], is_secure: bool) {
    let mut walk = Walk { world: new_world(is_secure), asked: Vec::new(), cancelled: Vec::new() };
    for step in steps {
        walk.client(step);
        walk.in_time();
    }
    let seconds = usize::try_from(walk.world.now.mono.0 / 1_000_000_000).unwrap();
    let (dials, queries) = walk.effort();
    let most = 20 + 4 * steps.len() + 8 * seconds;
    assert!(dials <= most, "{dials} dials in {seconds} seconds");
    assert!(queries <= most, "{queries} queries in {seconds} seconds");
    walk.heal();
    walk.in_time();
    let last = walk.world.ask(node(1));
    assert_eq!(walk.world.drive(last), &End::Answered, "what healed is not found");
    walk.world.pass(MINUTE);
    let before = walk.effort();
    walk.world.pass(MINUTE);
    let after = walk.effort();
    assert!(after.0 <= before.0 + 1 && after.1 <= before.1 + 2, "no rest: {before:?} {after:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_happens_is_met_with_bounded_effort_and_followed_by_rest(
        steps in prop::collection::vec(prop_oneof![client_step(), server_step()], 1..60),
        is_secure: bool,
    ) {
        walk(&steps, is_secure);
    }
}
