//! Reads bytes as far as they can be read, as whoever follows a log does.

use std::fmt;

use klamm_records::compression::DecompressErrorKind;
use klamm_records::{BatchError, BatchErrorKind, Decompressors, Entry, RecordSet};

use crate::batches::CAP;
use crate::records::{NotUtf8, ToldRecord};

/// What was read before the end or the first refusal.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The records, those of the entry that was refused included.
    pub(super) records: Vec<ToldRecord>,
    /// How many entries were read to their end.
    pub(super) batches: usize,
    /// How many bytes these take.
    pub(super) bytes: usize,
    /// Why it ended before the end.
    pub(super) refusal: Option<Refusal>,
}

/// Why bytes are not read any further.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Refusal {
    /// The reader tells an error.
    Batch(BatchError),
    /// The reader hands out the key of a header as bytes, which are no text.
    HeaderKey,
}

impl From<BatchError> for Refusal {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

impl From<NotUtf8> for Refusal {
    fn from(_: NotUtf8) -> Self {
        Self::HeaderKey
    }
}

impl Refusal {
    /// Whether the build is at fault, and not the bytes.
    pub(super) fn is_of_build(self) -> bool {
        let missing = BatchErrorKind::Decompression(DecompressErrorKind::NotBuiltIn);
        matches!(self, Self::Batch(error) if error.kind() == missing)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(error) => error.fmt(f),
            Self::HeaderKey => f.write_str("the key of a header is not UTF-8"),
        }
    }
}

impl Reading {
    /// Reads every entry, its checksum compared, with all parts of every record.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut reading = Self::default();
        let mut decompressors = Decompressors::new();
        reading.refusal = reading.read(bytes, &mut decompressors).err();
        reading
    }

    fn read(&mut self, bytes: &[u8], decompressors: &mut Decompressors) -> Result<(), Refusal> {
        for entry in RecordSet::new(bytes) {
            let entry: Entry<'_> = entry?;
            for record in entry.records(decompressors, CAP)? {
                self.records.push(ToldRecord::of(&record?)?);
            }
            self.batches += 1;
            self.bytes += entry.bytes().len();
        }
        Ok(())
    }
}
