//! Values to send: text like JSON that is drawn from a seed, or the lines of a file.

use std::fs;

use super::options::Likeness;
use crate::arguments::Complaint;

/// Words of which values are made: real texts repeat a few words and differ in numbers.
const WORDS: [&str; 16] = [
    "order", "payment", "shipped", "pending", "created", "basket", "customer", "region", "north",
    "south", "express", "standard", "invoice", "refund", "gift", "voucher",
];

/// The values, at least one.
///
/// # Errors
/// When the file cannot be read, or has no line.
pub(super) fn values(likeness: &Likeness) -> Result<Vec<Vec<u8>>, Complaint> {
    let Some(file) = &likeness.file else {
        let mut draw = Draw(likeness.seed);
        return Ok((0..likeness.pool.max(1)).map(|_| value(&mut draw, likeness.size)).collect());
    };
    let bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines: Vec<Vec<u8>> = lines.map(<[u8]>::to_vec).collect();
    if lines.is_empty() { Err(format!("{file}: there is no line in it")) } else { Ok(lines) }
}

/// Exactly so many bytes; short ones are cut, and no JSON any more.
fn value(draw: &mut Draw, size: usize) -> Vec<u8> {
    let id = draw.next() % 1_000_000_000;
    let mut text = format!("{{\"id\":{id}");
    while text.len() < size {
        let (name, value, number) = (draw.word(), draw.word(), draw.next() % 100_000);
        text.push_str(&format!(",\"{name}\":\"{value}\",\"n\":{number}"));
    }
    let mut bytes = text.into_bytes();
    bytes.truncate(size.saturating_sub(1));
    if size > 0 {
        bytes.push(b'}');
    }
    bytes
}

/// Numbers that are drawn from a seed (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn word(&mut self) -> &'static str {
        let place = usize::try_from(self.next() % 16).unwrap_or(0);
        WORDS.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(size: usize, pool: usize) -> Likeness {
        Likeness { size, file: None, pool, seed: 1 }
    }

    #[test]
    fn values_have_exactly_the_length_that_was_asked_for() {
        for size in [0, 1, 2, 10, 100, 1024] {
            let values = values(&likeness(size, 5)).unwrap();
            assert_eq!(values.len(), 5);
            assert!(values.iter().all(|value| value.len() == size), "{size}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_values_which_differ_from_each_other() {
        let once = values(&likeness(100, 1000)).unwrap();
        assert_eq!(once, values(&likeness(100, 1000)).unwrap());
        let mut different = once.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), once.len());
    }
}
