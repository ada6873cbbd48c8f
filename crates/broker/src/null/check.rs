//! What a batch that is not kept can still be held to: its checksum, and its place in a sequence.

use std::collections::BTreeMap;

use klamm_records::checksum;

/// The bytes of a batch's header.
pub(super) const HEADER: usize = 61;
/// Where the checksum's coverage begins.
const COVERED_FROM: u64 = 21;

/// What the header of a batch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) crc: u32,
    pub(super) pid: i64,
    pub(super) epoch: i16,
    pub(super) sequence: i32,
    pub(super) count: i32,
}

impl Head {
    /// Reads the header of a batch of magic 2.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            crc: u32::from_be_bytes(field(bytes, 17)?),
            pid: i64::from_be_bytes(field(bytes, 43)?),
            epoch: i16::from_be_bytes(field(bytes, 51)?),
            sequence: i32::from_be_bytes(field(bytes, 53)?),
            count: i32::from_be_bytes(field(bytes, 57)?),
        })
    }
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// A checksum that is computed as the bytes pass.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    crc: u32,
    passed: u64,
}

impl Running {
    /// Takes the next bytes of the batch.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let length = bytes.len() as u64;
        let skipped = COVERED_FROM.saturating_sub(self.passed).min(length);
        let covered = usize::try_from(skipped).ok().and_then(|from| bytes.get(from..));
        let covered = covered.unwrap_or_default();
        let crc = checksum::crc32c(covered);
        self.crc = checksum::combine(self.crc, crc, covered.len() as u64);
        self.passed = self.passed.saturating_add(length);
    }

    pub(super) const fn crc(self) -> u32 {
        self.crc
    }
}

/// The sequences of every producer, per partition.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    next: BTreeMap<(String, i32, i64), (i16, Head)>,
}

impl Sequences {
    /// Whether a batch follows the one before, begins a new epoch, or repeats the last one.
    pub(super) fn admit(&mut self, topic: &str, partition: i32, head: Head) -> bool {
        if head.pid < 0 {
            return true;
        }
        let key = (topic.to_owned(), partition, head.pid);
        let last = self.next.insert(key, (head.epoch, head)).map(|(_, last)| last);
        match last {
            None => true,
            Some(last) if last.epoch == head.epoch => {
                after(last) == i64::from(head.sequence) || last.sequence == head.sequence
            }
            Some(last) => head.epoch > last.epoch && head.sequence == 0,
        }
    }
}

/// The sequence behind a batch: modulo 2^31.
fn after(head: Head) -> i64 {
    (i64::from(head.sequence) + i64::from(head.count)) & 0x7fff_ffff
}
