//! A transactional producer and its environment in one value that a model checker moves.
//!
//! The world owns a real [`Machine`] and the model broker with its [`Coordinator`]. An application
//! goes through a script of transactions and does what each answer of the producer tells it to do.
//! Requests and answers are lost, and what was lost may land later; deadlines pass; transactions
//! last too long; another instance comes; the cluster learns the second generation: each as often
//! as the [`TxnScope`] allows. After every step the [`History`] has judged what readers of
//! committed data get, against what the application was told.

mod app;
mod errands;
mod history;
mod moves;
mod outputs;
mod scope;
mod serve;
mod settle;

use std::hash::{Hash, Hasher};

use klamm_wire::{NodeId, Time, TopicId};

use super::world::network::Network;
use super::{Cluster, Coordinator, Generation, Replica, TxnState};
use crate::canonical::Naming;
use crate::core::Machine;
use crate::input::{Input, Leader};
use crate::names::Part;
use app::App;
use errands::Errands;
use history::History;

pub use history::TxnSituation;
pub use moves::{CtrlFault, TxnMove};
pub use scope::{TxnBudget, TxnScope, TxnScript};

/// How long a call waits. Far longer than any run waits, so that only a move lets it pass.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(50_000_000);
/// How long a batch has that may run out of time before its call does.
const SHORTLY: std::time::Duration = std::time::Duration::from_secs(5_000_000);
/// How long every other batch has.
const LATER: std::time::Duration = std::time::Duration::from_secs(5_000_000_000);
/// The node that leads every partition.
const NODE: u32 = 1;

/// A transactional producer in its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TxnWorld {
    machine: Machine,
    cluster: Cluster,
    coordinator: Coordinator,
    network: Network,
    errands: Errands,
    ways: Ways,
    app: App,
    script: Vec<TxnScript>,
    history: History,
    /// What may still go wrong.
    left: TxnBudget,
    now: Time,
}

/// What is known of the cluster, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Ways {
    /// What the producer was last told that the cluster speaks.
    told: Generation,
    /// The same when it got its identity: what its transactions speak.
    held: Generation,
    /// Whether the cluster speaks something else by now.
    outdated: bool,
    /// Whether another instance has asked for the transactional id and must ask again.
    intruding: bool,
    /// When the open batches run out of time.
    batches_until: Option<Time>,
}

/// Two worlds that differ in names and in the hour alone have the same future, and the same hash.
impl Hash for TxnWorld {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let conns = self.network.names();
        let naming = Naming::new(&self.machine, self.now, &conns);
        self.machine.canonical(&naming).hash(state);
        self.network.canonical(&naming).hash(state);
        self.errands.canonical().hash(state);
        (&self.cluster, &self.coordinator, self.left).hash(state);
        (self.app.facts(), self.ways.facts(), self.history.facts()).hash(state);
    }
}

impl Ways {
    const fn facts(&self) -> impl Hash + use<> {
        (self.told, self.held, self.outdated, self.intruding)
    }
}

impl TxnWorld {
    /// A world in which the application has asked for its first identity.
    #[must_use]
    pub fn new(scope: &TxnScope) -> Self {
        let parts = scope.parts();
        let leaders: Vec<Replica> =
            parts.iter().map(|part| Replica { node: NODE, part: *part }).collect();
        let generation = scope.generation;
        let mut world = Self {
            machine: Machine::new(scope.settings.clone()),
            cluster: Cluster::new(scope.rules, &leaders),
            coordinator: Coordinator::new(scope.rules, generation, 100),
            network: Network::default(),
            errands: Errands::default(),
            ways: Ways {
                told: generation,
                held: generation,
                outdated: false,
                intruding: false,
                batches_until: None,
            },
            app: App::new(scope.impatient),
            script: scope.script.clone(),
            history: History::new(scope),
            left: scope.budget,
            now: Time(1),
        };
        world.learn();
        for part in parts {
            let leader = Leader::At { node: NodeId(1), epoch: 0 };
            world.feed(Some(Input::Leader { part: Part(part), topic: TopicId::ZERO, leader }));
        }
        let call = world.next_call();
        world.feed(call);
        world
    }

    /// The first invariant that was broken, by its id and in words; nothing goes on after it.
    #[must_use]
    pub const fn violations(&self) -> &[&'static str] {
        self.history.violations()
    }

    /// Whether the application is through and every batch is finished.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.app.is_over() && !self.history.has_open_batches()
    }

    /// What has happened here that a model must have met.
    #[must_use]
    pub const fn situations(&self) -> u32 {
        self.history.situations()
    }

    fn is_ongoing(&self) -> bool {
        self.coordinator.state() == Some(TxnState::Ongoing)
    }

    /// Whether the coordinator has decided, and the members do not know.
    fn is_decided(&self) -> bool {
        matches!(self.coordinator.state(), Some(TxnState::PrepareCommit | TxnState::PrepareAbort))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Reach, read_committed};

    const BOTH: [Generation; 2] = [Generation::Tv1, Generation::Tv2];

    fn script() -> Vec<TxnScript> {
        let offsets = TxnScript::commit(&[0, 1]).with_offsets();
        vec![TxnScript::commit(&[0]), TxnScript::abort(&[0, 1]), offsets]
    }

    fn settled(mut world: TxnWorld) -> TxnWorld {
        while !world.is_finished() && world.violations().is_empty() {
            assert!(world.settle(), "nothing is left to happen");
        }
        world
    }

    fn visible(world: &TxnWorld, part: u32) -> Vec<u32> {
        world.cluster.log(part).map(|log| read_committed(log, Reach::End)).unwrap_or_default()
    }

    //= type=test I14 I15 what is committed is visible, and what is aborted is not
    #[test]
    fn a_world_without_faults_goes_through_its_script() {
        for generation in BOTH {
            let world = settled(TxnWorld::new(&TxnScope::new(generation, script())));
            assert!(world.violations().is_empty());
            assert_eq!((visible(&world, 0), visible(&world, 1)), (vec![0, 3], vec![4]));
            assert_eq!(world.coordinator.offsets().committed(app::GROUP.0), Some(2));
        }
    }

    //= type=test I16 a copy of an end
    #[test]
    fn a_copy_of_an_end_lands_in_the_next_transaction_and_is_refused() {
        let mut scope = TxnScope::new(Generation::Tv1, vec![TxnScript::commit(&[0]); 2]);
        scope.budget.faults = 1;
        let mut world = TxnWorld::new(&scope);
        while world.errands.asked.as_ref().is_none_or(|errand| !errand.is_end()) {
            assert!(world.settle());
        }
        world.step(TxnMove::CutCoordinator);
        while world.app.txn == 0 || !world.is_ongoing() {
            assert!(world.settle());
        }
        world.step(TxnMove::Land(0));
        assert_ne!(world.situations() & TxnSituation::CopyRefused.bit(), 0);
        assert!(settled(world).violations().is_empty());
    }
}
