//! Model H: transactions of both generations, and the way from the first to the second.

use klamm_idempotence::model::{
    Generation, TxnBudget, TxnScope, TxnScript, TxnSituation, TxnWorld,
};

use super::plan::{Met, Plan, Worlds};

pub(super) fn all() -> Vec<Plan> {
    vec![first(), renewal(), second(), upgrade(), fenced(), timeouts()]
}

/// One part of model H.
fn plan(about: &'static str, scopes: &[TxnScope], must_meet: &[TxnSituation]) -> Plan {
    Plan {
        letter: "H",
        about,
        quick: false,
        deep: false,
        worlds: Worlds::Transactional(scopes.iter().map(TxnWorld::new).collect()),
        can_meet: TxnSituation::ALL.iter().map(met).collect(),
        must_meet: must_meet.iter().map(met).collect(),
    }
}

fn met(situation: &TxnSituation) -> Met {
    Met { name: format!("{situation:?}"), bit: situation.bit() }
}

fn scope(generation: Generation, script: Vec<TxnScript>, budget: TxnBudget) -> TxnScope {
    TxnScope { budget, ..TxnScope::new(generation, script) }
}

const FAULTS: TxnBudget = TxnBudget {
    faults: 2,
    denials: 0,
    refusals: 0,
    late_calls: 0,
    expiries: 0,
    timeouts: 0,
    intruders: 0,
    upgrades: 0,
};

fn first() -> Plan {
    use TxnSituation::{AbortedAfterFailure, EndedInSilence, Renewed};
    let script = vec![TxnScript::commit(&[0, 1]), TxnScript::abort(&[0]), TxnScript::commit(&[1])];
    let offsets =
        vec![TxnScript::abort(&[0]).with_offsets(), TxnScript::commit(&[0]).with_offsets()];
    let budget = TxnBudget { refusals: 1, ..FAULTS };
    let scopes = [script, offsets].map(|script| scope(Generation::Tv1, script, budget));
    plan(
        "first generation: faults and a refusal",
        &scopes,
        &[AbortedAfterFailure, EndedInSilence, Renewed],
    )
}

fn renewal() -> Plan {
    use TxnSituation::{CommitUnknown, CopyRefused, FencedByItself, Renewed, UnknownCommitted};
    let script = vec![TxnScript::commit(&[0]), TxnScript::commit(&[0, 1])];
    let budget = TxnBudget { late_calls: 1, denials: 1, ..FAULTS };
    let calm = scope(Generation::Tv1, script, budget);
    let impatient = TxnScope { impatient: true, ..calm.clone() };
    let must = [CommitUnknown, CopyRefused, FencedByItself, Renewed, UnknownCommitted];
    let about = "first generation: calls that run out of time, copies of ends";
    Plan { quick: true, ..plan(about, &[calm, impatient], &must) }
}

fn second() -> Plan {
    use TxnSituation::{
        AbortedAfterFailure, CommitUnknown, CopyRefused, UnknownAborted, UnknownCommitted,
    };
    let script = vec![TxnScript::commit(&[0, 1]), TxnScript::abort(&[0]), TxnScript::commit(&[1])];
    let refused = scope(Generation::Tv2, script, TxnBudget { refusals: 1, ..FAULTS });
    let script = vec![TxnScript::commit(&[0]).with_offsets(), TxnScript::commit(&[0, 1])];
    let budget = TxnBudget { late_calls: 1, denials: 1, ..FAULTS };
    let late = scope(Generation::Tv2, script, budget);
    let impatient = TxnScope { impatient: true, ..late.clone() };
    let must = [AbortedAfterFailure, CommitUnknown, CopyRefused, UnknownAborted, UnknownCommitted];
    plan("second generation: faults, a refusal, a late call", &[refused, late, impatient], &must)
}

fn upgrade() -> Plan {
    let script = vec![TxnScript::commit(&[0]), TxnScript::abort(&[0]), TxnScript::commit(&[0])];
    let budget = TxnBudget { upgrades: 1, ..FAULTS };
    let scopes = [scope(Generation::Tv1, script, budget)];
    plan("from the first to the second generation", &scopes, &[TxnSituation::Upgraded])
}

fn fenced() -> Plan {
    let script = vec![TxnScript::commit(&[0]), TxnScript::commit(&[0, 1])];
    let budget = TxnBudget { intruders: 1, ..FAULTS };
    let scopes = [Generation::Tv1, Generation::Tv2];
    let scopes = scopes.map(|generation| scope(generation, script.clone(), budget));
    plan("another instance, in both generations", &scopes, &[TxnSituation::Fenced])
}

fn timeouts() -> Plan {
    use TxnSituation::{TimedOut, TimedOutAndStopped};
    let script = vec![TxnScript::commit(&[0, 1]), TxnScript::commit(&[0])];
    let budget = TxnBudget { timeouts: 1, expiries: 1, ..FAULTS };
    let scopes = [Generation::Tv1, Generation::Tv2];
    let scopes = scopes.map(|generation| scope(generation, script.clone(), budget));
    plan("transactions and batches that last too long", &scopes, &[TimedOut, TimedOutAndStopped])
}
