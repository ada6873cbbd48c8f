//! Rounds of samples, and what they say.

use std::fmt;
use std::time::Duration;

use crate::allocations::Allocations;
use crate::contest::{Contender, Contest, Side, Title};

const ROUNDS: usize = 45;
/// The least time of one sample: shorter than a turn of the scheduler, so that most samples are
/// not interrupted on a busy machine.
const SAMPLE: Duration = Duration::from_millis(2);

/// A median, with the least and the greatest value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { least: at(0), median: at(last / 2), most: at(last) }
    }

    /// How many times the time of `other` the time of `one` is, round by round.
    pub(crate) fn of_ratio(one: &Measured, other: &Measured) -> Self {
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
pub(crate) struct Measured {
    side: Side,
    /// The time of one operation, by round.
    nanoseconds: Vec<f64>,
    allocations: Allocations,
}

impl Measured {
    fn time(&self) -> Spread {
        Spread::of(self.nanoseconds.iter().copied())
    }
}

/// A contest that has taken place.
pub(crate) struct Outcome {
    pub(crate) title: Title,
    bytes: usize,
    sides: Vec<Measured>,
}

impl Outcome {
    /// Lets the sides take turns; each round is begun by another one.
    pub(crate) fn of(contest: Contest) -> Self {
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

    pub(crate) fn side(&self, side: Side) -> Option<&Measured> {
        self.sides.iter().find(|measured| measured.side == side)
    }

    /// The peer, in whichever of its ways is the faster.
    pub(crate) fn peer(&self) -> Option<&Measured> {
        let ways = [Side::Peer, Side::PeerGrowing].into_iter().filter_map(|side| self.side(side));
        ways.min_by(|one, other| one.time().median.total_cmp(&other.time().median))
    }

    /// Prints one line for each side.
    pub(crate) fn print(&self) {
        println!("{}, {} bytes", self.title, self.bytes);
        let Some(ours) = self.side(Side::Ours) else { return };
        for measured in &self.sides {
            let Measured { side, allocations: Allocations { calls, bytes }, .. } = measured;
            let Spread { least, median, most } = measured.time();
            let ratio = Spread::of_ratio(measured, ours).median;
            println!(
                "  {side:<22} {median:>11.0} ns [{least:>9.0} .. {most:>9.0}] {ratio:>7.2} \
                 {calls:>6} allocations of {bytes:>8} bytes"
            );
        }
    }
}

/// Counts the allocations of a second batch; the first one warms up.
fn warmed_up(contender: &mut Contender) -> Measured {
    contender.sample(Duration::from_nanos(1));
    let allocations = contender.allocations();
    Measured { side: contender.side, nanoseconds: Vec::with_capacity(ROUNDS), allocations }
}
