//! Literals as codes, in one stream or in four.

use super::super::bits::BitWriter;
use super::Codes;

/// So many codes are added between two flushes: 5 · 11 ≤ 56.
const PER_FLUSH: usize = 5;

impl Codes {
    /// Writes one stream from `place` on: the place behind it, or `None` for lack of room.
    pub(in super::super) fn write_one(
        &self,
        literals: &[u8],
        output: &mut [u8],
        place: usize,
    ) -> Option<usize> {
        let mut bits = BitWriter::new(output, place);
        // Streams are read from their end.
        let (rest, chunks) = literals.as_rchunks::<PER_FLUSH>();
        for [a, b, c, d, e] in chunks.iter().rev() {
            self.add(*e, &mut bits);
            self.add(*d, &mut bits);
            self.add(*c, &mut bits);
            self.add(*b, &mut bits);
            self.add(*a, &mut bits);
            bits.flush();
        }
        for literal in rest.iter().rev() {
            self.add(*literal, &mut bits);
        }
        bits.finish_with_mark()
    }

    /// Writes four streams with a quarter of the literals each behind the lengths of three.
    pub(in super::super) fn write_four(
        &self,
        literals: &[u8],
        output: &mut [u8],
        place: usize,
    ) -> Option<usize> {
        let mut end = place + 6;
        let quarters = literals.chunks(literals.len().div_ceil(4).max(1));
        for (index, quarter) in quarters.enumerate() {
            let start = end;
            end = self.write_one(quarter, output, start)?;
            if index < 3 {
                let len = u16::try_from(end - start).ok()?;
                let slot = output.get_mut(place + 2 * index..)?.first_chunk_mut()?;
                *slot = len.to_le_bytes();
            }
        }
        Some(end)
    }

    #[inline]
    fn add(&self, literal: u8, bits: &mut BitWriter<'_>) {
        bits.add_packed(self.code(literal));
    }
}
