//! Two operations against one another, by turns.

use std::fmt;
use std::time::Duration;

/// How often each side has its turn.
const TURNS: usize = 15;

/// What one operation costs in others: the turns in order.
pub(crate) struct Ratio {
    sorted: Vec<f64>,
}

impl Ratio {
    /// Measures two operations that tell how long they took, so many times each in a turn. The
    /// median of a turn leaves out what interrupts a few of them.
    pub(crate) fn of(
        times: usize,
        mut one: impl FnMut() -> Duration,
        mut other: impl FnMut() -> Duration,
    ) -> Self {
        let mut turn = || {
            let mut looks: [Vec<Duration>; 2] = Default::default();
            for _ in 0..times {
                let [long, short] = &mut looks;
                long.push(one());
                short.push(other());
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
        write!(f, "{:.2} [{least:.2} .. {most:.2}]", self.median())
    }
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
