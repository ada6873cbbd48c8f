//! What every message can do, and how one becomes bytes and comes back.

use std::fmt;

use bytes::Bytes;
use klamm_wire::{
    DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, Reader, Sizer, UnknownTags, Writer,
};

use crate::api::ApiKey;
use crate::segments::Segments;

/// A closed range of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// The oldest version.
    pub min: i16,
    /// The newest version.
    pub max: i16,
}

impl VersionRange {
    /// The range from `min` to `max`, both included.
    pub const fn new(min: i16, max: i16) -> Self {
        Self { min, max }
    }

    /// Whether `version` is in the range.
    pub const fn contains(self, version: i16) -> bool {
        self.min <= version && version <= self.max
    }

    /// The versions that both ranges have; `None` where they have none in common.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let both = Self::new(self.min.max(other.min), self.max.min(other.max));
        (both.min <= both.max).then_some(both)
    }

    /// The versions from the oldest to the newest.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = i16> {
        self.min..=self.max
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            write!(f, "{}", self.min)
        } else {
            write!(f, "{}-{}", self.min, self.max)
        }
    }
}

/// A message of the protocol: one type for all its versions, the version being an argument.
///
/// The lifetime is that of the bytes it was decoded from: text and bytes are borrowed. A message
/// that one builds to send borrows from the caller's values, or owns them (`Cow`).
///
/// [`size`](Message::size) checks everything that can be wrong with a value; after it,
/// [`write`](Message::write) at the same version cannot fail. [`encode`] does both.
pub trait Message<'a>: Default {
    /// The name in the specs.
    const NAME: &'static str;
    /// The versions that can be read and written.
    const VERSIONS: VersionRange;
    /// The first version with compact lengths and tagged fields.
    const FIRST_FLEXIBLE: Option<i16>;

    /// Reads the message into `self`, which must be as [`Default`] makes it: what the version does
    /// not carry stays as it is. `version` must be one of [`VERSIONS`](Self::VERSIONS), which
    /// [`decode`] checks.
    ///
    /// # Errors
    /// When the bytes are not such a message.
    fn read(&mut self, r: &mut Reader<'a>, version: i16) -> Result<(), DecodeError>;

    /// Checks the value and counts the bytes that [`write`](Self::write) will take.
    ///
    /// # Errors
    /// When the version cannot carry the value.
    fn measure(&self, s: &mut Sizer, version: i16) -> Result<(), EncodeError>;

    /// Writes the message; [`size`](Self::size) has accepted it at the same version.
    fn write(&self, w: &mut Writer, version: i16);

    /// The tagged fields of the outermost struct that the specs do not know; `None` where no
    /// version has a place for them.
    fn unknown_tags_mut(&mut self) -> Option<&mut UnknownTags<'a>> {
        None
    }

    /// The number of bytes of the message at `version`.
    ///
    /// # Errors
    /// When there is no such version, or it cannot carry the value: a field that it lacks is set
    /// (and is not one that may be dropped), null stands where null cannot, a text is too long,
    /// tagged fields collide.
    fn size(&self, version: i16) -> Result<usize, EncodeError> {
        self.measured(version).map(|sizer| sizer.total())
    }

    /// As [`size`](Self::size), with all that a writer wants to know beforehand: how many bytes
    /// it will copy, and how many pieces it will pass through.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    fn measured(&self, version: i16) -> Result<Sizer, EncodeError> {
        let mut sizer = Sizer::new(version);
        if !Self::VERSIONS.contains(version) {
            return Err(sizer.error(EncodeErrorKind::UnsupportedVersion, Self::NAME));
        }
        self.measure(&mut sizer, version)?;
        Ok(sizer)
    }
}

/// A request, and the response that answers it.
pub trait Request<'a>: Message<'a> {
    /// The API.
    const KEY: ApiKey;
    /// What a broker answers, at the same version.
    type Response<'r>: Response<'r>;
}

/// A response.
pub trait Response<'a>: Message<'a> {
    /// The API.
    const KEY: ApiKey;
}

/// Decodes a message from the beginning of `input`, and returns the bytes that follow it.
///
/// Text and bytes borrow from `input`; [`Records`](crate::Records) share it.
///
/// # Errors
/// When there is no such version, or the bytes are not such a message.
pub fn decode<'a, M: Message<'a>>(
    input: &'a Bytes,
    version: i16,
) -> Result<(M, &'a [u8]), DecodeError> {
    let mut reader = Reader::over(input);
    let message = read(&mut reader, version)?;
    Ok((message, reader.rest()))
}

/// Decodes a message that takes up all of `input`.
///
/// # Errors
/// As [`decode`], and when bytes follow the message.
pub fn decode_exact<'a, M: Message<'a>>(input: &'a Bytes, version: i16) -> Result<M, DecodeError> {
    let mut reader = Reader::over(input);
    let message = read(&mut reader, version)?;
    reader.finish(M::NAME)?;
    Ok(message)
}

/// Reads a message after checking that its version exists.
///
/// # Errors
/// As [`decode`].
pub fn read<'a, M: Message<'a>>(r: &mut Reader<'a>, version: i16) -> Result<M, DecodeError> {
    if !M::VERSIONS.contains(version) {
        let kind = DecodeErrorKind::UnsupportedVersion(version);
        return Err(DecodeError::new(kind, M::NAME, r.offset()));
    }
    let mut message = M::default();
    message.read(r, version)?;
    Ok(message)
}

/// Encodes a message: its bytes, with `records` passed through uncopied.
///
/// # Errors
/// When `version` cannot carry the value; see [`Message::size`].
pub fn encode<'a, M: Message<'a>>(message: &M, version: i16) -> Result<Segments, EncodeError> {
    let size = message.measured(version)?;
    let mut writer = Writer::with_room(size.copied(), size.pieces());
    message.write(&mut writer, version);
    Ok(Segments::from(writer))
}
