//! How the lengths of codes are written in front of the streams.

use super::super::bits::BitWriter;
use super::super::fse::{self, Counts, Distribution, Table};
use super::LITERALS;

/// One byte, 127 more, and what the writer may touch.
const ROOM: usize = 256;
/// The most weights that are written plainly, and the most bytes that are read otherwise.
const MOST: usize = 128;
/// The largest table for weights: 2⁶ states.
const MOST_LOG: u32 = 6;

/// The weights of all bytes but the last one that occurs, in the shorter of two ways.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Description {
    bytes: [u8; ROOM],
    len: usize,
}

impl Description {
    /// Of no codes.
    pub(in super::super) const NONE: Self = Self { bytes: [0; ROOM], len: 0 };

    pub(in super::super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Describes codes of these lengths, unless neither way can.
pub(super) fn describe(lengths: &[u8; LITERALS]) -> Option<Description> {
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let weights = lengths.map(|length| if length == 0 { 0 } else { longest + 1 - length });
    // The last weight is what the tree lacks.
    let last = weights.iter().rposition(|weight| *weight > 0)?;
    let weights = weights.get(..last)?;
    let coded = coded(weights);
    let is_plain = weights.len() <= MOST;
    match coded {
        Some(coded) if !is_plain || coded.len <= weights.len().div_ceil(2) => Some(coded),
        _ if is_plain => Some(plain(weights)),
        _ => None,
    }
}

/// Four bits each, the first of two in the higher ones.
fn plain(weights: &[u8]) -> Description {
    let mut bytes = [0; ROOM];
    let (pairs, last) = weights.as_chunks::<2>();
    let halves = pairs.iter().copied().chain(last.first().map(|weight| [*weight, 0]));
    let (head, body) = bytes.split_at_mut(1);
    head.fill(u8::try_from(weights.len() + 127).unwrap_or(u8::MAX));
    for (byte, [high, low]) in body.iter_mut().zip(halves) {
        *byte = high << 4 | low;
    }
    Description { bytes, len: 1 + weights.len().div_ceil(2) }
}

/// By two states that take turns, if that can be told apart from plain weights.
fn coded(weights: &[u8]) -> Option<Description> {
    let mut counts = Counts::new();
    weights.iter().for_each(|weight| counts.add(*weight));
    // With a single weight no state would take bits, and nothing would end the stream.
    if weights.len() < 2 || counts.only().is_some() {
        return None;
    }
    let distribution = Distribution::of(&counts, MOST_LOG);
    let table = Table::new(&distribution);
    let description = fse::Description::of(&distribution);
    let description = description.as_bytes();
    let mut bytes = [0; ROOM];
    bytes.get_mut(1..)?.get_mut(..description.len())?.copy_from_slice(description);
    let mut bits = BitWriter::new(&mut bytes, 1 + description.len());
    write(weights, &table, &mut bits);
    let len = bits.finish_with_mark()?;
    let taken = u8::try_from(len - 1).ok().filter(|taken| usize::from(*taken) < MOST)?;
    bytes.split_first_mut()?.0.clone_from(&taken);
    Some(Description { bytes, len })
}

/// Writes the weights from the last to the first. Reading ends when there are no bits for the next
/// state, so the last two take none.
fn write(weights: &[u8], table: &Table, bits: &mut BitWriter<'_>) {
    let mut states = [None, None];
    for (place, weight) in weights.iter().enumerate().rev() {
        let [even, odd] = &mut states;
        match if place % 2 == 0 { even } else { odd } {
            Some(state) => table.write(*weight, state, bits),
            none => *none = Some(table.start(*weight)),
        }
        bits.flush();
    }
    let [even, odd] = states;
    for state in [odd, even].into_iter().flatten() {
        table.end(state, bits);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Histogram, lengths};
    use super::*;
    use crate::compression::unzstd::parts;

    /// The description for as many of each byte as a rule says, which was read back.
    fn described(count: impl Fn(u32) -> u32) -> Description {
        let all = (0..256_u32).flat_map(|byte| {
            std::iter::repeat_n(byte.to_le_bytes()[0], usize::try_from(count(byte)).unwrap())
        });
        let lengths = lengths::lengths(&Histogram::of(&all.collect::<Vec<u8>>()));
        let description = describe(&lengths).unwrap();
        let read = parts::lengths(description.as_bytes());
        assert_eq!(read, (lengths, description.as_bytes().len()));
        description
    }

    #[test]
    fn the_decoder_reads_descriptions_of_both_kinds() {
        // Two bytes take less as they are, hundreds of them in codes.
        assert_eq!(described(|byte| u32::from(byte < 2)).as_bytes(), [128, 0x10]);
        assert!(described(|byte| 1 + byte % 7).as_bytes()[0] < 128);
        for bytes in 2..=255 {
            described(|byte| if byte < bytes { 1 + byte * byte % 50 } else { 0 });
            described(|byte| if byte == bytes || byte < 2 { 4 } else { u32::from(byte == 77) });
        }
    }

    #[test]
    fn the_decoder_reads_the_deepest_tree() {
        let fibonacci = |n| (0..n).fold((1, 1), |(a, b), _| (b, a + b)).0;
        for bytes in 2..25 {
            described(|byte| if byte < bytes { fibonacci(byte) } else { 0 });
            described(|byte| if byte > 255 - bytes { fibonacci(255 - byte) } else { 0 });
        }
    }

    #[test]
    fn equal_codes_for_all_bytes_have_no_description() {
        assert!(describe(&[8; LITERALS]).is_none());
    }
}
