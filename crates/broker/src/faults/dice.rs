//! Numbers drawn from a seed.

/// Draws numbers, the same ones from the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of the sequence that Steele, Lea and Flood call SplitMix.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether something of this many millionths happens.
    pub(crate) fn hits(&mut self, millionths: u32) -> bool {
        self.number() % 1_000_000 < u64::from(millionths)
    }

    /// So many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count.saturating_add(7));
        while bytes.len() < count {
            bytes.extend_from_slice(&self.number().to_be_bytes());
        }
        bytes.truncate(count);
        bytes
    }
}
