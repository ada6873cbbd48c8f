//! How a distribution is written in front of what it codes.

use super::super::bits::BitWriter;
use super::Distribution;

/// 53 symbols of at most ten bits each, four bits before them, and what the writer may touch.
const ROOM: usize = 80;

/// A distribution in bytes.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Description {
    bytes: [u8; ROOM],
    len: usize,
}

impl Description {
    pub(in super::super) fn of(distribution: &Distribution) -> Self {
        let mut bytes = [0; ROOM];
        let mut bits = BitWriter::new(&mut bytes, 0);
        bits.add(u64::from(distribution.log.saturating_sub(5)), 4);
        write_points(distribution, &mut bits);
        let len = bits.finish().unwrap_or(0);
        Self { bytes, len }
    }

    pub(in super::super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

fn write_points(distribution: &Distribution, bits: &mut BitWriter<'_>) {
    let mut left = 1_u32 << distribution.log;
    let mut points = distribution.points.iter();
    while left > 0 {
        let Some(next) = points.next() else { return };
        write_one(*next, left, bits);
        left = left.saturating_sub(u32::from(next.unsigned_abs()));
        if *next == 0 {
            let zeros = points.as_slice().iter().take_while(|next| **next == 0).count();
            write_zeros(zeros, bits);
            points = points.as_slice().get(zeros..).unwrap_or_default().iter();
        }
        bits.flush();
    }
}

/// One symbol's points, in as few bits as tell apart what can still come: of the numbers that are
/// not needed to fill the width, as many of the lowest do with one bit less.
fn write_one(points: i16, left: u32, bits: &mut BitWriter<'_>) {
    // One value stands for "less than one", so there is one more than `left` and zero.
    let values = left + 1;
    let width = values.ilog2() + 1;
    let half = 1 << (width - 1);
    let short = (1 << width) - 1 - values;
    let value = u32::from((points + 1).unsigned_abs());
    match value {
        value if value < short => bits.add(u64::from(value), width - 1),
        value if value < half => bits.add(u64::from(value), width),
        value => bits.add(u64::from(value + short), width),
    }
}

/// How many more symbols have no points, by threes.
fn write_zeros(zeros: usize, bits: &mut BitWriter<'_>) {
    for _ in 0..zeros / 3 {
        bits.add(3, 2);
        bits.flush();
    }
    bits.add((zeros % 3) as u64, 2);
}

#[cfg(test)]
mod tests {
    use super::super::Counts;
    use super::*;
    use crate::compression::unzstd::parts;

    fn check(distribution: &Distribution) {
        let description = Description::of(distribution);
        let (points, log, len) = parts::points(description.as_bytes());
        assert_eq!((log, len), (distribution.log, description.as_bytes().len()));
        assert_eq!(points, distribution.points[..points.len()]);
    }

    #[test]
    fn the_decoder_reads_every_description() {
        let mut number = 1_u32;
        for symbols in 2..=53_u8 {
            for times in [1, 3, 50, 4_000] {
                let mut counts = Counts::new();
                (0..symbols).for_each(|symbol| counts.add(symbol));
                for _ in 0..times {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let skewed = ((number >> 24) * (number >> 16 & 0xff)) >> 8;
                    counts.add((skewed % u32::from(symbols)).to_le_bytes()[0]);
                }
                check(&Distribution::of(&counts, 9));
            }
        }
    }

    #[test]
    fn runs_of_missing_symbols_are_read() {
        for gap in 1..50 {
            let mut counts = Counts::new();
            [0, gap, gap + 2].into_iter().for_each(|symbol| counts.add(symbol));
            check(&Distribution::of(&counts, 9));
        }
        check(&Distribution::known(5, &[-1, 30, 0, -1]));
    }
}
