//! What the rounds say: medians with their spread, ratios, and whether the goals are reached.

use std::fmt;

use klamm_peers_bench::{Counted, Spread};

use crate::row::Row;
use crate::run::Measured;
use crate::side::Side;

/// The row that the goals speak of.
const GOAL_ROW: (usize, &str) = (100, "none");
/// The most of the peer's processor time that klamm may take, and how many times the floor's.
const GOALS: [(Side, f64); 2] = [(Side::Rdkafka, 0.5), (Side::Floor, 5.0)];

/// What one side did in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) measured: Measured,
    pub(crate) counted: Counted,
}

impl Taken {
    const fn processor(&self) -> f64 {
        self.measured.processor
    }

    fn records_per_batch(&self) -> f64 {
        self.counted.records as f64 / self.counted.batches as f64
    }

    fn batches_per_request(&self) -> f64 {
        self.counted.batches as f64 / self.counted.requests as f64
    }
}

/// The rounds of one row.
pub(crate) struct Figures {
    row: Row,
    taken: Vec<(Side, Taken)>,
}

impl Figures {
    pub(crate) const fn new(row: Row) -> Self {
        Self { row, taken: Vec::new() }
    }

    pub(crate) fn add(&mut self, side: Side, taken: Taken) {
        self.taken.push((side, taken));
    }

    /// A figure of one side, round by round.
    fn rounds<'a>(
        &'a self,
        side: Side,
        figure: impl Fn(&Taken) -> f64 + 'a,
    ) -> impl Iterator<Item = f64> + 'a {
        let of_side = self.taken.iter().filter(move |(taker, _)| *taker == side);
        of_side.map(move |(_, taken)| figure(taken))
    }

    /// How many times the processor's time of `other` that of `one` is, round by round.
    fn ratio(&self, one: Side, other: Side) -> Spread {
        let pairs = self.rounds(one, Taken::processor).zip(self.rounds(other, Taken::processor));
        Spread::of(pairs.map(|(one, other)| one / other))
    }

    /// Prints the goals of this row; whether all of them are reached.
    pub(crate) fn print_goals(&self) -> bool {
        if (self.row.size, self.row.codec) != GOAL_ROW {
            return true;
        }
        let mut is_good = true;
        for (side, most) in GOALS {
            let ratio = self.ratio(Side::Klamm, side);
            let is_reached = ratio.median <= most;
            let verdict = if is_reached { "ok" } else { "MISSED" };
            println!("{}: processor klamm/{side} {ratio} (max {most:.2}) {verdict}", self.row);
            is_good &= is_reached;
        }
        is_good
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, {} records: CPU-s per million [..], million/s [..], peak RSS MiB, records per \
             batch, batches per request",
            self.row, self.row.records
        )?;
        for side in Side::ALL {
            let Spread { least, median, most } = Spread::of(self.rounds(side, Taken::processor));
            let speed = Spread::of(self.rounds(side, |taken| taken.measured.speed));
            let middle = |figure: fn(&Taken) -> f64| Spread::of(self.rounds(side, figure)).median;
            let resident = middle(|taken| taken.measured.resident);
            let (per_batch, per_request) =
                (middle(Taken::records_per_batch), middle(Taken::batches_per_request));
            writeln!(
                f,
                "  {side:<17} {median:.3} [{least:.3} .. {most:.3}]  {speed}  {resident:.1}  \
                 {per_batch:.0}  {per_request:.1}"
            )?;
        }
        for (one, other) in [
            (Side::Klamm, Side::Floor),
            (Side::Deliveries, Side::Floor),
            (Side::Rdkafka, Side::Klamm),
            (Side::Rdkafka, Side::Deliveries),
        ] {
            writeln!(f, "  processor {one}/{other} {}", self.ratio(one, other))?;
        }
        Ok(())
    }
}
