//! Message sets of magic 0 and 1, read only: what brokers wrote before record batches.

use crate::compression::Decompressors;
use crate::error::{BatchError, BatchErrorKind};
use crate::view::{Checksum, RecordView};

/// The shortest entry: offset, length, and a message of magic 0 with a null key and value.
pub(crate) const MIN_LEN: usize = 26;

/// One message, which may be a compressed set of them.
#[derive(Debug, Clone, Copy)]
pub struct LegacyView<'a> {
    bytes: &'a [u8],
}

impl<'a> LegacyView<'a> {
    /// Reads the message at the front of `input`: the message, and what comes behind it.
    ///
    /// # Errors
    /// When the input ends before the message does, it is malformed, or the checksum is wrong.
    pub fn read(_input: &'a [u8], _checksum: Checksum) -> Result<(Self, &'a [u8]), BatchError> {
        Err(BatchError::new(BatchErrorKind::Nested, "Message", 0))
    }

    /// The whole message, from its offset on.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The records.
    ///
    /// # Errors
    /// When they cannot be decompressed.
    pub fn records<'s>(
        &self,
        _decompressors: &'s mut Decompressors,
        _cap: usize,
    ) -> Result<Records<'s>, BatchError>
    where
        'a: 's,
    {
        Ok(Records { _bytes: self.bytes })
    }
}

/// The records of one message.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    _bytes: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordView<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
