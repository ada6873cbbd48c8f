//! MurmurHash2 of keys with Kafka's seed, and librdkafka's `murmur2` and `murmur2_random`.

use super::keyless::Keyless;
use super::{Choice, Partitioner, Partitions, Question, choice};

/// librdkafka's `murmur2`: Java's hash, and records without a key go where empty keys go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Murmur2;

impl Partitioner for Murmur2 {
    fn name(&self) -> &'static str {
        "murmur2"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        by_key(question.key.unwrap_or_default(), question.partitions)
    }
}

/// librdkafka's `murmur2_random`: Java's hash for keys, also for empty ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct Murmur2Random {
    /// Where records without a key go.
    pub keyless: Keyless,
}

impl Partitioner for Murmur2Random {
    fn name(&self) -> &'static str {
        "murmur2_random"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        match question.key {
            None => self.keyless.choose(question),
            Some(key) => by_key(key, question.partitions),
        }
    }
}

/// Java's hash is signed and its sign is cut off, not turned: the absolute value would send every
/// second key elsewhere.
pub(super) fn by_key(key: &[u8], partitions: &dyn Partitions) -> Choice {
    choice(murmur2(key) & 0x7fff_ffff, partitions)
}

/// Austin Appleby's MurmurHash2 with the seed that Kafka took; words are little-endian.
pub(super) fn murmur2(key: &[u8]) -> u32 {
    // Java's lengths are 32 bits wide, and no record is larger.
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let (words, tail) = key.as_chunks::<4>();
    let mut hash = words.iter().fold(SEED ^ length, |hash, word| {
        let word = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        let word = (word ^ (word >> 24)).wrapping_mul(MULTIPLIER);
        hash.wrapping_mul(MULTIPLIER) ^ word
    });
    if !tail.is_empty() {
        let rest = tail.iter().rev().fold(0, |rest, byte| rest << 8 | u32::from(*byte));
        hash = (hash ^ rest).wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}

const SEED: u32 = 0x9747_b28c;
const MULTIPLIER: u32 = 0x5bd1_e995;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_of_tail_has_a_known_hash() {
        assert_eq!(murmur2(b""), 0x106e_08d9);
        assert_eq!(murmur2(b"4"), 0x5a4b_5ca1);
        assert_eq!(murmur2(b"34"), 0x8739_30da);
        assert_eq!(murmur2(b"234"), 0xe7c0_09ca);
        assert_eq!(murmur2(b"1234"), 0x9fc9_7b14);
        assert_eq!(murmur2(b"kafka"), 0xd067_cf64);
    }
}
