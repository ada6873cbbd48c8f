//! Rounds in which the sides take turns, and what they say.

use std::hint::black_box;
use std::time::{Duration, Instant};

use klamm_peers_bench::Spread;
use klamm_records::Codec;

use crate::contest::{Contest, proven};
use crate::side::Side;

const ROUNDS: usize = 15;
/// The least time of one sample.
const SAMPLE: Duration = Duration::from_millis(4);

/// The first two lines of the table.
pub(crate) const HEAD: &str = "| codec | records | input | size ours/C | compress ours/C | \
    decompress ours/C | ours: ratio | compress MB/s | decompress MB/s | C: ratio | compress MB/s | \
    decompress MB/s |\n|---|---|---|---|---|---|---|---|---|---|---|---|";

/// Speeds, round by round, as a multiple of the other's.
fn ratio(one: &[f64], other: &[f64]) -> Spread {
    Spread::of(one.iter().zip(other).map(|(one, other)| one / other))
}

/// What one side did.
#[derive(Default)]
struct Measured {
    stream: Vec<u8>,
    /// Megabytes of input in a second, by round.
    compress: Vec<f64>,
    /// Megabytes of output in a second, by round.
    decompress: Vec<f64>,
}

impl Measured {
    fn sample(&mut self, side: &mut dyn Side, input: &[u8]) {
        let mut output = vec![0; input.len() * 2 + 1_024];
        self.compress.push(speed(input.len(), || side.compress(black_box(input), &mut output)));
        let stream = &self.stream;
        self.decompress
            .push(speed(input.len(), || side.decompress(black_box(stream), input.len())));
    }

    fn figures(&self, input: usize) -> String {
        let median = |values: &[f64]| Spread::of(values.iter().copied()).median;
        let ratio = input as f64 / self.stream.len() as f64;
        let (compress, decompress) = (median(&self.compress), median(&self.decompress));
        format!("{ratio:.2} | {compress:.0} | {decompress:.0}")
    }
}

fn speed(bytes: usize, mut operation: impl FnMut() -> usize) -> f64 {
    let start = Instant::now();
    let mut times = 0.0;
    while start.elapsed() < SAMPLE {
        black_box(operation());
        times += 1.0;
    }
    times * bytes as f64 / start.elapsed().as_secs_f64() / 1e6
}

/// A contest that has taken place.
pub(crate) struct Outcome {
    pub(crate) title: String,
    pub(crate) codec: Codec,
    pub(crate) level: Option<i32>,
    /// Our length as a multiple of theirs.
    pub(crate) size: f64,
    /// Our speed as a multiple of theirs.
    pub(crate) compress: Spread,
    decompress: Spread,
    figures: String,
}

impl Outcome {
    pub(crate) fn of(mut contest: Contest) -> Self {
        let (title, codec, level) = (contest.title(), contest.codec, contest.level);
        let input = contest.input;
        let mut ours =
            Measured { stream: proven(&mut contest.ours, &input), ..Measured::default() };
        let mut theirs =
            Measured { stream: proven(&mut contest.theirs, &input), ..Measured::default() };
        contest.ours.keep_nothing();
        for round in 0..ROUNDS {
            if round % 2 == 0 {
                ours.sample(&mut contest.ours, &input);
                theirs.sample(&mut contest.theirs, &input);
            } else {
                theirs.sample(&mut contest.theirs, &input);
                ours.sample(&mut contest.ours, &input);
            }
        }
        let (mine, other) = (ours.figures(input.len()), theirs.figures(input.len()));
        Self {
            title,
            codec,
            level,
            size: ours.stream.len() as f64 / theirs.stream.len() as f64,
            compress: ratio(&ours.compress, &theirs.compress),
            decompress: ratio(&ours.decompress, &theirs.decompress),
            figures: format!("{mine} | {other}"),
        }
    }

    /// A row of the table.
    pub(crate) fn row(&self) -> String {
        let Self { title, size, compress, decompress, figures, .. } = self;
        format!("| {title} | {size:.3} | {compress} | {decompress} | {figures} |")
    }
}
