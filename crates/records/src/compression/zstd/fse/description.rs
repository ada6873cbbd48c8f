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
