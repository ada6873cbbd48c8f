//! Whole transactions: the real machine against the model of a cluster, with faults at random.
//!
//! Then there is peace until the application has come to its end, and then a look at what readers
//! see: all or nothing of each transaction, and what the application was told.
#![cfg(test)]

mod app;
mod exhaustive;
mod network;
mod oracle;

use klamm_idempotence::model::{Cluster, Coordinator, Generation as Spoken, Replica, Rules};
use klamm_idempotence::{Generation, Input, Leader, Machine, Mode, Output, Part, Settings};
use klamm_wire::{NodeId, Time, TopicId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use app::App;
use network::Network;

/// The one broker.
const NODE: u32 = 1;
/// Steps in which a world at peace comes to its end.
const PEACE: usize = 3000;

/// One producer and its world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    machine: Machine,
    cluster: Cluster,
    coordinator: Coordinator,
    network: Network,
    app: App,
    spoken: Spoken,
    now: Time,
    /// Faults that may still happen.
    faults: u32,
    /// What others may still do to the transaction.
    interventions: u32,
}

/// One thing that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Move {
    /// The broker reads the oldest batch of a connection.
    Serve(usize),
    /// The producer reads the oldest answer of a connection.
    Hear(usize),
    /// A connection breaks; what was written to it may still be read.
    Cut(usize),
    /// The coordinator reads the request that is out.
    ServeCtrl,
    /// The producer reads its answer.
    HearCtrl,
    /// It will not; the request may still be read.
    LoseCtrl,
    /// A copy of a lost request is read.
    Land(usize),
    /// The markers of a decided transaction are written.
    Complete,
    /// The coordinator is tired of the open transaction.
    TimeOut,
    /// Another instance with the same transactional id asks for an identity.
    Rival,
    /// Time passes until the machine wants to wake.
    Wait,
}

impl Move {
    /// Copies land late more often than not, so that they meet another transaction.
    const fn is_fault(self) -> bool {
        matches!(
            self,
            Self::Cut(_)
                | Self::LoseCtrl
                | Self::Land(_)
                | Self::TimeOut
                | Self::Rival
                | Self::Wait
        )
    }
}

impl World {
    fn new(generation: Generation, transactions: u32, faults: u32, interventions: u32) -> Self {
        let (spoken, rules) = match generation {
            Generation::V1 => (Spoken::Tv1, Rules::SINCE_3_6),
            Generation::V2 => (Spoken::Tv2, Rules::SINCE_3_8),
        };
        let parts = [0, 1].map(|part| Replica { node: NODE, part });
        let mut world = Self {
            machine: Machine::new(Settings::new(Mode::Transactional)),
            cluster: Cluster::new(rules, &parts),
            coordinator: Coordinator::new(rules, spoken, 100),
            network: Network::default(),
            app: App::new(transactions),
            spoken,
            now: Time(1),
            faults,
            interventions,
        };
        world.feed(Input::Features { generation });
        for part in [Part(0), Part(1)] {
            let leader = Leader::At { node: NodeId(1), epoch: 0 };
            world.feed(Input::Leader { part, topic: TopicId::ZERO, leader });
        }
        world.go_on();
        world
    }

    /// Gives the machine an input, and carries out what follows until nothing does.
    fn feed(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            self.machine.handle(self.now, inputs.remove(0));
            while let Some(output) = self.machine.poll() {
                inputs.extend(self.carry_out(output));
            }
        }
    }

    fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::NeedConn(node) => Some(Input::ConnUp { conn: self.network.dial(), node }),
            Output::Send(send) => self.network.send(&send, &self.app).map_or_else(
                || Some(Input::AttemptLost { attempt: send.attempt, wrote_full_frame: false }),
                |()| None,
            ),
            Output::Ctrl { ctrl, request, .. } => {
                self.network.ask(ctrl, request, self.app.offset());
                None
            }
            Output::Complete { part, ticket, outcome } => {
                self.app.completed(part, ticket, &outcome);
                None
            }
            Output::CallDone { result, .. } => {
                self.app.told(result);
                None
            }
            Output::Split(never) => panic!("nothing is too large: {never:?}"),
            Output::Restamp(_) | Output::ForgetCoordinator(_) | Output::Refresh(_) => None,
        }
    }

    /// Lets the application go on as long as it does not wait.
    fn go_on(&mut self) {
        while let Some(inputs) = self.app.next(self.now) {
            for input in inputs {
                self.feed(input);
            }
        }
    }

    fn moves(&self) -> Vec<Move> {
        let mut moves = self.network.moves(self.faults > 0);
        if self.is_decided() {
            moves.push(Move::Complete);
        }
        if self.interventions > 0 {
            moves.extend([Move::TimeOut, Move::Rival]);
        }
        let idle = moves.iter().all(|step| step.is_fault());
        if self.machine.next_wake().is_some() && (self.faults > 0 || idle) {
            moves.push(Move::Wait);
        }
        moves
    }

    /// One move of all that are possible; most choices are of what happens in peace.
    fn choose(&self, choice: u8) -> Option<Move> {
        let wants_fault = choice >= 224;
        let (faults, peace): (Vec<Move>, Vec<Move>) =
            self.moves().into_iter().partition(|step| step.is_fault());
        let from =
            if (wants_fault && !faults.is_empty()) || peace.is_empty() { faults } else { peace };
        (!from.is_empty()).then(|| from[usize::from(choice) % from.len()])
    }

    fn is_decided(&self) -> bool {
        use klamm_idempotence::model::TxnState::{PrepareAbort, PrepareCommit};
        matches!(self.coordinator.state(), Some(PrepareAbort | PrepareCommit))
    }

    fn step(&mut self, step: Move) {
        match step {
            Move::Serve(at) => self.serve(at),
            Move::Hear(at) => {
                let input = self.network.hear(at);
                self.feed(input);
            }
            Move::Cut(at) => {
                self.faults = self.faults.saturating_sub(1);
                for input in self.network.cut(at) {
                    self.feed(input);
                }
            }
            Move::ServeCtrl => self.serve_ctrl(),
            Move::HearCtrl => {
                let input = self.network.hear_ctrl();
                self.feed(input);
            }
            Move::LoseCtrl => {
                self.faults = self.faults.saturating_sub(1);
                let input = self.network.lose_ctrl();
                self.feed(input);
            }
            Move::Land(at) => self.land(at),
            Move::Complete => self.coordinator.complete(&mut self.cluster),
            Move::TimeOut => {
                self.interventions = self.interventions.saturating_sub(1);
                self.coordinator.time_out();
            }
            Move::Rival => {
                self.interventions = self.interventions.saturating_sub(1);
                // It is told to come again while a transaction is in its way; that will do.
                let _ = self.coordinator.init_producer_id(None);
            }
            Move::Wait => self.wait(),
        }
        self.go_on();
    }

    fn wait(&mut self) {
        self.faults = self.faults.saturating_sub(1);
        if let Some(wake) = self.machine.next_wake() {
            self.now = self.now.max(wake);
            self.feed(Input::Tick);
            let again = self.machine.next_wake();
            assert!(again.is_none_or(|wake| wake > self.now), "a wake that has come is over");
        }
    }

    /// No more faults, and everything that is on its way arrives: whether the application comes to
    /// its end, and was told the truth.
    fn settle(&mut self) -> Result<(), &'static str> {
        self.faults = 0;
        self.interventions = 0;
        for _ in 0..PEACE {
            if self.app.is_finished() && self.network.moves(false).is_empty() {
                return oracle::judge(self);
            }
            let Some(first) = self.moves().first().copied() else {
                return Err("I11 nothing can happen any more");
            };
            self.step(first);
        }
        Err("I11 it never ends")
    }
}

fn play(mut world: World, choices: &[u8]) -> Result<World, &'static str> {
    for choice in choices {
        let Some(step) = world.choose(*choice) else { break };
        world.step(step);
    }
    world.settle().map(|()| world)
}

#[test]
fn three_transactions_without_faults_are_committed_and_seen() {
    for generation in [Generation::V1, Generation::V2] {
        let world = play(World::new(generation, 3, 0, 0), &[]).unwrap();
        assert_eq!(world.app.committed(), [1, 2, 3], "{generation:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(74),
        ..ProptestConfig::default()
    })]

    //= type=test I1 I2 I3 I14 I15 I16 I18
    #[test]
    fn readers_see_all_or_nothing_of_each_transaction(
        second in any::<bool>(),
        faults in 0..8_u32,
        interventions in 0..2_u32,
        choices in prop::collection::vec(any::<u8>(), 0..160),
    ) {
        let generation = if second { Generation::V2 } else { Generation::V1 };
        let world = World::new(generation, 3, faults, interventions);
        prop_assert_eq!(play(world, &choices).err(), None);
    }
}
