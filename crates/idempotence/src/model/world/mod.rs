//! A producer, a network and a broker in one value that is moved step by step.
//!
//! Model checkers, property tests and fuzzers move it.
//!
//! The world owns a real [`Machine`] and the model broker, carries what one sends to the other,
//! and lets faults happen only as far as its [`Scope`] allows. After every step the
//! [`History`] has judged what became of the log: a broken invariant is a [`World::violation`].

mod history;
mod moves;
pub(super) mod network;
mod outputs;
mod scope;
mod settle;

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId};

use super::{Cluster, Replica};
use crate::canonical::Naming;
use crate::core::Machine;
use crate::input::{CtrlFacts, Input, Leader};
use crate::names::{ConnId, CtrlId, Part, Ticket};
use history::History;
use network::Network;

pub use history::Situation;
pub use moves::{Fault, Move};
pub use scope::{Batch, Budget, Scope};

/// When the first batch that may expire does. The others follow at the same distance each, which
/// is longer than all waits of a run.
const EXPIRY: u64 = 1_000_000_000_000_000;
/// How many deadlines there can be.
const MOST_EXPIRING: u64 = 9;
/// When batches without a deadline of their own must be finished: after everything else.
const FAR: u64 = EXPIRY * (MOST_EXPIRING + 1);
/// A producer in its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    machine: Machine,
    cluster: Cluster,
    network: Network,
    history: History,
    /// Faults that may still happen.
    left: Budget,
    /// Batches that the producer was not given yet.
    waiting: VecDeque<(Batch, Ticket, Time)>,
    now: Time,
    /// The last deadline before that of all others.
    last_expiry: Time,
    /// The partitions whose leader the producer does not know.
    stale: Vec<u32>,
    /// Producer ids handed out.
    pids: i64,
    /// The epoch that each of them begins with.
    first_epoch: i16,
    /// Whether states that differ in names and in the hour alone are told apart.
    literal: bool,
}

/// Two worlds that differ in names and in the hour alone have the same future, and the same hash.
impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.literal {
            self.machine.hash(state);
            self.network.hash(state);
            self.history.facts().hash(state);
            self.now.hash(state);
        } else {
            let conns = self.network.names();
            let naming = Naming::new(&self.machine, self.now, &conns);
            self.machine.canonical(&naming).hash(state);
            self.network.canonical(&naming).hash(state);
            self.history.canonical(&naming).facts().hash(state);
        }
        (&self.cluster, self.left, &self.waiting, &self.stale, self.pids).hash(state);
    }
}

impl World {
    /// A world in which every batch is made and waits, and the producer knows its leaders.
    /// `expiring` names the batches that may run out of time, in the order in which they do; from
    /// the tenth on they do so with the ninth.
    #[must_use]
    pub fn new(scope: &Scope, expiring: &[usize]) -> Self {
        let parts = scope.parts();
        let leaders: Vec<Replica> =
            parts.iter().map(|part| Replica { node: 1, part: *part }).collect();
        let mut world = Self {
            machine: Machine::new(scope.settings.clone()),
            cluster: Cluster::new(scope.rules, &leaders),
            network: Network::default(),
            history: History::new(scope),
            left: scope.budget,
            waiting: VecDeque::new(),
            now: Time(1),
            last_expiry: expiry(expiring.len().saturating_sub(1)),
            stale: Vec::new(),
            pids: 0,
            first_epoch: scope.first_epoch,
            literal: scope.literal,
        };
        for part in parts {
            world.tell_leader(part);
        }
        let mut tickets = std::collections::BTreeMap::<u32, u64>::new();
        for (at, batch) in scope.batches.iter().enumerate() {
            let ticket = tickets.entry(batch.part).or_default();
            let place = expiring.iter().position(|expiring| *expiring == at);
            let deadline = place.map_or(Time(FAR), expiry);
            world.waiting.push_back((*batch, Ticket(*ticket), deadline));
            *ticket = ticket.saturating_add(1);
        }
        while !scope.trickle && !world.waiting.is_empty() {
            world.open();
        }
        world
    }

    /// Hands the producer its next batch.
    fn open(&mut self) {
        let Some((batch, ticket, deadline)) = self.waiting.pop_front() else { return };
        let part = Part(batch.part);
        self.feed(Input::Announced { part, ticket, deadline, tag: None });
        self.feed(Input::Ready { part, ticket, records: batch.records, size: batch.records });
    }

    /// The invariants that were broken so far, by their ids and in words.
    #[must_use]
    pub fn violations(&self) -> &[&'static str] {
        self.history.broken()
    }

    /// The first of them.
    #[must_use]
    pub fn violation(&self) -> Option<&'static str> {
        self.violations().first().copied()
    }

    /// Whether every batch is finished.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.history.is_finished()
    }

    /// What has happened here that a model must have met.
    #[must_use]
    pub const fn situations(&self) -> u32 {
        self.history.situations()
    }

    /// Gives the machine an input, and carries out what follows until nothing does.
    fn feed(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            let input = inputs.remove(0);
            self.machine.handle(self.now, input);
            let mut outputs = 0u32;
            while let Some(output) = self.machine.poll() {
                outputs = outputs.saturating_add(1);
                inputs.extend(self.carry_out(output));
            }
            self.history.count_outputs(outputs);
        }
        self.history.judge_log(&self.cluster);
    }

    /// Tells the producer who leads a partition.
    fn tell_leader(&mut self, part: u32) {
        self.stale.retain(|stale| *stale != part);
        let Some(leader) = self.cluster.leader(part) else { return };
        let node = NodeId(i32::try_from(leader.node).unwrap_or_default());
        let epoch = i32::try_from(leader.epoch).unwrap_or_default();
        self.history.leader_told(part, epoch, leader.node);
        let leader = Leader::At { node, epoch };
        self.feed(Input::Leader { part: Part(part), topic: TopicId::ZERO, leader });
    }

    /// The answer to a request for a producer id, which comes at once.
    fn new_pid(&mut self, ctrl: CtrlId) -> Input {
        self.pids = self.pids.saturating_add(1);
        let facts = CtrlFacts::ProducerId {
            code: ErrorCode::NONE,
            pid: ProducerId(self.pids),
            epoch: Epoch(self.first_epoch),
        };
        Input::CtrlAnswer { ctrl, facts }
    }

    /// A connection to a broker, which is there at once.
    fn dial(&mut self, node: NodeId) -> Input {
        let conn: ConnId = self.network.dial(u32::try_from(node.0).unwrap_or_default());
        Input::ConnUp { conn, node }
    }
}

/// The deadline of the batch that expires after so many others.
fn expiry(place: usize) -> Time {
    let number = u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1).min(MOST_EXPIRING);
    Time(EXPIRY.saturating_mul(number))
}
