//! The names that a coordinator gives to members.

use std::fmt::Write as _;

/// Makes member ids: the client's name and sixteen bytes that no two members share.
#[derive(Debug)]
pub(super) struct MemberIds(u64);

impl MemberIds {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next id, in the form that Kafka gives it: a name, a hyphen, a random UUID.
    pub(super) fn next(&mut self, name: &str) -> String {
        let (high, low) = (self.word(), self.word());
        let (high, low) = (high & !0xf000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62);
        let mut id = String::with_capacity(name.len() + 37);
        id.push_str(name);
        // Writing to a string cannot fail.
        let _ = write!(id, "-{:08x}-{:04x}-{:04x}", high >> 32, high >> 16 & 0xffff, high & 0xffff);
        let _ = write!(id, "-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff);
        id
    }

    /// One step of SplitMix64, whose outputs do not repeat within 2^64 steps.
    const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
