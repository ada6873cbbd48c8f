//! Rounds of samples, and what they say.

use std::fmt;
use std::time::Duration;

use crate::allocations::Allocations;
use crate::contender::{Contender, Contest, Side};

const ROUNDS: usize = 45;
/// The least time of one sample: shorter than a turn of the scheduler, so that most samples are
/// not interrupted on a busy machine.
const SAMPLE: Duration = Duration::from_millis(2);

/// A median, with the least and the greatest value.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The least value.
    pub least: f64,
    /// The median.
    pub median: f64,
    /// The greatest value.
    pub most: f64,
}

impl Spread {
    /// Of some values, in any order.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { least: at(0), median: at(last / 2), most: at(last) }
    }

    /// How many times the time of `other` the time of `one` is, round by round.
    #[must_use]
    pub fn of_ratio(one: &Measured, other: &Measured) -> Self {
        let rounds = one.nanoseconds.iter().zip(&other.nanoseconds);
        Self::of(rounds.map(|(one, other)| one / other))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, median, most } = self;
        write!(f, "{median:.2} [{least:.2} .. {most:.2}]")
    }
}

/// What was measured of one side.
pub struct Measured {
    side: Side,
    /// The time of one operation, by round.
    nanoseconds: Vec<f64>,
    /// Those of several operations: a side may allocate once for many of them.
    allocations: Allocations,
    operations: usize,
}

impl Measured {
    fn time(&self) -> Spread {
        Spread::of(self.nanoseconds.iter().copied())
    }

    /// Whether it asks for no memory at all once it is warm.
    #[must_use]
    pub const fn never_allocates(&self) -> bool {
        self.allocations.calls == 0
    }

    /// Prints one line.
    fn print(&self, ours: &Self) {
        let Self { side, allocations: Allocations { calls, bytes }, .. } = self;
        let Spread { least, median, most } = self.time();
        let ratio = Spread::of_ratio(self, ours).median;
        let each = |sum: u64| sum as f64 / self.operations as f64;
        let (calls, bytes) = (each(*calls), each(*bytes));
        println!(
            "  {side:<22} {median:>13.1} ns [{least:>11.1} .. {most:>11.1}] {ratio:>7.2} \
             {calls:>9.2} allocations of {bytes:>10.0} bytes"
        );
    }
}

/// A contest that has taken place.
pub struct Outcome<T> {
    /// What it was about.
    pub title: T,
    bytes: usize,
    sides: Vec<Measured>,
}

impl<T: fmt::Display> Outcome<T> {
    /// Lets the sides take turns; each round is begun by another one.
    #[must_use]
    pub fn of(contest: Contest<T>) -> Self {
        let Contest { title, bytes, mut contenders } = contest;
        let mut sides: Vec<Measured> = contenders.iter_mut().map(warmed_up).collect();
        for round in 0..ROUNDS {
            let mut turns: Vec<_> = contenders.iter_mut().zip(&mut sides).collect();
            let first = round % turns.len().max(1);
            turns.rotate_left(first);
            for (contender, side) in turns {
                side.nanoseconds.push(contender.sample(SAMPLE));
            }
        }
        Self { title, bytes, sides }
    }

    /// What was measured of a side, if it took part.
    #[must_use]
    pub fn side(&self, side: Side) -> Option<&Measured> {
        self.sides.iter().find(|measured| measured.side == side)
    }

    /// The fastest peer, in whichever of its ways is the faster.
    #[must_use]
    pub fn peer(&self) -> Option<&Measured> {
        let peers = self.sides.iter().filter(|measured| matches!(measured.side, Side::Peer(_)));
        peers.min_by(|one, other| one.time().median.total_cmp(&other.time().median))
    }

    /// Prints one line for each side.
    pub fn print(&self) {
        println!("{}, {} bytes", self.title, self.bytes);
        let Some(ours) = self.side(Side::Ours) else { return };
        self.sides.iter().for_each(|measured| measured.print(ours));
    }
}

/// Counts the allocations of one batch after a few others, which warm up: what one of them gives
/// back may need room for its first time there, and so may what the next one takes.
fn warmed_up(contender: &mut Contender) -> Measured {
    for _ in 0..3 {
        contender.sample(Duration::from_nanos(1));
    }
    let (allocations, operations) = contender.allocations();
    let nanoseconds = Vec::with_capacity(ROUNDS);
    Measured { side: contender.side, nanoseconds, allocations, operations }
}
