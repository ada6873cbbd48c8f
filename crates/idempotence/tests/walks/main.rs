//! Long random runs of the real machine: more partitions, batches and faults than a model explores.
//!
//! A run is a list of moves of the world, drawn one after the other from what can happen. The
//! reference is a world that makes the same moves: what its history judges must hold after each of
//! them, and the machine under test must end in the very state of the reference, every time. At
//! the end no fault happens any more, and every batch must come to an outcome.
//!
//! Every run of the tests makes the same 2,000 walks. Others, as many as wanted, come with
//!
//! ```text
//! PROPTEST_CASES=100000 cargo test --release -p klamm-idempotence --test walks
//! ```
//!
//! and the same others again with `PROPTEST_RNG_SEED=1` before it. A walk that fails is shrunk to
//! a small scope and few moves, which are printed.

#![cfg(test)]

mod draw;
mod shrink;
mod transactions;
mod walk;

use std::sync::atomic::Ordering;

use klamm_idempotence::model::Situation;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use walk::{MET, Walks, World};

/// The longest walk, which is far more than twelve batches need without faults.
const LONGEST: usize = 160;

fn config() -> Config {
    let chosen = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return chosen;
    }
    Config { cases: 2_000, rng_seed: RngSeed::Fixed(0), ..chosen }
}

//= type=test I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I13 I20
#[test]
fn no_walk_breaks_a_law_and_every_walk_comes_to_its_end() {
    let mut runner = TestRunner::new(config());
    let walks = World::sequential_strategy(1..=LONGEST);
    let outcome = runner.run(&walks, |(start, moves, seen)| {
        Walks::test_sequential(config(), start, moves, seen);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Err(TestError::Fail(reason, (start, moves, _))) => {
            let moves = moves.into_iter().flatten().collect();
            panic!("{reason}\n{}", shrink::shortest(start.start, moves));
        }
    }
    let met = MET.load(Ordering::Relaxed);
    let missed = Situation::ALL.into_iter().filter(|one| met & one.bit() == 0);
    assert_eq!(missed.collect::<Vec<_>>(), [], "no walk met these");
}
