//! A walk: the world as the reference, and the world under test.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use klamm_idempotence::model::{self, Move};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use super::draw::{self, Start};

/// Steps within which a world without faults finishes everything.
pub(super) const SETTLING: usize = 4_000;

/// The situations that any walk has met.
pub(super) static MET: AtomicU32 = AtomicU32::new(0);

/// A world, and what it was made from.
#[derive(Clone)]
pub(super) struct World {
    pub(super) start: Start,
    world: model::World,
}

/// Where a walk begins is all that a reader of a failure needs: the moves lead on from there.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start.fmt(f)
    }
}

impl World {
    fn of(start: Start) -> Self {
        Self { world: model::World::new(&start.scope, &start.expiring), start }
    }

    fn possible(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        self.world.moves(&mut moves);
        moves
    }
}

impl ReferenceStateMachine for World {
    type State = Self;
    /// Nothing when nothing can happen.
    type Transition = Option<Move>;

    fn init_state() -> BoxedStrategy<Self> {
        draw::start().prop_map(Self::of).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Option<Move>> {
        draw::next_move(state.possible())
    }

    fn preconditions(state: &Self, step: &Option<Move>) -> bool {
        step.is_none_or(|step| state.possible().contains(&step))
    }

    fn apply(mut state: Self, step: &Option<Move>) -> Self {
        step.iter().for_each(|step| state.world.step(*step));
        state
    }
}

/// The test of one walk.
pub(super) struct Walks;

impl StateMachineTest for Walks {
    type SystemUnderTest = model::World;
    type Reference = World;

    fn init_test(start: &World) -> model::World {
        World::of(start.start.clone()).world
    }

    fn apply(mut world: model::World, _: &World, step: Option<Move>) -> model::World {
        step.iter().for_each(|step| world.step(*step));
        world
    }

    fn check_invariants(world: &model::World, reference: &World) {
        assert_eq!(world.violation(), None);
        assert!(*world == reference.world, "I20 the same moves lead to the same state");
    }

    fn teardown(mut world: model::World, _: World) {
        let busy = (0..SETTLING).all(|_| world.violation().is_none() && world.settle());
        assert_eq!(world.violation(), None);
        assert!(!busy, "I13 something happens without end");
        assert!(world.is_finished(), "I11 a batch never comes to an outcome");
        MET.fetch_or(world.situations(), Ordering::Relaxed);
    }
}
