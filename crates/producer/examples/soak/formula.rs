//! What each record holds: everything follows from a seed and the record's number.
//!
//! A reader in another language follows the same rules, so that it can tell to the byte what a
//! record must be: `xtask/java/produced/Formula.java`.

use klamm::{Header, Record, Topic};

/// How many different keys there are.
const KEYS: u64 = 5000;

/// How long a value is that does not fit together with its like.
const LARGE: usize = 100_000;

/// The header that holds a record's number where its value cannot.
pub(crate) const NUMBER: &str = "number";

/// The header that is there three times.
const MARK: &str = "mark";

/// Words that codecs can shorten, and that differ between records.
const WORDS: [&str; 16] = [
    "alpha ", "broker ", "commit ", "delta ", "epoch ", "fence ", "group ", "hash ", "index ",
    "jitter ", "key ", "leader ", "member ", "node ", "offset ", "page ",
];

/// What records of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Formula {
    pub(crate) seed: u64,
    pub(crate) partitions: u32,
    /// When the run began, in milliseconds since 1970.
    pub(crate) base: i64,
}

/// The buffers of one record, which the next one takes over.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    number: [u8; 8],
    mark: [u8; 8],
    key: Option<String>,
    value: Option<Vec<u8>>,
    has_headers: bool,
    partition: Option<i32>,
    timestamp: Option<i64>,
}

impl Formula {
    /// Fills the buffers with a record.
    pub(crate) fn fill(&self, number: u64, shape: &mut Shape) {
        let dice = mixed(self.seed, number);
        shape.number = number.to_be_bytes();
        shape.mark = dice.to_be_bytes();
        let mut value = shape.value.take().unwrap_or_default();
        value.clear();
        let kind = (dice >> 3) & 15;
        if kind > 1 {
            text(number, dice, &mut value);
        }
        shape.value = (kind != 0).then_some(value);
        shape.has_headers = kind < 2 || (dice >> 7) & 3 == 0;
        let place = number.checked_rem(self.partitions.into()).unwrap_or_default();
        let fixed = i32::try_from(place).ok();
        (shape.key, shape.partition) = match dice & 7 {
            0 => (None, None),
            1 => (None, fixed),
            2 => (Some(String::new()), fixed),
            _ => (Some(format!("key-{}", (dice >> 32) % KEYS)), None),
        };
        let later = i64::try_from(number % 1000).unwrap_or_default();
        shape.timestamp = ((dice >> 9) & 7 == 0).then_some(self.base.saturating_add(later));
    }
}

impl Shape {
    /// The record's headers; a record without has an empty list.
    pub(crate) fn headers(&self) -> Vec<Header<'_>> {
        if !self.has_headers {
            return Vec::new();
        }
        let header = |key, value| Header { key, value };
        vec![
            header(NUMBER, Some(&self.number)),
            header(MARK, None),
            header(MARK, Some(&[])),
            header(MARK, Some(&self.mark)),
        ]
    }

    /// The record, whose end is told under its number.
    pub(crate) fn record<'a>(
        &'a self,
        topic: &'a Topic,
        number: u64,
        headers: &'a [Header<'a>],
    ) -> Record<'a> {
        let mut record = Record::to(topic).headers(headers).tag(number);
        if let Some(key) = &self.key {
            record = record.key(key);
        }
        if let Some(value) = &self.value {
            record = record.value(value);
        }
        if let Some(partition) = self.partition {
            record = record.partition(partition);
        }
        if let Some(timestamp) = self.timestamp {
            record = record.timestamp(timestamp);
        }
        record
    }
}

/// Steele's generator, at a place of its sequence (`splitmix64`).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The number, and words up to a length that differs from record to record.
fn text(number: u64, dice: u64, value: &mut Vec<u8>) {
    let drawn = usize::try_from((dice >> 12) & 255).unwrap_or_default();
    let length = if (dice >> 20) & 4095 == 0 { LARGE } else { drawn.saturating_add(20) };
    value.extend_from_slice(format!("{number}|").as_bytes());
    let mut state = dice;
    while value.len() < length {
        // Knuth's generator, of which the upper bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        let word = usize::try_from(state >> 60).ok().and_then(|at| WORDS.get(at));
        value.extend_from_slice(word.unwrap_or(&" ").as_bytes());
    }
    value.truncate(length);
}
