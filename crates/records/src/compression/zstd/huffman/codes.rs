//! The code of each byte, and what coding some literals would take.

use super::description::{Description, describe};
use super::{Histogram, LITERALS, MAX_BITS, lengths};

/// The codes of all bytes that have one.
#[derive(Debug, Clone)]
pub(in super::super) struct Codes {
    /// A code stands above a byte with its length; 0 for none.
    codes: [u32; LITERALS],
}

impl Codes {
    pub(in super::super) const fn new() -> Self {
        Self { codes: [0; LITERALS] }
    }

    /// Becomes the codes for bytes that occur so often: their description, unless there is none.
    /// Two bytes at least occur.
    pub(in super::super) fn build(&mut self, histogram: &Histogram) -> Option<Description> {
        let lengths = lengths::lengths(histogram);
        let mut next = starts(&lengths);
        for (code, length) in self.codes.iter_mut().zip(lengths) {
            let Some(next) = next.get_mut(usize::from(length & 15)) else { continue };
            *code = if length == 0 { 0 } else { *next << 8 | u32::from(length) };
            *next += 1;
        }
        describe(&lengths)
    }

    /// How many bits the counted bytes take, if all of them have codes.
    pub(in super::super) fn bits_for(&self, histogram: &Histogram) -> Option<u32> {
        let (mut bits, mut missing) = (0, 0);
        for (code, count) in self.codes.iter().zip(histogram.as_array()) {
            bits += (code & 15) * count;
            missing |= if *code == 0 { *count } else { 0 };
        }
        (missing == 0).then_some(bits)
    }

    /// A byte's code, above a byte with its length.
    #[inline]
    pub(super) fn code(&self, byte: u8) -> u32 {
        self.codes.get(usize::from(byte)).copied().unwrap_or(0)
    }
}

/// The first code of each length: the longest ones come first, each length goes on where the one
/// before ends.
fn starts(lengths: &[u8; LITERALS]) -> [u32; 16] {
    let mut counts = [0_u32; 16];
    for length in lengths {
        if let Some(count) = counts.get_mut(usize::from(length & 15)) {
            *count += 1;
        }
    }
    let mut starts = [0; 16];
    let mut start = 0;
    let slots = starts.iter_mut().zip(counts).take(usize::from(MAX_BITS) + 1).skip(1);
    for (slot, count) in slots.rev() {
        *slot = start;
        start = (start + count) >> 1;
    }
    starts
}
