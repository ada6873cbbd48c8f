//! Two operations against one another, by turns.

use std::fmt;
use std::time::{Duration, Instant};

use klamm_idempotence::Mode;

use crate::steady::Steady;

/// How often each side has its turn.
const TURNS: usize = 15;
/// Looks at the clock within a turn. Their median leaves out what interrupts a few of them.
const LOOKS: usize = 101;
/// Operations between two looks.
const TIMES: u32 = 200;

/// What one operation costs in others: the turns in order.
pub(crate) struct Ratio {
    sorted: Vec<f64>,
}

impl Ratio {
    /// Measures two operations on machines in the middle of their work.
    pub(crate) fn of(mut one: impl FnMut(&mut Steady), mut other: impl FnMut(&mut Steady)) -> Self {
        let mut steady = Steady::new(Mode::Idempotent, 1);
        let mut turn = || {
            let mut looks: [Vec<Duration>; 2] = Default::default();
            for _ in 0..LOOKS {
                let [long, short] = &mut looks;
                long.push(time(|| one(&mut steady)));
                short.push(time(|| other(&mut steady)));
            }
            let [long, short] = looks.map(|side| middle(side).as_secs_f64());
            long / short
        };
        turn();
        let mut sorted: Vec<f64> = (0..TURNS).map(|_| turn()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted }
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(TURNS / 2)
    }

    /// The ratio at a place, or one that meets no goal.
    fn at(&self, place: usize) -> f64 {
        self.sorted.get(place).copied().unwrap_or(f64::INFINITY)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.at(0), self.at(TURNS - 1));
        write!(f, "{:.1} [{least:.1} .. {most:.1}]", self.median())
    }
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(LOOKS / 2).copied().unwrap_or_default()
}

fn time(mut operation: impl FnMut()) -> Duration {
    let start = Instant::now();
    (0..TIMES).for_each(|_| operation());
    start.elapsed()
}
