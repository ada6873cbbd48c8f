//! Bits, read forwards as tables are written, or backwards as symbols are.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;

/// Bits from the first byte on, the lowest bit of each byte first.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForwardBits<'a> {
    bytes: &'a [u8],
    /// How many bits were read.
    position: usize,
}

impl<'a> ForwardBits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bits, at most 16, without taking them. Zeros follow the end.
    pub(super) fn peek(&self, count: u32) -> u32 {
        let byte = |index: usize| {
            let place = self.position.div_euclid(8).saturating_add(index);
            u32::from(self.bytes.get(place).copied().unwrap_or(0)) << index.saturating_mul(8)
        };
        let word = byte(0) | byte(1) | byte(2);
        let skipped = self.position & 7;
        (word >> skipped) & !(u32::MAX << count.min(16))
    }

    /// Takes `count` bits.
    pub(super) fn skip(&mut self, count: u32) {
        self.position = self.position.saturating_add(count as usize);
    }

    /// The next `count` bits.
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// What follows the last byte of which a bit was taken.
    pub(super) fn rest(self) -> Result<&'a [u8], Fault> {
        self.bytes.get(self.position.div_ceil(8)..).ok_or(Fault::Truncated)
    }
}

/// Bits from the last byte on, downwards, behind a mark: the highest bit that is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReverseBits<'a> {
    /// What is not in the container yet.
    bytes: &'a [u8],
    /// The next bits, from the highest one down. Below the available ones may stand the first of
    /// those that follow, never anything else.
    container: u64,
    /// How many bits of the container count; below zero, more were taken than there are.
    available: i32,
}

impl<'a> ReverseBits<'a> {
    /// # Errors
    /// When there is no mark.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        let Some((last, rest)) = bytes.split_last() else { return Err(Fault::Truncated) };
        if *last == 0 {
            return Err(Fault::Malformed("a bit stream without an end mark"));
        }
        let above = last.leading_zeros().saturating_add(1);
        let container = u64::from(*last).checked_shl(above.saturating_add(56)).unwrap_or(0);
        let available = 8_i32.saturating_sub_unsigned(above);
        let mut bits = Self { bytes: rest, container, available };
        bits.refill();
        Ok(bits)
    }

    /// Fills the container up to 56 bits at least, as far as there are any.
    #[inline]
    pub(super) fn refill(&mut self) {
        let Ok(available) = u32::try_from(self.available) else { return };
        let Some((rest, word)) = self.bytes.split_last_chunk::<8>() else {
            return self.refill_by_bytes();
        };
        if available > 56 {
            return;
        }
        self.container |= u64::from_le_bytes(*word) >> available;
        let taken = 64_u32.saturating_sub(available) >> 3;
        self.available = self.available.saturating_add_unsigned(taken << 3);
        let left = self.bytes.len().saturating_sub(taken as usize);
        self.bytes = self.bytes.get(..left).unwrap_or(rest);
    }

    #[cold]
    fn refill_by_bytes(&mut self) {
        while let (0..=56, Some((last, rest))) = (self.available, self.bytes.split_last()) {
            let place = 56_i32.saturating_sub(self.available).cast_unsigned();
            self.container |= u64::from(*last).checked_shl(place).unwrap_or(0);
            self.available = self.available.saturating_add(8);
            self.bytes = rest;
        }
    }

    /// The container, whose highest bits are the next ones; zeros follow the end.
    #[inline]
    pub(super) const fn container(&self) -> u64 {
        self.container
    }

    /// Takes `count` bits, at most 56 between two refills.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) {
        self.container = self.container.wrapping_shl(count);
        self.available = self.available.saturating_sub_unsigned(count);
    }

    /// The next `count` bits, at most 32.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        // In two steps, as a shift by all 64 bits is none.
        let bits = (self.container >> 1).wrapping_shr(63_u32.wrapping_sub(count));
        self.skip(count);
        // At most 32 of them are left.
        (bits & 0xffff_ffff) as u32
    }

    /// Whether more bits were taken than there are.
    #[inline]
    pub(super) const fn is_overrun(&self) -> bool {
        self.available < 0
    }

    /// Whether every bit was taken, and no more.
    pub(super) const fn is_at_end(&self) -> bool {
        self.available == 0 && self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_bits_come_lowest_first() {
        let mut bits = ForwardBits::new(&[0b1010_0110, 0b0000_0011, 9]);
        assert_eq!((bits.take(3), bits.take(5), bits.take(1)), (0b110, 0b10100, 1));
        assert_eq!(bits.rest().unwrap(), [9]);
        bits.skip(24);
        assert_eq!(bits.rest(), Err(Fault::Truncated));
    }

    #[test]
    fn reverse_bits_come_highest_first_behind_the_mark() {
        let mut bits = ReverseBits::new(&[0xab, 0b0001_0110]).unwrap();
        assert_eq!((bits.take(4), bits.take(8)), (0b0110, 0xab));
        assert!(bits.is_at_end() && !bits.is_overrun());
        assert_eq!(bits.take(1), 0);
        assert!(bits.is_overrun());
    }

    #[test]
    fn long_streams_are_read_to_their_first_bit() {
        let bytes: Vec<u8> = (1..=200).collect();
        let mut bits = ReverseBits::new(&bytes).unwrap();
        assert_eq!(bits.take(7), 200 & 0x7f);
        for expected in (1..200).rev() {
            bits.refill();
            assert_eq!(bits.take(8), expected);
        }
        assert!(bits.is_at_end());
    }

    #[test]
    fn a_stream_without_a_mark_is_refused() {
        assert!(matches!(ReverseBits::new(&[1, 0]), Err(Fault::Malformed(_))));
        assert!(matches!(ReverseBits::new(&[]), Err(Fault::Truncated)));
    }
}
