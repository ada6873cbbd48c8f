//! What is in the batches: records and stamps of many shapes, chosen by a seed.

use klamm_records::{Identity, Stamp};
use klamm_wire::{Epoch, ProducerId, Sequence};

use super::random::Random;
use crate::records::{ToldHeader, ToldRecord};

/// Most batches stay below this many bytes of values: high levels are slow on more.
const SMALL_BATCH: usize = 16 * 1024;
/// One batch in so many has a value beyond any buffer that a codec might keep.
const RARE: usize = 256;
const LARGE: usize = 100 * 1024 + 1;

const WORDS: &[&str] = &[
    "order",
    "customer",
    "delivered",
    "to",
    "the",
    "shelf",
    "42",
    "{\"id\":",
    "}",
    " ",
    "\n",
    "Überweisung",
    "null",
    "event",
    "2026-11-21T13:05:00Z",
    "ok",
];
const NAMES: &[&str] = &["", "a", "trace-id", "é", "クラム", "content-type", "\u{10ffff}", "a\0b"];

/// The records of a batch, of which there is at least one, with absolute timestamps.
pub(super) fn records(random: &mut Random) -> Vec<ToldRecord> {
    let count = match random.below(10) {
        0..=2 => 1,
        3..=7 => 2 + random.below(14),
        8 => 16 + random.below(100),
        _ => 116 + random.below(400),
    };
    let mut times = Times::new(random);
    let limit = SMALL_BATCH / count;
    let large = random.once_in(RARE).then(|| random.below(count));
    let record = |index| {
        let offset = i64::try_from(index).unwrap_or(i64::MAX);
        let limit = if large == Some(index) { LARGE } else { limit };
        let timestamp = times.next(random);
        record(random, offset, timestamp, limit)
    };
    (0..count).map(record).collect()
}

fn record(random: &mut Random, offset: i64, timestamp: i64, limit: usize) -> ToldRecord {
    let value = if limit == LARGE {
        let len = LARGE + random.below(LARGE);
        Some(bytes(random, len))
    } else {
        nullable(random, limit)
    };
    let short_key = limit.min(64);
    let longest_key = if random.once_in(16) { limit.min(4096) } else { short_key };
    let headers = if random.once_in(3) { headers(random) } else { Vec::new() };
    ToldRecord { offset, timestamp, key: nullable(random, longest_key), value, headers }
}

/// Null, empty, or bytes up to a limit.
fn nullable(random: &mut Random, limit: usize) -> Option<Vec<u8>> {
    match random.below(8) {
        0 => None,
        1 => Some(Vec::new()),
        _ => {
            let len = random.below(limit + 1);
            Some(bytes(random, len))
        }
    }
}

/// Bytes of which codecs make many fewer, a few fewer, or none.
fn bytes(random: &mut Random, len: usize) -> Vec<u8> {
    match random.below(4) {
        0 => random.bytes(len),
        1 => vec![0; len],
        _ => {
            let mut text = Vec::with_capacity(len);
            while text.len() < len {
                text.extend_from_slice(random.one_of(WORDS).unwrap_or(" ").as_bytes());
            }
            text.truncate(len);
            text
        }
    }
}

/// A few headers; their names may repeat.
fn headers(random: &mut Random) -> Vec<ToldHeader> {
    let count = if random.once_in(20) { 70 } else { 1 + random.below(5) };
    let header = |_| {
        let name = random.one_of(NAMES).unwrap_or_default().to_owned();
        (name, nullable(random, 40))
    };
    (0..count).map(header).collect()
}

/// How the timestamps of a batch follow one another.
#[derive(Clone, Copy)]
enum Times {
    None,
    Equal(i64),
    Rising(i64),
    /// Before and behind one another.
    Mixed(i64),
    /// As far from one another as timestamps can be.
    Extreme,
}

impl Times {
    fn new(random: &mut Random) -> Self {
        let base = random.from(1_700_000_000_000, 1_000_000_000);
        match random.below(6) {
            0 => Self::None,
            1 => Self::Equal(base),
            2 | 3 => Self::Rising(base),
            4 => Self::Mixed(base),
            _ => Self::Extreme,
        }
    }

    fn next(&mut self, random: &mut Random) -> i64 {
        match self {
            Self::None => -1,
            Self::Equal(time) => *time,
            Self::Rising(time) => {
                *time = random.from(*time, 1000);
                *time
            }
            Self::Mixed(base) => random.from(*base - 86_400_000, 2 * 86_400_000),
            Self::Extreme => {
                let far = random.unsigned();
                random.one_of(&[-1, 0, i64::MAX, far]).unwrap_or_default()
            }
        }
    }
}

/// A stamp, sometimes with a sequence that wraps within the batch or right behind it.
pub(super) fn stamp(random: &mut Random) -> Stamp {
    let base_sequence = match random.below(4) {
        0 => 0,
        1 => i32::MAX - i32::try_from(random.below(600)).unwrap_or_default(),
        _ => i32::try_from(random.unsigned() >> 32).unwrap_or_default(),
    };
    let identity = Identity {
        producer_id: ProducerId(random.unsigned()),
        epoch: Epoch(i16::try_from(random.unsigned() >> 48).unwrap_or_default()),
        base_sequence: Sequence(base_sequence),
    };
    match random.below(3) {
        0 => Stamp::Plain,
        1 => Stamp::Idempotent(identity),
        _ => Stamp::Transactional(identity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches() -> Vec<Vec<ToldRecord>> {
        let mut random = Random::new(1);
        (0..800).map(|_| records(&mut random)).collect()
    }

    #[test]
    fn every_shape_of_a_record_occurs() {
        let batches = batches();
        let any = |holds: fn(&ToldRecord) -> bool| batches.iter().flatten().any(holds);
        assert!(any(|record| record.key.is_none()));
        assert!(any(|record| record.value.is_none()));
        assert!(any(|record| record.value.as_deref() == Some(b"")));
        assert!(any(|record| record.value.as_ref().is_some_and(|value| value.len() >= LARGE)));
        assert!(any(|record| record.headers.len() > 64));
        assert!(any(|record| record.headers.iter().any(|(name, _)| name.is_empty())));
        assert!(any(|record| record.headers.iter().any(|(_, value)| value.is_none())));
        let repeats = |record: &ToldRecord| {
            record.headers.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0))
        };
        assert!(any(repeats));
    }

    #[test]
    fn every_order_of_timestamps_occurs() {
        let batches = batches();
        let any = |holds: fn(i64, i64) -> bool| {
            let mut pairs = batches.iter().flat_map(|records| records.windows(2));
            pairs.any(|pair| matches!(pair, [a, b] if holds(a.timestamp, b.timestamp)))
        };
        assert!(any(|a, b| a == -1 && b == -1));
        assert!(any(|a, b| a == b && a > 0));
        assert!(any(|a, b| 0 < b && b < a));
        assert!(any(|a, b| a == -1 && b == i64::MAX));
        let all = batches.iter().flatten().all(|record| record.timestamp >= -1);
        assert!(all);
    }

    #[test]
    fn every_stamp_occurs_and_sequences_come_near_their_wrap() {
        let mut random = Random::new(1);
        let stamps: Vec<Stamp> = (0..200).map(|_| stamp(&mut random)).collect();
        let near = |identity: &Identity| identity.base_sequence.0 > i32::MAX - 600;
        assert!(stamps.iter().any(|stamp| matches!(stamp, Stamp::Plain)));
        assert!(stamps.iter().any(|stamp| matches!(stamp, Stamp::Idempotent(id) if near(id))));
        assert!(stamps.iter().any(|stamp| matches!(stamp, Stamp::Transactional(id) if near(id))));
    }
}
