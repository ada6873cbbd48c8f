//! What klamm has promised of an operation, and whether it holds.

use std::fmt;

use crate::contender::Side;
use crate::outcome::{Outcome, Spread};

/// A bound on what was measured.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// The fastest peer takes at least so many times our time.
    PeerAtLeast(f64),
    /// We take at most so many times the time of the hand-written code.
    FloorAtMost(f64),
    /// We ask for no memory once we are warm.
    NeverAllocates,
}

/// A bound held against one outcome.
pub struct Verdict {
    subject: String,
    finding: Finding,
}

enum Finding {
    PeerToOurs { ratio: Spread, least: f64 },
    OursToFloor { ratio: Spread, most: f64 },
    Allocations { is_none: bool },
}

impl Verdict {
    /// Holds `bound` against `outcome`; `None` when a side that it speaks of took no part.
    #[must_use]
    pub fn on<T: fmt::Display>(outcome: &Outcome<T>, bound: Bound) -> Option<Self> {
        let ours = outcome.side(Side::Ours)?;
        let finding = match bound {
            Bound::PeerAtLeast(least) => {
                Finding::PeerToOurs { ratio: Spread::of_ratio(outcome.peer()?, ours), least }
            }
            Bound::FloorAtMost(most) => {
                let floor = outcome.side(Side::Floor)?;
                Finding::OursToFloor { ratio: Spread::of_ratio(ours, floor), most }
            }
            Bound::NeverAllocates => Finding::Allocations { is_none: ours.never_allocates() },
        };
        Some(Self { subject: outcome.title.to_string(), finding })
    }

    /// Whether the promise is kept.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.finding {
            Finding::PeerToOurs { ratio, least } => ratio.median >= least,
            Finding::OursToFloor { ratio, most } => ratio.median <= most,
            Finding::Allocations { is_none } => is_none,
        }
    }

    /// Prints all verdicts; answers whether every promise is kept.
    #[must_use]
    pub fn print_all(verdicts: &[Self]) -> bool {
        verdicts.iter().for_each(|verdict| println!("{verdict}"));
        verdicts.iter().all(Self::holds)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, finding } = self;
        let verdict = if self.holds() { "ok" } else { "MISSED" };
        match finding {
            Finding::PeerToOurs { ratio, least } => {
                write!(f, "{subject}: peer/ours {ratio} (min {least:.2}) {verdict}")
            }
            Finding::OursToFloor { ratio, most } => {
                write!(f, "{subject}: ours/floor {ratio} (max {most:.2}) {verdict}")
            }
            Finding::Allocations { .. } => write!(f, "{subject}: no allocations {verdict}"),
        }
    }
}
