//! What a record will take after compression, guessed from what batches before it took.
//!
//! A batch is full when what it will take on the wire reaches `batch_size`, as with Java's
//! producer: the better records compress, the more of them share a batch. The guess grows by a
//! twentieth at once where batches compress worse than it says, and shrinks by a two-hundredth
//! where they compress better, so that one odd batch does not make all others too large.

use klamm_records::Codec;

use crate::sync::{AtomicU32, Ordering};

/// The whole: a batch that takes as much as its records.
const WHOLE: u32 = 1 << 16;
/// How fast the guess becomes worse, at least.
const WORSE: u32 = WHOLE / 20;
/// How fast it becomes better, at most.
const BETTER: u32 = WHOLE / 200;

/// How well the records of a topic compress, as far as anybody has seen.
#[derive(Debug)]
pub struct Ratio {
    codec: Codec,
    /// What is left of the whole.
    left: AtomicU32,
}

impl Ratio {
    /// Nothing seen yet.
    pub fn new(codec: Codec) -> Self {
        Self { codec, left: AtomicU32::new(WHOLE) }
    }

    /// How many bytes `raw` will probably take: a twentieth more than the guess, so that most
    /// batches stay below their limit.
    pub fn estimate(&self, raw: usize) -> usize {
        scaled(raw, self.margin(), WHOLE)
    }

    /// How many bytes before compression will probably take `encoded`; at least that.
    pub fn raw_for(&self, encoded: usize) -> usize {
        scaled(encoded, WHOLE, self.margin())
    }

    /// A batch of `raw` bytes took `encoded`.
    pub fn observe(&self, raw: usize, encoded: usize) {
        if self.codec == Codec::None || raw == 0 {
            return;
        }
        let seen = scaled(WHOLE as usize, saturating(encoded), saturating(raw).max(1));
        let seen = saturating(seen).clamp(1, WHOLE);
        let left = self.left.load(Ordering::Relaxed);
        let next = if seen > left {
            left.saturating_add(WORSE).max(seen).min(WHOLE)
        } else {
            left.saturating_sub(BETTER).max(seen)
        };
        // A guess that another batch corrected meanwhile is as good.
        self.left.store(next, Ordering::Relaxed);
    }

    /// The guess and a twentieth; never more than the whole.
    fn margin(&self) -> u32 {
        if self.codec == Codec::None {
            return WHOLE;
        }
        let left = self.left.load(Ordering::Relaxed);
        left.saturating_add(left / 20).clamp(1, WHOLE)
    }
}

fn saturating(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// `bytes` × `by` / `of`.
fn scaled(bytes: usize, by: u32, of: u32) -> usize {
    let product = (bytes as u128).saturating_mul(u128::from(by));
    usize::try_from(product.checked_div(u128::from(of)).unwrap_or(0)).unwrap_or(usize::MAX)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn without_a_codec_nothing_is_guessed() {
        let ratio = Ratio::new(Codec::None);
        ratio.observe(1_000, 10);
        assert_eq!((ratio.estimate(500), ratio.raw_for(500)), (500, 500));
    }

    #[test]
    fn good_batches_make_the_guess_better_step_by_step() {
        let ratio = Ratio::new(Codec::Lz4);
        ratio.observe(16_000, 1_600);
        assert_eq!(ratio.raw_for(16_384), 16_384);
        for _ in 0..1_000 {
            ratio.observe(16_000, 1_600);
        }
        let raw = ratio.raw_for(16_384);
        assert!((155_000..157_000).contains(&raw), "{raw}");
    }

    #[test]
    fn one_bad_batch_makes_the_guess_worse_at_once() {
        let ratio = Ratio::new(Codec::Lz4);
        for _ in 0..1_000 {
            ratio.observe(16_000, 1_600);
        }
        ratio.observe(16_000, 12_000);
        assert!(ratio.raw_for(16_384) < 21_000);
        ratio.observe(16_000, 40_000);
        assert_eq!(ratio.estimate(100), 100);
    }
}
