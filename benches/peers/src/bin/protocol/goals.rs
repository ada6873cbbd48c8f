//! What klamm has promised, and whether it holds.

use std::fmt;

use crate::contest::{Operation, Side, Title};
use crate::outcome::{Outcome, Spread};

/// A bound on a ratio of times.
struct Goal {
    /// The start of the names of the messages it is about.
    message: &'static str,
    operation: Operation,
    bound: Bound,
}

enum Bound {
    /// The peer takes at least so many times our time.
    PeerAtLeast(f64),
    /// We take at most so many times the time of the hand-written writer.
    FloorAtMost(f64),
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

/// A goal held against one outcome.
pub(crate) struct Verdict {
    subject: Title,
    ratio: Spread,
    bound: &'static Bound,
}

impl Verdict {
    /// Those of all goals that speak about `outcome`.
    pub(crate) fn on(outcome: &Outcome) -> impl Iterator<Item = Self> {
        let concerns = |goal: &&Goal| {
            outcome.title.message.starts_with(goal.message)
                && outcome.title.operation == goal.operation
        };
        GOALS.iter().filter(concerns).filter_map(|goal| Self::reach(outcome, &goal.bound))
    }

    fn reach(outcome: &Outcome, bound: &'static Bound) -> Option<Self> {
        let ours = outcome.side(Side::Ours)?;
        let ratio = match bound {
            Bound::PeerAtLeast(_) => Spread::of_ratio(outcome.peer()?, ours),
            Bound::FloorAtMost(_) => Spread::of_ratio(ours, outcome.side(Side::Floor)?),
        };
        Some(Self { subject: outcome.title, ratio, bound })
    }

    pub(crate) fn holds(&self) -> bool {
        match self.bound {
            Bound::PeerAtLeast(least) => self.ratio.median >= *least,
            Bound::FloorAtMost(most) => self.ratio.median <= *most,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, ratio, bound } = self;
        let verdict = if self.holds() { "ok" } else { "MISSED" };
        match bound {
            Bound::PeerAtLeast(least) => {
                write!(f, "{subject}: peer/ours {ratio} (min {least:.2}) {verdict}")
            }
            Bound::FloorAtMost(most) => {
                write!(f, "{subject}: ours/floor {ratio} (max {most:.2}) {verdict}")
            }
        }
    }
}
