//! Bits, written from the lowest one of the first byte on.

/// A writer of bits to the front of a slice.
///
/// What does not fit is counted and dropped, so that nothing has to be asked before the end.
pub(super) struct BitWriter<'a> {
    output: &'a mut [u8],
    /// Where the container is stored next.
    place: usize,
    /// The bits that are not stored for good, from the lowest one up; zeros above them.
    container: u64,
    /// How many bits the container has, in the lowest byte: fewer than eight behind a flush.
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// A writer to `output` from `place` on. It may also change up to eight bytes behind the last
    /// one that it writes.
    pub(super) const fn new(output: &'a mut [u8], place: usize) -> Self {
        Self { output, place, container: 0, count: 0 }
    }

    /// Adds `count` bits, above which `bits` has none; at most 56 between two flushes.
    #[inline]
    pub(super) const fn add(&mut self, bits: u64, count: u32) {
        self.container |= bits.wrapping_shl(self.count);
        self.count = self.count.wrapping_add(count);
    }

    /// Adds bits that stand above a byte with their count. What stands above that byte is carried
    /// along with the count until the next flush: shifts look at six bits only.
    #[inline]
    pub(super) fn add_packed(&mut self, packed: u32) {
        self.container |= u64::from(packed >> 8).wrapping_shl(self.count);
        self.count = self.count.wrapping_add(packed);
    }

    /// Stores all whole bytes.
    #[inline]
    pub(super) fn flush(&mut self) {
        let room = self.output.get_mut(self.place..).and_then(<[u8]>::first_chunk_mut);
        if let Some(room) = room {
            *room = self.container.to_le_bytes();
        }
        self.place = self.place.wrapping_add((self.count >> 3 & 7) as usize);
        self.container = self.container.wrapping_shr(self.count & 56);
        self.count &= 7;
    }

    /// Stores the rest, filled up with zeros: the place behind it, or `None` for lack of room.
    pub(super) fn finish(mut self) -> Option<usize> {
        self.flush();
        let room = self.output.len().checked_sub(self.place)?;
        let last = usize::from(self.count > 0);
        // The last store had room for eight bytes, or stored nothing.
        (room >= 8).then_some(self.place + last)
    }

    /// Adds the mark that readers from the end look for, and stores the rest.
    pub(super) fn finish_with_mark(mut self) -> Option<usize> {
        self.add(1, 1);
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fill_bytes_from_below() {
        let mut output = [0xff; 32];
        let mut bits = BitWriter::new(&mut output, 1);
        bits.add(0b101, 3);
        bits.add(0b11_0000_0001, 10);
        bits.flush();
        bits.add((1 << 56) - 1, 56);
        assert_eq!(bits.finish_with_mark(), Some(10));
        let expected = [0xff, 0b0000_1101, 0b1111_1000, 255, 255, 255, 255, 255, 255, 0b0011_1111];
        assert_eq!(output[..10], expected);
    }

    #[test]
    fn what_does_not_fit_is_told_at_the_end() {
        let mut output = [0; 20];
        for (bytes, place) in [(12, Some(12)), (13, None), (40, None)] {
            let mut bits = BitWriter::new(&mut output, 0);
            for byte in 0..bytes {
                bits.add(byte, 8);
                bits.flush();
            }
            assert_eq!(bits.finish(), place, "{bytes}");
        }
    }
}
