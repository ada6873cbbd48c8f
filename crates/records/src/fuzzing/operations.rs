//! What an input tells a producer to do.

use klamm_wire::{Epoch, ProducerId, Sequence};

use super::model::Owned;
use crate::compression::{Codec, Compression};
use crate::stamped::{Identity, Stamp};

/// One step of a producer.
pub(super) enum Operation {
    Append(Owned),
    /// The same, and again with the room that was missing.
    AppendGranted(Owned),
    Grant(usize),
    Close {
        compression: Compression,
        stamp: Stamp,
    },
}

/// The steps in an input, which end with it.
pub(super) struct Operations<'a>(&'a [u8]);

/// The levels that are tried, beside each codec's default: ends of ranges and the common ones.
const LEVELS: [i32; 8] = [-7, -1, 1, 3, 6, 9, 12, 17];
/// The timestamps that are tried beside ordinary ones.
const TIMES: [i64; 8] = [-1, 0, i64::MAX, -2, i64::MIN, 1 << 40, 1_700_000_000_000, 1];
/// What long pieces are made of.
const TEXT: &[u8] = b"{\"repeated\": true}";
/// What no piece reaches: enough for several blocks of every codec in one batch.
const LONGEST: usize = 20_000;
/// The keys of headers.
const NAMES: [&str; 4] =
    ["", "trace", "é漢😀", "a rather long name of a header, with text behind it"];

impl<'a> Operations<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next byte, or 0 at the end.
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    /// A number of two bytes.
    pub(super) fn number(&mut self) -> usize {
        usize::from(u16::from_be_bytes([self.byte(), self.byte()]))
    }

    /// Null, a few bytes of the input, or many bytes that repeat.
    fn piece(&mut self) -> Option<Vec<u8>> {
        let choice = self.byte();
        let len = usize::from(choice >> 2);
        match choice & 3 {
            0 => None,
            1 => Some((0..len).map(|_| self.byte()).collect()),
            2 => Some(vec![choice; len * 8]),
            _ => Some(TEXT.iter().copied().cycle().take(self.number() % LONGEST).collect()),
        }
    }

    fn record(&mut self) -> Owned {
        let choice = self.byte();
        let timestamp = match TIMES.get(usize::from(choice & 0x0f)) {
            Some(time) => *time,
            None => 1_700_000_000_000 + i64::from(self.byte().cast_signed()),
        };
        let headers = (0..choice >> 6).map(|_| (self.name().to_owned(), self.piece())).collect();
        Owned { timestamp, key: self.piece(), value: self.piece(), headers }
    }

    fn name(&mut self) -> &'static str {
        NAMES.get(usize::from(self.byte() & 3)).copied().unwrap_or_default()
    }

    fn compression(&mut self) -> Compression {
        let choice = usize::from(self.byte());
        let codec = Codec::ALL.get(choice & 7).copied().unwrap_or_default();
        let level = LEVELS.get(choice >> 3).map(|level| Compression::with_level(codec, *level));
        level.and_then(Result::ok).unwrap_or(Compression::of(codec))
    }

    fn stamp(&mut self) -> Stamp {
        let choice = self.byte();
        let identity = Identity {
            producer_id: ProducerId(i64::from(choice) << 32 | 5),
            epoch: Epoch(i16::from(choice)),
            base_sequence: Sequence(i32::from(self.byte()) << 23),
        };
        match choice & 3 {
            0 | 3 => Stamp::Plain,
            1 => Stamp::Idempotent(identity),
            _ => Stamp::Transactional(identity),
        }
    }
}

impl Iterator for Operations<'_> {
    type Item = Operation;

    fn next(&mut self) -> Option<Operation> {
        if self.0.is_empty() {
            return None;
        }
        Some(match self.byte() & 7 {
            0..=2 => Operation::Append(self.record()),
            3..=5 => Operation::AppendGranted(self.record()),
            6 => Operation::Grant(self.number()),
            _ => Operation::Close { compression: self.compression(), stamp: self.stamp() },
        })
    }
}
