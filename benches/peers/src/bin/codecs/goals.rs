//! What klamm has promised of zstd, and whether it holds.

use klamm_records::Codec;

use crate::outcome::Outcome;

/// The levels that the goals speak about.
const LEVELS: &[i32] = &[1, 3];
/// The most that a stream may be longer than that of the C library, as a multiple.
const MOST_SIZE: f64 = 1.10;
/// The least speed of compression, as a multiple of the C library's.
const LEAST_SPEED: f64 = 0.6;

/// The goals that an outcome misses.
pub(crate) fn missed(outcome: &Outcome) -> Vec<String> {
    let concerns =
        outcome.codec == Codec::Zstd && outcome.level.is_some_and(|level| LEVELS.contains(&level));
    let mut missed = Vec::new();
    if concerns && outcome.size > MOST_SIZE {
        missed.push(format!("{}: size {:.3} (max {MOST_SIZE})", outcome.title, outcome.size));
    }
    if concerns && outcome.compress.median < LEAST_SPEED {
        let compress = outcome.compress;
        missed.push(format!("{}: speed {compress} (min {LEAST_SPEED})", outcome.title));
    }
    missed
}
