//! Random walks through transactions: more of them, and more faults, than the model explores.

use std::sync::atomic::{AtomicU32, Ordering};

use klamm_idempotence::model::{
    Generation, TxnBudget, TxnScope, TxnScript, TxnSituation, TxnWorld,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The longest walk.
const LONGEST: usize = 200;
/// Steps within which a world without faults comes to its end.
const SETTLING: usize = 2_000;

/// What all walks met together.
static MET: AtomicU32 = AtomicU32::new(0);

prop_compose! {
    fn scripts()(
        parts in vec(0..3u32, 1..4),
        offsets in any::<bool>(),
        commit in prop::bool::weighted(0.7),
    ) -> TxnScript {
        let mut parts = parts;
        parts.sort_unstable();
        parts.dedup();
        TxnScript { parts, offsets, commit }
    }
}

prop_compose! {
    fn budgets()(
        faults in 0..6u8,
        denials in 0..6u8,
        refusals in 0..3u8,
        late_calls in 0..4u8,
        rare in vec(prop::bool::weighted(0.25), 4),
    ) -> TxnBudget {
        let [expiries, timeouts, intruders, upgrades] =
            [0, 1, 2, 3].map(|at: usize| u8::from(rare[at]));
        TxnBudget {
            faults, denials, refusals, late_calls, expiries, timeouts, intruders, upgrades,
        }
    }
}

prop_compose! {
    fn scopes()(
        first in any::<bool>(),
        script in vec(scripts(), 1..5),
        budget in budgets(),
        impatient in any::<bool>(),
    ) -> TxnScope {
        let generation = if first { Generation::Tv1 } else { Generation::Tv2 };
        TxnScope { budget, impatient, ..TxnScope::new(generation, script) }
    }
}

/// Makes as many moves as there are choices, each one of those that are possible.
fn walk(scope: &TxnScope, choices: &[u16]) -> TxnWorld {
    let mut world = TxnWorld::new(scope);
    let mut moves = Vec::new();
    for choice in choices {
        moves.clear();
        world.moves(&mut moves);
        if moves.is_empty() {
            break;
        }
        world.step(moves[usize::from(*choice) % moves.len()]);
        MET.fetch_or(world.situations(), Ordering::Relaxed);
    }
    world
}

//= type=test I14 I15 I16 I17 I18 I19
#[test]
fn no_walk_through_transactions_breaks_a_law_and_each_comes_to_its_end() {
    let walks = (scopes(), vec(any::<u16>(), 0..LONGEST));
    let outcome = TestRunner::new(super::config()).run(&walks, |(scope, choices)| {
        let mut world = walk(&scope, &choices);
        let mut steps = 0;
        while world.violations().is_empty() && !world.is_finished() && steps < SETTLING {
            prop_assert!(world.settle(), "nothing is left to happen");
            steps += 1;
        }
        prop_assert!(world.violations().is_empty(), "{:?}", world.violations());
        prop_assert!(world.is_finished(), "no end after {} steps", SETTLING);
        Ok(())
    });
    outcome.unwrap();
    let met = MET.load(Ordering::Relaxed);
    // One code at one moment leads there; the model finds it, and few walks do.
    let rare = |one: &TxnSituation| *one == TxnSituation::UnknownAborted;
    let missed = TxnSituation::ALL.into_iter().filter(|one| !rare(one) && met & one.bit() == 0);
    assert_eq!(missed.collect::<Vec<_>>(), [], "no walk met these");
}
