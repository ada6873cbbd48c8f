//! What can be wrong with a batch that somebody sent: in which field, at which offset.

use std::fmt;

use klamm_wire::Field;

use crate::compression::{DecompressError, DecompressErrorKind};

/// Why a batch could not be read. It is the fault of whoever wrote the bytes, or of the way here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchError {
    field: Field,
    offset: usize,
    kind: BatchErrorKind,
}

impl BatchError {
    /// An error of this kind, in `field`, at `offset`.
    #[cold]
    pub(crate) const fn new(kind: BatchErrorKind, field: Field, offset: usize) -> Self {
        Self { field, offset, kind }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> BatchErrorKind {
        self.kind
    }

    /// The field that was being read.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// Where the field, or the missing piece of it, starts: counted from the first byte of the
    /// batch, and within compressed records from the first byte of what was decompressed.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// The ways in which a batch can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchErrorKind {
    /// The input ends inside the field.
    Truncated,
    /// A length that no batch, or no record of this batch, can have.
    WrongLength(i32),
    /// The format is none of 0, 1 and 2.
    UnknownMagic(i8),
    /// The checksum is not that of the bytes.
    WrongChecksum {
        /// The one in the batch.
        claimed: u32,
        /// That of the bytes.
        computed: u32,
    },
    /// Bits 0 to 2 of the attributes name no codec, or none that the format allows.
    UnknownCodec(u8),
    /// A length below −1, or −1 where nothing can be null.
    NegativeLength(i32),
    /// A variable-length integer with too many bytes, or with bits that its type cannot hold.
    VarintTooLong,
    /// The batch claims another number of records than it holds.
    WrongCount(i32),
    /// Bytes are left behind the last record.
    TrailingBytes,
    /// A header's key that is not UTF-8.
    NotUtf8,
    /// An offset inside a compressed message set that leaves the range, or that of the message
    /// around it when it is below that of the last one inside.
    WrongOffset(i64),
    /// A compressed message set inside another one.
    Nested,
    /// A message of this format inside a compressed one of another format.
    MixedMagic(i8),
    /// A compressed message set without any message.
    Empty,
    /// The records could not be decompressed.
    Decompression(DecompressErrorKind),
}

impl From<DecompressErrorKind> for BatchErrorKind {
    fn from(kind: DecompressErrorKind) -> Self {
        Self::Decompression(kind)
    }
}

impl BatchError {
    /// The failure of a decompression, at the place where the compressed bytes start.
    pub(crate) fn decompression(error: DecompressError, field: Field, offset: usize) -> Self {
        Self::new(error.kind.into(), field, offset)
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, offset, kind } = self;
        write!(f, "malformed record batch: {field} at byte {offset}: {kind}")
    }
}

impl fmt::Display for BatchErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the input ends here"),
            Self::WrongLength(length) => write!(f, "the length {length} cannot be right"),
            Self::UnknownMagic(magic) => write!(f, "there is no format {magic}"),
            Self::WrongChecksum { claimed, computed } => {
                write!(f, "the checksum is {claimed:08x} and that of the bytes {computed:08x}")
            }
            Self::UnknownCodec(id) => write!(f, "the codec {id} does not exist here"),
            Self::NegativeLength(length) => write!(f, "the length {length} is negative"),
            Self::VarintTooLong => f.write_str("the integer does not fit its type"),
            Self::WrongCount(count) => write!(f, "there are not {count} records"),
            Self::TrailingBytes => f.write_str("bytes are left behind the last record"),
            Self::NotUtf8 => f.write_str("the key of a header is not UTF-8"),
            Self::WrongOffset(offset) => write!(f, "the offset {offset} cannot be right"),
            Self::Nested => f.write_str("a compressed message stands inside another one"),
            Self::MixedMagic(magic) => {
                write!(f, "a message of format {magic} stands inside one of another format")
            }
            Self::Empty => f.write_str("the compressed message set holds no message"),
            Self::Decompression(kind) => write!(f, "{kind}"),
        }
    }
}

impl std::error::Error for BatchError {}
