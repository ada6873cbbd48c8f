//! FNV-1a of keys as Sarama takes it, and librdkafka's `fnv1a` and `fnv1a_random`.

use super::keyless::Keyless;
use super::{Choice, Partitioner, Question, choice};

/// librdkafka's `fnv1a`: Sarama's hash, and records without a key go where empty keys go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fnv1a;

impl Partitioner for Fnv1a {
    fn name(&self) -> &'static str {
        "fnv1a"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        choice(fnv1a(question.key.unwrap_or_default()), question.partitions)
    }
}

/// librdkafka's `fnv1a_random`: Sarama's hash for keys, also for empty ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fnv1aRandom {
    /// Where records without a key go.
    pub keyless: Keyless,
}

impl Partitioner for Fnv1aRandom {
    fn name(&self) -> &'static str {
        "fnv1a_random"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        match question.key {
            None => self.keyless.choose(question),
            Some(key) => choice(fnv1a(key), question.partitions),
        }
    }
}

/// The absolute value of the 32-bit hash taken as a signed number, which is what Sarama's default
/// partitioner comes to. The least number has none that is signed, and keeps its bits.
pub(super) fn fnv1a(key: &[u8]) -> u32 {
    let hash = key.iter().fold(BASIS, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME));
    hash.cast_signed().unsigned_abs()
}

const BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_with_its_sign_set_is_negated() {
        // FNV-1a itself gives 0xe40c292c for "a" and 0xbf9cf968 for "foobar".
        assert_eq!(fnv1a(b"a"), 0x1bf3_d6d4);
        assert_eq!(fnv1a(b"foobar"), 0x4063_0698);
        assert_eq!(fnv1a(b""), 0x7ee3_623b);
    }

    #[test]
    fn a_hash_without_its_sign_set_is_kept() {
        assert_eq!(fnv1a(b"kafka"), 0x0d33_c4e1);
    }
}
