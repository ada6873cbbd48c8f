//! What can go wrong when bytes are read or written, and whose fault it is.

use std::fmt;

/// The field that was being read or written: `"StructName.field_name"`.
pub type Field = &'static str;

/// Why bytes could not be read, in which field and at which offset.
///
/// Small (24 bytes) and `Copy`, because every read returns a `Result` with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    field: Field,
    /// Counted from the first byte of the input; saturates, as no frame is that long.
    offset: u32,
    /// The kind's place in [`KINDS`], or beyond: then `version` is missing. A plain number, so
    /// that a `Result` tells success by the null in place of the field's name, with one test.
    kind: u16,
    version: i16,
}

/// All kinds but the one that names a version.
const KINDS: [DecodeErrorKind; 12] = [
    DecodeErrorKind::Truncated,
    DecodeErrorKind::NegativeLength,
    DecodeErrorKind::UnexpectedNull,
    DecodeErrorKind::CountTooLarge,
    DecodeErrorKind::StringTooLong,
    DecodeErrorKind::InvalidUtf8,
    DecodeErrorKind::VarintTooLong,
    DecodeErrorKind::UnorderedTag,
    DecodeErrorKind::TagSizeMismatch,
    DecodeErrorKind::InvalidMarker,
    DecodeErrorKind::TrailingBytes,
    DecodeErrorKind::BudgetExceeded,
];

const _: () = assert!(size_of::<DecodeError>() <= 24);

/// The ways in which bytes can be malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input, or the window of a tagged field, ends inside the value.
    Truncated,
    /// A length or count below −1, or a compact one beyond the range of an `i32`.
    NegativeLength,
    /// Null where the version allows none.
    UnexpectedNull,
    /// So many elements cannot fit into the bytes in hand.
    CountTooLarge,
    /// A string of more than 32,767 bytes.
    StringTooLong,
    /// A string that is not UTF-8; the offset is that of the first wrong byte.
    InvalidUtf8,
    /// A variable-length integer with too many bytes, or with bits that its type cannot hold.
    VarintTooLong,
    /// A tag that is not greater than the one before it.
    UnorderedTag,
    /// A known tagged field that leaves bytes of its payload unread.
    TagSizeMismatch,
    /// The marker of a nullable struct is neither "null" nor "present".
    InvalidMarker,
    /// Bytes are left after the end of the message.
    TrailingBytes,
    /// Decoding would hold more memory than the length of the input justifies.
    BudgetExceeded,
    /// The caller asked for a version that the message does not have.
    UnsupportedVersion(i16),
}

impl DecodeError {
    /// An error of this kind, in `field`, at `offset` bytes from the start of the input.
    #[cold]
    #[must_use]
    pub fn new(kind: DecodeErrorKind, field: Field, offset: usize) -> Self {
        let version =
            if let DecodeErrorKind::UnsupportedVersion(version) = kind { version } else { 0 };
        let place = KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len());
        let kind = u16::try_from(place).unwrap_or(u16::MAX);
        Self { field, kind, version, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        let known = KINDS.get(usize::from(self.kind)).copied();
        known.unwrap_or(DecodeErrorKind::UnsupportedVersion(self.version))
    }

    /// The field that was being read.
    #[must_use]
    pub const fn field(&self) -> Field {
        self.field
    }

    /// Where the bytes stand that could not be accepted, counted from the start of the input.
    ///
    /// A malformed length or count is reported where its prefix starts, a truncated value where
    /// the missing piece should have started.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self { field, offset, .. }, kind) = (self, self.kind());
        if let DecodeErrorKind::UnsupportedVersion(version) = kind {
            return write!(
                f,
                "the caller asked for version {version}, which {field} does not have"
            );
        }
        write!(f, "the peer sent malformed data: {field} at byte {offset}: {kind}")
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the data ends inside the value",
            Self::NegativeLength => "the length is out of range",
            Self::UnexpectedNull => "null is not allowed here",
            Self::CountTooLarge => "more elements are claimed than the data can hold",
            Self::StringTooLong => "the string is longer than 32767 bytes",
            Self::InvalidUtf8 => "the string is not valid UTF-8",
            Self::VarintTooLong => "the variable-length integer does not fit its type",
            Self::UnorderedTag => "the tags do not ascend",
            Self::TagSizeMismatch => "the tagged field is shorter than its size claims",
            Self::InvalidMarker => "the marker says neither null nor present",
            Self::TrailingBytes => "bytes are left after the end",
            Self::BudgetExceeded => "the data would take more memory than its length justifies",
            Self::UnsupportedVersion(version) => {
                return write!(f, "there is no version {version}");
            }
        })
    }
}

/// Why a value cannot be written at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodeError {
    /// What is wrong.
    pub kind: EncodeErrorKind,
    /// The field that was to be written.
    pub field: Field,
    /// The version it was to be written at.
    pub version: i16,
}

/// The ways in which a value can be impossible to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The message has no such version.
    UnsupportedVersion,
    /// The field holds a value that matters, and the version has no place for it.
    FieldNotInVersion,
    /// Null where the version allows none.
    NullNotAllowed,
    /// A string of more than 32,767 bytes.
    StringTooLong,
    /// A length or count beyond the range of an `i32`.
    TooLong,
    /// Tagged fields at a version that has no place for any.
    TagsNotAllowed,
    /// Unknown tags that do not ascend.
    TagsUnordered,
    /// An unknown tag with the number of a known one.
    TagCollision,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, field, version } = self;
        write!(f, "the caller's value cannot be written: {field} at version {version}: {kind}")
    }
}

impl std::error::Error for EncodeError {}

impl fmt::Display for EncodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnsupportedVersion => "the message has no such version",
            Self::FieldNotInVersion => "the version has no such field",
            Self::NullNotAllowed => "null is not allowed here",
            Self::StringTooLong => "the string is longer than 32767 bytes",
            Self::TooLong => "the length does not fit 31 bits",
            Self::TagsNotAllowed => "the version has no tagged fields",
            Self::TagsUnordered => "the unknown tags do not ascend",
            Self::TagCollision => "an unknown tag has the number of a known one",
        })
    }
}
