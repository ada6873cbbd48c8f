//! The worlds to explore, and what each must meet.

use klamm_idempotence::model::{Batch, Budget, Rules, Scope, Situation, TxnWorld, World};

use super::checking::{self, Report};
use super::transactions;

/// Something that a model must have met, whichever world it is of.
#[derive(Debug, Clone)]
pub(super) struct Met {
    pub(super) name: String,
    pub(super) bit: u32,
}

/// Where a model begins.
pub(super) enum Worlds {
    Idempotent(Vec<World>),
    Transactional(Vec<TxnWorld>),
}

/// A model: its worlds, and what they must meet between them.
pub(super) struct Plan {
    pub(super) letter: &'static str,
    pub(super) about: &'static str,
    /// Whether every run of the tests explores it.
    pub(super) quick: bool,
    /// Whether it is explored depth first, which keeps few worlds in memory at a time; the way to a
    /// counterexample is then not a shortest one.
    pub(super) deep: bool,
    pub(super) worlds: Worlds,
    pub(super) can_meet: Vec<Met>,
    pub(super) must_meet: Vec<Met>,
}

impl Plan {
    pub(super) fn check(&self) -> Report {
        match &self.worlds {
            Worlds::Idempotent(worlds) => checking::check(self, worlds.clone()),
            Worlds::Transactional(worlds) => checking::check(self, worlds.clone()),
        }
    }
}

/// A model of an idempotent producer.
struct Idempotent {
    letter: &'static str,
    about: &'static str,
    quick: bool,
    worlds: Vec<Scope>,
    must_meet: Vec<Situation>,
}

impl From<Idempotent> for Plan {
    fn from(plan: Idempotent) -> Self {
        let Idempotent { letter, about, quick, worlds, must_meet } = plan;
        let worlds = Worlds::Idempotent(worlds.iter().flat_map(beginnings).collect());
        let can_meet = Situation::ALL.iter().map(met).collect();
        let must_meet = must_meet.iter().map(met).collect();
        Self { letter, about, quick, deep: false, worlds, can_meet, must_meet }
    }
}

fn met(situation: &Situation) -> Met {
    Met { name: format!("{situation:?}"), bit: situation.bit() }
}

/// A world in which no batch runs out of time, and one for each that may.
fn beginnings(scope: &Scope) -> Vec<World> {
    let expiring = if scope.budget.expiries > 0 { scope.batches.len() } else { 0 };
    let batches = std::iter::once(vec![]).chain((0..expiring).map(|batch| vec![batch]));
    batches.map(|batches| World::new(scope, &batches)).collect()
}

pub(super) fn all() -> Vec<Plan> {
    let small = [a(), literal(), b(), c(), d(), e(), f(), g()].map(Plan::from);
    let wider = wider().map(|plan| Plan { deep: true, ..Plan::from(plan) });
    small.into_iter().chain(transactions::all()).chain(wider).collect()
}

fn a_scope() -> Scope {
    let budget = Budget { faults: 3, expiries: 1, ..Budget::default() };
    Scope { budget, ..Scope::one_partition(4, 3) }
}

fn a() -> Idempotent {
    use Situation::{CalledUnknown, DedupHit, LateSuccess, Pipelined, ZombieRefused};
    Idempotent {
        letter: "A",
        about: "one partition, copies on old connections, the gate, a deadline",
        quick: true,
        worlds: vec![a_scope()],
        must_meet: vec![DedupHit, ZombieRefused, LateSuccess, CalledUnknown, Pipelined],
    }
}

/// Worlds that differ in names and in the hour alone have the same future: counting them one by one
/// must not show more.
fn literal() -> Idempotent {
    let about = "as A, with worlds told apart that differ in names and in the hour alone";
    let worlds = vec![Scope { literal: true, ..a_scope() }];
    Idempotent { letter: "A-literal", about, quick: false, worlds, ..a() }
}

fn b() -> Idempotent {
    use Situation::{BumpWithFollower, CalledNotWritten, DedupHit, DoubtfulHeadRefused};
    let budget = Budget { faults: 2, refusals: 1, restarts: 1, ..Budget::default() };
    Idempotent {
        letter: "B",
        about: "as A, with refusals and a restart from a snapshot",
        quick: true,
        worlds: vec![Scope { budget, ..Scope::one_partition(4, 3) }],
        must_meet: vec![DedupHit, DoubtfulHeadRefused, CalledNotWritten, BumpWithFollower],
    }
}

fn c() -> Idempotent {
    use Situation::{DedupHit, DoubtfulHeadRefused, Pipelined, ZombieRefused};
    let budget = Budget { faults: 3, expiries: 1, restarts: 1, ..Budget::default() };
    Idempotent {
        letter: "C",
        about: "five batches, all five in the window, a restart, a deadline",
        quick: false,
        worlds: vec![Scope { budget, ..Scope::one_partition(5, 5) }],
        must_meet: vec![DedupHit, DoubtfulHeadRefused, ZombieRefused, Pipelined],
    }
}

fn d() -> Idempotent {
    use Situation::{CalledUnknown, DedupHit, ZombieRefused};
    let budget = Budget { faults: 3, expiries: 1, losses: 1, ..Budget::default() };
    let refusing = Budget { faults: 2, refusals: 1, losses: 1, ..Budget::default() };
    Idempotent {
        letter: "D",
        about: "as A, with state lost while nothing is in doubt, and a fresh log that wants 0",
        quick: false,
        worlds: vec![
            Scope { budget, rules: Rules::SINCE_4_5, ..Scope::one_partition(4, 3) },
            Scope { budget: refusing, trickle: true, ..Scope::one_partition(4, 3) },
        ],
        must_meet: vec![DedupHit, CalledUnknown, ZombieRefused],
    }
}

fn e() -> Idempotent {
    use Situation::{DedupHit, DetachedAttempt};
    let budget = Budget { faults: 2, moves: 2, ..Budget::default() };
    Idempotent {
        letter: "E",
        about: "two leaders, attempts left behind and late answers",
        quick: false,
        worlds: vec![Scope { budget, ..Scope::one_partition(3, 2) }],
        must_meet: vec![DedupHit, DetachedAttempt],
    }
}

fn f() -> Idempotent {
    use Situation::{CalledNotWritten, CalledUnknown, NewProducerId, ZombieRefused};
    let budget = Budget { faults: 2, refusals: 2, ..Budget::default() };
    let batch = |part| Batch { part, records: 1 };
    let two = vec![batch(0), batch(0), batch(1), batch(1)];
    let three = vec![batch(0), batch(0), batch(0), batch(1)];
    let world = |batches, epoch_limit| {
        let mut scope = Scope { budget, batches, ..Scope::one_partition(0, 2) };
        scope.settings.epoch_limit = epoch_limit;
        scope
    };
    Idempotent {
        letter: "F",
        about: "two partitions with epochs of their own, and the end of epochs",
        quick: false,
        worlds: vec![world(two, 3), world(three, 2)],
        must_meet: vec![ZombieRefused, CalledNotWritten, CalledUnknown, NewProducerId],
    }
}

fn g() -> Idempotent {
    use Situation::{ChildAcked, DedupHit, Wrapped};
    let budget = Budget { faults: 2, too_large: 1, ..Budget::default() };
    let world = |first_position, records: &[u32]| {
        let mut scope = Scope { budget, ..Scope::one_partition(0, 3) };
        scope.batches =
            records.iter().map(|records| Batch { part: 0, records: *records }).collect();
        scope.settings.first_position = first_position;
        scope
    };
    Idempotent {
        letter: "G",
        about: "sequences over the wrap, batches of one to three records, a split",
        quick: false,
        worlds: vec![world((1 << 31) - 5, &[1, 2, 3]), world((1 << 31) - 2, &[1, 2, 1, 1])],
        must_meet: vec![ChildAcked, DedupHit, Wrapped],
    }
}

/// More of everything, for millions of states.
fn wider() -> [Idempotent; 3] {
    [wider_doubt(), wider_moves(), wider_splits()]
}

fn wider_doubt() -> Idempotent {
    use Situation::{DedupHit, DoubtfulHeadRefused, LateSuccess, ZombieRefused};
    let budget = Budget { faults: 2, refusals: 1, restarts: 1, expiries: 1, ..Budget::default() };
    Idempotent {
        letter: "W",
        about: "wider: five batches in the window, faults, a refusal, a restart, a deadline",
        quick: false,
        worlds: vec![Scope { budget, ..Scope::one_partition(5, 5) }],
        must_meet: vec![DedupHit, DoubtfulHeadRefused, LateSuccess, ZombieRefused],
    }
}

fn wider_moves() -> Idempotent {
    use Situation::{DedupHit, DetachedAttempt, LateSuccess};
    let budget = Budget { faults: 2, moves: 2, expiries: 1, ..Budget::default() };
    Idempotent {
        letter: "W",
        about: "wider: batches that come one by one, while leaders move",
        quick: false,
        worlds: vec![Scope { budget, trickle: true, ..Scope::one_partition(4, 3) }],
        must_meet: vec![DedupHit, DetachedAttempt, LateSuccess],
    }
}

fn wider_splits() -> Idempotent {
    use Situation::{ChildAcked, DedupHit, LateSuccess};
    let budget = Budget { faults: 2, too_large: 2, expiries: 1, ..Budget::default() };
    let mut scope = Scope { budget, trickle: true, ..Scope::one_partition(0, 3) };
    scope.batches = [2, 3, 1, 2].map(|records| Batch { part: 0, records }).to_vec();
    Idempotent {
        letter: "W",
        about: "wider: batches that come one by one, and are split",
        quick: false,
        worlds: vec![scope],
        must_meet: vec![ChildAcked, DedupHit, LateSuccess],
    }
}
