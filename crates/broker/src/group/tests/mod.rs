//! Groups as their clients see them: a small language, and sentences in it.

mod calls;
mod chart;
mod offsets;
mod property;
mod rebalance;
mod sessions;
mod statics;
mod versions;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use klamm_protocol::heartbeat::HeartbeatRequest;
use klamm_protocol::join_group::{JoinGroupRequest, JoinGroupResponse};
use klamm_protocol::leave_group::LeaveGroupRequest;
use klamm_protocol::leave_group::request::MemberIdentity;
use klamm_protocol::sync_group::request::SyncGroupRequestAssignment;
use klamm_protocol::sync_group::{SyncGroupRequest, SyncGroupResponse};
use klamm_wire::{ErrorCode, Now, Time, TopicId, Uuid, WallMillis};

use super::machine::State;
use super::*;
use calls::{join_request, sync_request};

/// The one group of a [`Desk`].
const GROUP: &str = "g";
const SESSION: Duration = Duration::from_secs(10);
const REBALANCE: Duration = Duration::from_secs(60);
/// Two initial delays: the second begins because somebody came during the first.
const GATHER: Duration = Duration::from_secs(6);

/// A client that a test calls by a letter.
#[derive(Debug, Clone)]
struct Person {
    id: String,
    instance: Option<&'static str>,
    generation: i32,
    version: i16,
    /// Protocols and what the person says in them, by preference.
    protocols: Vec<(&'static str, &'static str)>,
    waits: Option<Token>,
}

/// Clients, a clock and a machine of groups.
struct Desk {
    groups: Groups,
    now: Now,
    tokens: u64,
    answers: BTreeMap<Token, Answer>,
    people: BTreeMap<&'static str, Person>,
}

impl Desk {
    fn new() -> Self {
        Self::with(GroupSettings::default())
    }

    fn with(settings: GroupSettings) -> Self {
        Self {
            groups: Groups::new(settings, 7),
            now: at(Time(0)),
            tokens: 0,
            answers: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    /// A stable group of these, the first being its leader.
    fn of(names: &[&'static str]) -> Self {
        let mut desk = Self::new();
        desk.form(names);
        desk
    }

    fn form(&mut self, names: &[&'static str]) {
        self.all_join(names);
        self.pass(GATHER);
        self.all_joined(names);
        self.share_out();
    }

    /// Who leads and who follows in a generation of two that nobody has synced in.
    fn completing() -> (Self, &'static str, &'static str) {
        let mut desk = Self::new();
        desk.all_join(&["a", "b"]);
        desk.pass(GATHER);
        desk.all_joined(&["a", "b"]);
        let leader = desk.leader();
        (desk, leader, if leader == "a" { "b" } else { "a" })
    }

    fn all_join(&mut self, names: &[&'static str]) {
        names.iter().for_each(|name| self.join(name));
    }

    fn all_joined(&mut self, names: &[&'static str]) {
        names.iter().for_each(|name| assert!(self.joined(name).error_code.is_ok()));
    }

    /// Everyone syncs, and gets their own letter.
    fn share_out(&mut self) {
        let names: Vec<_> = self.people.keys().copied().collect();
        let leader = self.leader();
        let shares: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
        names.iter().filter(|name| **name != leader).for_each(|name| self.sync(name, &[]));
        self.sync(leader, &shares);
        for name in names {
            assert_eq!(self.synced(name), Ok(name.to_owned()));
        }
        assert_eq!(self.state(), "Stable");
    }

    fn person(&mut self, name: &'static str) -> &mut Person {
        self.people.entry(name).or_insert_with(|| Person {
            id: String::new(),
            instance: None,
            generation: -1,
            version: 9,
            protocols: vec![("range", "topics")],
            waits: None,
        })
    }

    /// Time passes, with a stop wherever something is due.
    fn pass(&mut self, duration: Duration) {
        let end = self.now.mono.saturating_add(duration);
        while let Some(due) = self.groups.next_wake()
            && due <= end
        {
            assert!(due > self.now.mono, "the machine asks to be woken without end");
            self.now = at(due);
            self.groups.expire(self.now);
        }
        self.now = at(end);
        self.collect();
    }

    fn token(&mut self) -> Token {
        self.tokens += 1;
        Token(self.tokens)
    }

    fn collect(&mut self) {
        while let Some((token, answer)) = self.groups.poll() {
            assert!(self.answers.insert(token, answer).is_none(), "{token:?} is answered twice");
        }
    }

    fn group(&self) -> &Group {
        &self.groups.groups[GROUP]
    }

    fn leader(&self) -> &'static str {
        let id = self.group().roster.leader.clone().expect("the group has members");
        self.people.iter().find(|(_, person)| person.id == id).map_or("?", |(name, _)| name)
    }

    fn state(&self) -> &'static str {
        match self.groups.groups.get(GROUP).map(|group| group.state) {
            None => "Dead",
            Some(State::Empty) => "Empty",
            Some(State::Preparing { .. }) => "Preparing",
            Some(State::Completing) => "Completing",
            Some(State::Stable) => "Stable",
        }
    }
}

fn at(mono: Time) -> Now {
    Now { mono, wall: WallMillis(0) }
}

/// Two topics: `t`, whose id is [`T`], and `u`, which has none.
struct Names;

const T: TopicId = TopicId(Uuid([7; 16]));

impl TopicNames for Names {
    fn name(&self, id: TopicId) -> Option<&str> {
        (id == T).then_some("t")
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        (name == "t").then_some(T)
    }
}

/// Four partitions of each topic.
fn exists(topic: &str, partition: i32) -> bool {
    ["t", "u"].contains(&topic) && (0..4).contains(&partition)
}
