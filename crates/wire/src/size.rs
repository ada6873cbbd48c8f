//! Counts what the writer will write, and refuses what cannot be written.

use crate::{EncodeError, EncodeErrorKind, Field, Fixed, FixedArray, UnknownTags, varint};

/// The most bytes that a string may have, in either form.
pub(crate) const MAX_STRING: usize = i16::MAX.cast_unsigned() as usize;
/// The greatest length or count. The compact form carries one more, and both fit an `i32`.
const MAX_LEN: usize = (i32::MAX.cast_unsigned() - 1) as usize;
/// The field named by an error about a tagged field's payload as a whole.
const TAGGED_FIELD: Field = "tagged field";

/// Adds up the bytes of one message at one version, field by field.
///
/// Every check that a value needs is made here, so that [`Writer`](crate::Writer) cannot fail.
#[derive(Debug)]
pub struct Sizer {
    version: i16,
    total: usize,
    /// How many of `total` are in pieces that the writer does not copy.
    spliced: usize,
    pieces: usize,
}

impl Sizer {
    /// Nothing yet; `version` is what errors will name.
    #[inline]
    #[must_use]
    pub const fn new(version: i16) -> Self {
        Self { version, total: 0, spliced: 0, pieces: 0 }
    }

    /// The bytes so far.
    #[inline]
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }

    /// The bytes so far that the writer copies into its buffer.
    #[inline]
    #[must_use]
    pub const fn copied(&self) -> usize {
        self.total.saturating_sub(self.spliced)
    }

    /// The pieces so far that the writer passes through.
    #[inline]
    #[must_use]
    pub const fn pieces(&self) -> usize {
        self.pieces
    }

    /// Notes that `bytes` of those counted are in `pieces` that the writer passes through.
    #[inline]
    pub const fn spliced(&mut self, bytes: usize, pieces: usize) {
        self.spliced = self.spliced.saturating_add(bytes);
        self.pieces = self.pieces.saturating_add(pieces);
    }

    /// Adds `n` bytes of fixed-width fields.
    #[inline]
    pub const fn fixed(&mut self, n: usize) {
        self.total = self.total.saturating_add(n);
    }

    /// An error at this version.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub const fn error(&self, kind: EncodeErrorKind, field: Field) -> EncodeError {
        EncodeError { kind, field, version: self.version }
    }
}

/// Values after a length.
impl Sizer {
    /// Adds a string.
    ///
    /// # Errors
    /// [`StringTooLong`](EncodeErrorKind::StringTooLong) beyond 32,767 bytes.
    #[inline]
    pub fn string(&mut self, field: Field, value: &str, flexible: bool) -> Result<(), EncodeError> {
        if value.len() > MAX_STRING {
            return Err(self.error(EncodeErrorKind::StringTooLong, field));
        }
        let prefix = if flexible { compact_prefix(value.len()) } else { 2 };
        self.fixed(prefix + value.len());
        Ok(())
    }

    /// Adds a string or null.
    ///
    /// # Errors
    /// As [`string`](Self::string).
    #[inline]
    pub fn nullable_string(
        &mut self,
        field: Field,
        value: Option<&str>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.string(field, value, flexible)?,
            None => self.fixed(if flexible { 1 } else { 2 }),
        }
        Ok(())
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`TooLong`](EncodeErrorKind::TooLong) when the length does not fit.
    #[inline]
    pub fn bytes(&mut self, field: Field, len: usize, flexible: bool) -> Result<(), EncodeError> {
        self.array_len(field, len, flexible)?;
        self.fixed(len);
        Ok(())
    }

    /// Adds bytes or null.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    #[inline]
    pub fn nullable_bytes(
        &mut self,
        field: Field,
        len: Option<usize>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        self.nullable_array_len(field, len, flexible)?;
        self.fixed(len.unwrap_or(0));
        Ok(())
    }
}

/// Arrays.
impl Sizer {
    /// Adds the count of an array, without the elements.
    ///
    /// # Errors
    /// [`TooLong`](EncodeErrorKind::TooLong) when the count does not fit.
    #[inline]
    pub fn array_len(
        &mut self,
        field: Field,
        count: usize,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        if count > MAX_LEN {
            return Err(self.error(EncodeErrorKind::TooLong, field));
        }
        self.fixed(if flexible { compact_prefix(count) } else { 4 });
        Ok(())
    }

    /// Adds the count of an array that may be null, without the elements.
    ///
    /// # Errors
    /// As [`array_len`](Self::array_len).
    #[inline]
    pub fn nullable_array_len(
        &mut self,
        field: Field,
        count: Option<usize>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match count {
            Some(count) => self.array_len(field, count, flexible)?,
            None => self.fixed(if flexible { 1 } else { 4 }),
        }
        Ok(())
    }

    /// Adds an array of fixed-width elements.
    ///
    /// # Errors
    /// As [`array_len`](Self::array_len).
    #[inline]
    pub fn fixed_array<T: Fixed>(
        &mut self,
        field: Field,
        array: &FixedArray<'_, T>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        self.array_len(field, array.len(), flexible)?;
        self.fixed(array.len().saturating_mul(T::WIDTH));
        Ok(())
    }

    /// Adds an array of fixed-width elements, or null.
    ///
    /// # Errors
    /// As [`array_len`](Self::array_len).
    #[inline]
    pub fn nullable_fixed_array<T: Fixed>(
        &mut self,
        field: Field,
        array: Option<&FixedArray<'_, T>>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match array {
            Some(array) => self.fixed_array(field, array, flexible),
            None => self.nullable_array_len(field, None, flexible),
        }
    }
}

/// Tagged fields.
impl Sizer {
    /// Adds a known tagged field: its number, the size of what `body` adds, and that.
    ///
    /// # Errors
    /// Those of `body`, or [`TooLong`](EncodeErrorKind::TooLong).
    #[inline]
    pub fn tagged_field(
        &mut self,
        tag: u32,
        body: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let before = self.total;
        body(self)?;
        let size = self.total - before;
        self.tag_prefix(tag, size, TAGGED_FIELD)
    }

    /// Adds the number of tagged fields, `known` of which were emitted, and the unknown ones.
    /// `reserved` are the numbers that the version knows.
    ///
    /// # Errors
    /// [`TagsUnordered`](EncodeErrorKind::TagsUnordered) unless the unknown tags ascend, and
    /// [`TagCollision`](EncodeErrorKind::TagCollision) if one of them is reserved.
    #[inline]
    pub fn unknown_tags(
        &mut self,
        field: Field,
        tags: &UnknownTags<'_>,
        known: usize,
        reserved: &[u32],
    ) -> Result<(), EncodeError> {
        let count = u32::try_from(known + tags.len());
        let count = count.map_err(|_| self.error(EncodeErrorKind::TooLong, field))?;
        self.fixed(varint::len_u32(count));
        if tags.is_empty() { Ok(()) } else { self.unknown_entries(field, tags, reserved) }
    }

    /// Makes sure that a version without tagged fields is asked for none.
    ///
    /// # Errors
    /// [`TagsNotAllowed`](EncodeErrorKind::TagsNotAllowed).
    #[inline]
    pub fn no_tags(&self, field: Field, tags: &UnknownTags<'_>) -> Result<(), EncodeError> {
        if tags.is_empty() {
            return Ok(());
        }
        Err(self.error(EncodeErrorKind::TagsNotAllowed, field))
    }

    fn unknown_entries(
        &mut self,
        field: Field,
        tags: &UnknownTags<'_>,
        reserved: &[u32],
    ) -> Result<(), EncodeError> {
        if !tags.iter().is_sorted_by(|one, next| one.tag < next.tag) {
            return Err(self.error(EncodeErrorKind::TagsUnordered, field));
        }
        for unknown in tags {
            if reserved.contains(&unknown.tag) {
                return Err(self.error(EncodeErrorKind::TagCollision, field));
            }
            self.fixed(unknown.data.len());
            self.tag_prefix(unknown.tag, unknown.data.len(), field)?;
        }
        Ok(())
    }

    /// Adds the number and the size before a payload of `size` bytes.
    #[inline]
    fn tag_prefix(&mut self, tag: u32, size: usize, field: Field) -> Result<(), EncodeError> {
        match u32::try_from(size) {
            Ok(prefix) if size <= MAX_LEN => {
                self.fixed(varint::len_u32(tag) + varint::len_u32(prefix));
                Ok(())
            }
            Ok(_) | Err(_) => Err(self.error(EncodeErrorKind::TooLong, field)),
        }
    }
}

/// How many bytes the compact form takes for a length, which is at most [`MAX_LEN`].
#[inline]
const fn compact_prefix(len: usize) -> usize {
    varint::len_u64(len as u64 + 1)
}
