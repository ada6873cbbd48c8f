//! A batch that takes no more records and is not compressed yet.

use std::fmt;

use crate::compression::{Codec, CompressError, Compression, Compressors};
use crate::encoded::EncodedBatch;
use crate::layout::HEADER_LEN;
use crate::pool::{Buffer, BufferPool};

/// Records in wire form, moved out of their [`OpenBatch`](crate::open::OpenBatch). There is at
/// least one.
#[derive(Debug)]
pub struct RawBatch {
    pub(crate) buffer: Buffer,
    pub(crate) count: i32,
    pub(crate) base_timestamp: i64,
    pub(crate) max_timestamp: i64,
}

impl RawBatch {
    /// How many records there are.
    #[must_use]
    pub const fn count(&self) -> i32 {
        self.count
    }

    /// How many bytes the batch takes before compression, its header included.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.buffer.len()
    }

    /// The records as they would be sent uncompressed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.buffer.as_ref()
    }
}

/// Makes encoded batches of raw ones. What it needs for that is kept and reused, so each thread
/// that encodes has one; the result depends on nothing but the arguments.
#[derive(Debug, Default)]
pub struct Encoder {
    compressors: Compressors,
    /// Where compressors write. All of it is initialised, and only its front is used.
    output: Vec<u8>,
}

/// A batch whose encoding failed, unchanged.
#[derive(Debug)]
pub struct EncodeFailure {
    /// What went wrong.
    pub error: CompressError,
    /// The batch, which can be encoded in another way.
    pub batch: RawBatch,
}

impl Encoder {
    /// An encoder that has encoded nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compresses a batch and computes the checksum of what comes out.
    ///
    /// A batch that its codec does not make smaller stays as it is, and says so.
    ///
    /// # Errors
    /// When the codec is not in this build, or its encoder fails; the batch comes back.
    pub fn encode(
        &mut self,
        batch: RawBatch,
        compression: Compression,
        pool: &BufferPool,
    ) -> Result<EncodedBatch, EncodeFailure> {
        if compression.codec() == Codec::None {
            return Ok(EncodedBatch::uncompressed(batch));
        }
        let mut batch = batch;
        match self.compressed(batch.payload(), compression) {
            Ok(Some(compressed)) => {
                let mut buffer = batch.buffer.successor(compressed.len(), pool);
                let is_whole = buffer.append(compressed);
                debug_assert!(is_whole, "the pool lends as much as is asked for");
                Ok(EncodedBatch::compressed(&batch, compression.codec(), buffer))
            }
            Ok(None) => Ok(EncodedBatch::uncompressed(batch)),
            Err(error) => Err(EncodeFailure { error, batch }),
        }
    }

    /// The compressed payload, if it is smaller.
    fn compressed(
        &mut self,
        payload: &[u8],
        compression: Compression,
    ) -> Result<Option<&[u8]>, CompressError> {
        let smaller = payload.len().saturating_sub(1);
        if self.output.len() < smaller {
            self.output.resize(smaller, 0);
        }
        let output = self.output.get_mut(..smaller).unwrap_or_default();
        let len = self.compressors.compress(compression, payload, output)?;
        Ok(len.and_then(|len| self.output.get(..len)))
    }
}

impl fmt::Display for EncodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a batch of {} records was not encoded: {}", self.batch.count, self.error)
    }
}

impl std::error::Error for EncodeFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
