//! The worlds to explore, and what each must meet.

use klamm_idempotence::model::{Batch, Budget, Rules, Scope, Situation};

/// A model: its worlds, and what they must meet between them.
pub(super) struct Plan {
    pub(super) letter: &'static str,
    pub(super) about: &'static str,
    /// Whether every run of the tests explores it.
    pub(super) quick: bool,
    pub(super) worlds: Vec<Scope>,
    pub(super) must_meet: Vec<Situation>,
}

pub(super) fn all() -> Vec<Plan> {
    vec![a(), b(), c(), d(), e(), f(), g()]
}

fn a_scope() -> Scope {
    let budget = Budget { faults: 3, expiries: 1, ..Budget::default() };
    Scope { budget, ..Scope::one_partition(4, 3) }
}

fn a() -> Plan {
    use Situation::{CalledUnknown, DedupHit, LateSuccess, Pipelined, ZombieRefused};
    Plan {
        letter: "A",
        about: "one partition, copies on old connections, the gate, a deadline",
        quick: true,
        worlds: vec![a_scope()],
        must_meet: vec![DedupHit, ZombieRefused, LateSuccess, CalledUnknown, Pipelined],
    }
}

fn b() -> Plan {
    use Situation::{BumpWithFollower, CalledNotWritten, DedupHit, DoubtfulHeadRefused};
    let budget = Budget { faults: 2, refusals: 1, restarts: 1, ..Budget::default() };
    Plan {
        letter: "B",
        about: "as A, with refusals and a restart from a snapshot",
        quick: true,
        worlds: vec![Scope { budget, ..Scope::one_partition(4, 3) }],
        must_meet: vec![DedupHit, DoubtfulHeadRefused, CalledNotWritten, BumpWithFollower],
    }
}

fn c() -> Plan {
    use Situation::{DedupHit, DoubtfulHeadRefused, Pipelined, ZombieRefused};
    let budget = Budget { faults: 3, expiries: 1, restarts: 1, ..Budget::default() };
    Plan {
        letter: "C",
        about: "five batches, all five in the window, a restart, a deadline",
        quick: false,
        worlds: vec![Scope { budget, ..Scope::one_partition(5, 5) }],
        must_meet: vec![DedupHit, DoubtfulHeadRefused, ZombieRefused, Pipelined],
    }
}

fn d() -> Plan {
    use Situation::{CalledUnknown, DedupHit, ZombieRefused};
    let budget = Budget { faults: 3, expiries: 1, losses: 1, ..Budget::default() };
    let refusing = Budget { faults: 2, refusals: 1, losses: 1, ..Budget::default() };
    Plan {
        letter: "D",
        about: "as A, with state that is lost while nothing is in doubt, and a fresh log that wants 0",
        quick: false,
        worlds: vec![
            Scope { budget, rules: Rules::SINCE_4_5, ..Scope::one_partition(4, 3) },
            Scope { budget: refusing, trickle: true, ..Scope::one_partition(4, 3) },
        ],
        must_meet: vec![DedupHit, CalledUnknown, ZombieRefused],
    }
}

fn e() -> Plan {
    use Situation::{DedupHit, DetachedAttempt};
    let budget = Budget { faults: 2, moves: 2, ..Budget::default() };
    Plan {
        letter: "E",
        about: "two leaders, attempts left behind and late answers",
        quick: false,
        worlds: vec![Scope { budget, ..Scope::one_partition(3, 2) }],
        must_meet: vec![DedupHit, DetachedAttempt],
    }
}

fn f() -> Plan {
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
    Plan {
        letter: "F",
        about: "two partitions with epochs of their own, and the end of epochs",
        quick: false,
        worlds: vec![world(two, 3), world(three, 2)],
        must_meet: vec![ZombieRefused, CalledNotWritten, CalledUnknown, NewProducerId],
    }
}

fn g() -> Plan {
    use Situation::{ChildAcked, DedupHit, Wrapped};
    let budget = Budget { faults: 2, too_large: 1, ..Budget::default() };
    let mut scope = Scope { budget, ..Scope::one_partition(0, 3) };
    scope.batches = [1, 2, 3].map(|records| Batch { part: 0, records }).to_vec();
    scope.settings.first_position = (1 << 31) - 5;
    Plan {
        letter: "G",
        about: "sequences over the wrap, batches of one to three records, a split",
        quick: false,
        worlds: vec![scope],
        must_meet: vec![ChildAcked, DedupHit, Wrapped],
    }
}
