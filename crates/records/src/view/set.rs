//! Batches behind one another, as a log or a fetch holds them.

#![deny(clippy::arithmetic_side_effects)]

use super::batch::{BatchView, Checksum};
use super::record::Records;
use crate::compression::Decompressors;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::{LENGTH_AT, MAGIC, MAGIC_AT, UNCOUNTED_LEN};
use crate::legacy::{self, LegacyView};

/// What a set is made of: batches, or in old logs messages.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// A batch of magic 2.
    Batch(BatchView<'a>),
    /// A message of magic 0 or 1, which may be a compressed set of them.
    Legacy(LegacyView<'a>),
}

impl<'a> Entry<'a> {
    /// The bytes of the entry.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Batch(batch) => batch.bytes(),
            Self::Legacy(message) => message.bytes(),
        }
    }

    /// The records, decompressed into at most `cap` bytes if they are compressed.
    ///
    /// # Errors
    /// When they cannot be decompressed.
    pub fn records<'s>(
        &self,
        decompressors: &'s mut Decompressors,
        cap: usize,
    ) -> Result<Records<'s>, BatchError>
    where
        'a: 's,
    {
        match self {
            Self::Batch(batch) => batch.records(decompressors, cap),
            Self::Legacy(message) => message.records(decompressors, cap).map(Records::legacy),
        }
    }
}

/// The entries of a set, in order.
///
/// A set may end inside an entry, as a fetch does that is cut at its limit: that is no error, and
/// [`RecordSet::tail`] has what is left. After an error there is nothing more, since nobody knows
/// where the next entry would start.
#[derive(Debug, Clone)]
pub struct RecordSet<'a> {
    rest: &'a [u8],
    checksum: Checksum,
    is_over: bool,
}

impl<'a> RecordSet<'a> {
    /// The set in these bytes, each entry's checksum compared when it is reached.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, checksum: Checksum::Checked, is_over: false }
    }

    /// The same, with checksums compared when it is asked for, or not.
    #[must_use]
    pub const fn with_checksum(self, checksum: Checksum) -> Self {
        Self { checksum, ..self }
    }

    /// What has not been read: behind the last entry, the incomplete one that the set ends in.
    #[must_use]
    pub const fn tail(&self) -> &'a [u8] {
        self.rest
    }

    fn read(&mut self, format: Format) -> Result<Entry<'a>, BatchError> {
        let (entry, rest) = match format {
            Format::Batch => {
                let (batch, rest) = BatchView::read(self.rest, self.checksum)?;
                (Entry::Batch(batch), rest)
            }
            Format::Legacy => {
                let (message, rest) = LegacyView::read(self.rest, self.checksum)?;
                (Entry::Legacy(message), rest)
            }
        };
        self.rest = rest;
        Ok(entry)
    }
}

impl<'a> Iterator for RecordSet<'a> {
    type Item = Result<Entry<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let format = next_format(self.rest).transpose();
        let item = format.map(|format| format.and_then(|format| self.read(format)));
        self.is_over = !matches!(item, Some(Ok(_)));
        item
    }
}

/// The format of an entry, and with it how it is read.
#[derive(Debug, Clone, Copy)]
enum Format {
    Batch,
    Legacy,
}

/// The format of the entry at the front, or `None` when the input ends before the entry does.
fn next_format(input: &[u8]) -> Result<Option<Format>, BatchError> {
    let Some(length) = input.get(LENGTH_AT..).and_then(<[u8]>::first_chunk) else {
        return Ok(None);
    };
    let length = i32::from_be_bytes(*length);
    let error = |kind, field, offset| Err(BatchError::new(kind, field, offset));
    let total = usize::try_from(length).ok().and_then(|len| len.checked_add(UNCOUNTED_LEN));
    let total = total.filter(|total| (legacy::MIN_LEN..=MAX_LEN).contains(total));
    let Some(total) = total else {
        return error(BatchErrorKind::WrongLength(length), "RecordSet.length", LENGTH_AT);
    };
    let Some(magic) = input.get(MAGIC_AT).copied().map(u8::cast_signed) else {
        return Ok(None);
    };
    let format = match magic {
        0 | 1 => Format::Legacy,
        MAGIC => Format::Batch,
        _ => return error(BatchErrorKind::UnknownMagic(magic), "RecordSet.magic", MAGIC_AT),
    };
    Ok((input.len() >= total).then_some(format))
}

/// Nothing in a log is longer than an `i32` can say.
const MAX_LEN: usize = 0x7fff_ffff;
