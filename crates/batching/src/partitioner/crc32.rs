//! CRC-32 of keys, as zlib computes it, and librdkafka's `consistent` and `consistent_random`.

use super::keyless::Keyless;
use super::{Choice, Partitioner, Question, choice};

/// librdkafka's `consistent`: CRC-32, and records without a key go where empty keys go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Consistent;

impl Partitioner for Consistent {
    fn name(&self) -> &'static str {
        "consistent"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        choice(crc32(question.key.unwrap_or_default()), question.partitions)
    }
}

/// librdkafka's `consistent_random`, its default: CRC-32, and an empty key counts as none.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConsistentRandom {
    /// Where records without a key go.
    pub keyless: Keyless,
}

impl Partitioner for ConsistentRandom {
    fn name(&self) -> &'static str {
        "consistent_random"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        match question.key {
            None | Some([]) => self.keyless.choose(question),
            Some(key) => choice(crc32(key), question.partitions),
        }
    }
}

/// The checksum of gzip and Ethernet (polynomial 0x04c11db7, reflected).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        // There is an entry for each byte.
        TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default() ^ (crc >> 8)
    })
}

/// What each byte does to a checksum.
const TABLE: [u32; 256] = table();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "only the compiler runs it"
)]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let (mut entry, mut bit) = (byte, 0);
        while bit < 8 {
            entry = if entry & 1 == 1 { (entry >> 1) ^ 0xedb8_8320 } else { entry >> 1 };
            bit += 1;
        }
        table[byte as usize] = entry;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_catalogues_is_met() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
