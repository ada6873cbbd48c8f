//! How often each byte occurs.

use super::LITERALS;

/// The counts of all bytes.
#[derive(Debug)]
pub(in super::super) struct Histogram {
    counts: [u32; LITERALS],
}

impl Histogram {
    /// Counts into four tables in turn: a byte often follows itself, and its next count would wait
    /// for the last one.
    pub(in super::super) fn of(bytes: &[u8]) -> Self {
        let mut tables = [[0; LITERALS]; 4];
        let [a, b, c, d] = &mut tables;
        let (words, rest) = bytes.as_chunks::<8>();
        for [e, f, g, h, i, j, k, l] in words {
            count(a, *e);
            count(b, *f);
            count(c, *g);
            count(d, *h);
            count(a, *i);
            count(b, *j);
            count(c, *k);
            count(d, *l);
        }
        for byte in rest {
            count(a, *byte);
        }
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            *a += *b + *c + *d;
        }
        Self { counts: *a }
    }

    /// The count of the most frequent byte.
    pub(in super::super) fn most(&self) -> u32 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    pub(super) const fn as_array(&self) -> &[u32; LITERALS] {
        &self.counts
    }
}

#[inline]
fn count(table: &mut [u32; LITERALS], byte: u8) {
    if let Some(count) = table.get_mut(usize::from(byte)) {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_counted_once() {
        for len in [0, 1, 7, 8, 9, 1_000] {
            let bytes: Vec<u8> = (0..len).map(|n: u32| n.to_le_bytes()[0] % 5 * 60).collect();
            let histogram = Histogram::of(&bytes);
            assert_eq!(histogram.counts.iter().sum::<u32>(), len);
            let sixties = bytes.iter().filter(|byte| **byte == 60).count();
            assert_eq!(histogram.counts[60] as usize, sixties);
            assert_eq!(Some(&histogram.most()), histogram.counts.iter().max());
        }
    }
}
