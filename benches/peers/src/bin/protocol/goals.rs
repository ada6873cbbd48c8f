//! What klamm has promised of messages.

use klamm_peers_bench::{Bound, Outcome, Verdict};

use crate::contest::{Operation, Title};

/// A bound on a ratio of times.
struct Goal {
    /// The start of the names of the messages it is about.
    message: &'static str,
    operation: Operation,
    bound: Bound,
}

const GOALS: &[Goal] = &[
    Goal { message: "Metadata", operation: Operation::Decode, bound: Bound::PeerAtLeast(2.0) },
    Goal { message: "Metadata", operation: Operation::Encode, bound: Bound::PeerAtLeast(2.0) },
    Goal { message: "Produce", operation: Operation::Decode, bound: Bound::PeerAtLeast(2.0) },
    Goal { message: "Produce", operation: Operation::Encode, bound: Bound::PeerAtLeast(1.0) },
    // A producer encodes requests; the response's distance from its floor is printed above.
    Goal {
        message: "Produce request",
        operation: Operation::Encode,
        bound: Bound::FloorAtMost(2.0),
    },
];

/// Those of all goals that speak about `outcome`.
pub(crate) fn verdicts(outcome: &Outcome<Title>) -> impl Iterator<Item = Verdict> {
    let concerns = |goal: &&Goal| {
        outcome.title.message.starts_with(goal.message) && outcome.title.operation == goal.operation
    };
    GOALS.iter().filter(concerns).filter_map(|goal| Verdict::on(outcome, goal.bound))
}
