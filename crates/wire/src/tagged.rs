//! Tagged fields: read inside their own window, and kept where nobody here knows them.

#![deny(clippy::arithmetic_side_effects)]

use std::{
    borrow::Cow,
    mem::{self, ManuallyDrop},
};

use crate::{DecodeError, DecodeErrorKind, Field, Reader};

/// A tagged field costs at least its number and its size.
const MIN_FIELD: usize = 2;

/// What became of a tagged field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Tagged {
    /// It was read; nothing of its payload may be left.
    Known,
    /// Its bytes are to be kept as they are.
    Unknown,
}

/// A tagged field that the reader did not know, kept for the writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTag<'a> {
    /// Its number.
    pub tag: u32,
    /// Its payload, without the size.
    pub data: Cow<'a, [u8]>,
}

/// A list that is freed by a function of its own, so that dropping one of the many structs
/// without unknown tags takes a comparison and no call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct List<'a>(ManuallyDrop<Vec<UnknownTag<'a>>>);

impl Drop for List<'_> {
    #[cold]
    #[inline(never)]
    fn drop(&mut self) {
        drop(ManuallyDrop::into_inner(mem::take(&mut self.0)));
    }
}

impl<'a> From<Vec<UnknownTag<'a>>> for List<'a> {
    fn from(tags: Vec<UnknownTag<'a>>) -> Self {
        Self(ManuallyDrop::new(tags))
    }
}

/// The unknown tagged fields of one struct, which mostly are none: eight bytes in that case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownTags<'a>(
    /// `None` instead of an empty list, so that equality is that of the elements.
    Option<Box<List<'a>>>,
);

const _: () = assert!(size_of::<UnknownTags<'_>>() == 8);

impl<'a> UnknownTags<'a> {
    /// None.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// All of them, in the order in which they came.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, UnknownTag<'a>> {
        self.as_slice().iter()
    }

    /// Adds one at the end; to be written, the numbers must ascend.
    pub fn push(&mut self, tag: u32, data: impl Into<Cow<'a, [u8]>>) {
        self.0.get_or_insert_default().0.push(UnknownTag { tag, data: data.into() });
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[UnknownTag<'a>] {
        self.0.as_ref().map_or(&[], |tags| tags.0.as_slice())
    }

    /// No tags yet, and exact room for `capacity` of them.
    fn with_capacity(capacity: usize) -> Self {
        Self(Some(Box::new(List::from(Vec::with_capacity(capacity)))))
    }

    /// What [`with_capacity`](Self::with_capacity) takes from the heap.
    const fn heap_size(capacity: usize) -> usize {
        let list = size_of::<List<'_>>();
        list.saturating_add(capacity.saturating_mul(size_of::<UnknownTag<'_>>()))
    }
}

impl<'a> From<Vec<UnknownTag<'a>>> for UnknownTags<'a> {
    fn from(tags: Vec<UnknownTag<'a>>) -> Self {
        if tags.is_empty() { Self::new() } else { Self(Some(Box::new(List::from(tags)))) }
    }
}

impl<'s, 'a> IntoIterator for &'s UnknownTags<'a> {
    type Item = &'s UnknownTag<'a>;
    type IntoIter = std::slice::Iter<'s, UnknownTag<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Tagged fields.
impl<'a> Reader<'a> {
    /// Reads a section of tagged fields and hands each to `known`, with its number and with a
    /// reader that ends where the payload ends.
    ///
    /// # Errors
    /// When the section is malformed, `known` fails, or it answers [`Tagged::Known`] and leaves
    /// bytes of the payload unread.
    #[inline]
    pub fn tagged_fields(
        &mut self,
        field: Field,
        known: impl FnMut(&mut Self, u32) -> Result<Tagged, DecodeError>,
    ) -> Result<UnknownTags<'a>, DecodeError> {
        if self.no_tags() {
            return Ok(UnknownTags::new());
        }
        self.tag_section(field, known)
    }

    /// Steps over an empty section of tagged fields, if that is what stands here.
    #[inline]
    pub fn no_tags(&mut self) -> bool {
        self.skip_zero()
    }

    /// Reads a section of tagged fields of which none is known, and keeps them all.
    ///
    /// # Errors
    /// When the section is malformed, or keeping it would exceed the budget.
    #[inline]
    pub fn unknown_tags(&mut self, field: Field) -> Result<UnknownTags<'a>, DecodeError> {
        self.tagged_fields(field, |_, _| Ok(Tagged::Unknown))
    }

    #[inline(never)]
    fn tag_section(
        &mut self,
        field: Field,
        mut known: impl FnMut(&mut Self, u32) -> Result<Tagged, DecodeError>,
    ) -> Result<UnknownTags<'a>, DecodeError> {
        let before = self.remaining();
        let count = self.uvarint(field)? as usize;
        if count.saturating_mul(MIN_FIELD) > self.remaining() {
            return Err(self.error_at(before, DecodeErrorKind::CountTooLarge, field));
        }
        let mut unknown = UnknownTags::new();
        let mut lowest = 0;
        for left in (1..=count).rev() {
            let tag = self.tag(lowest, field)?;
            lowest = u64::from(tag) + 1;
            let Some(data) = self.window(field, |reader| known(reader, tag))? else { continue };
            if unknown.is_empty() {
                self.draw(UnknownTags::heap_size(left), field)?;
                unknown = UnknownTags::with_capacity(left);
            }
            unknown.push(tag, data);
        }
        Ok(unknown)
    }

    /// The number of a tagged field, which must be `lowest` or greater.
    fn tag(&mut self, lowest: u64, field: Field) -> Result<u32, DecodeError> {
        let before = self.remaining();
        let tag = self.uvarint(field)?;
        if u64::from(tag) < lowest {
            return Err(self.error_at(before, DecodeErrorKind::UnorderedTag, field));
        }
        Ok(tag)
    }

    /// Narrows the reader to one payload for `read`; answers the payload if it was not known.
    fn window(
        &mut self,
        field: Field,
        read: impl FnOnce(&mut Self) -> Result<Tagged, DecodeError>,
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        let size = self.uvarint(field)? as usize;
        let payload = self.take(size, field)?;
        let after = mem::replace(&mut self.rest, payload);
        self.end = self.end.saturating_sub(after.len());
        let verdict = read(self);
        let unread = mem::replace(&mut self.rest, after).len();
        self.end = self.end.saturating_add(after.len());
        match verdict? {
            Tagged::Unknown => Ok(Some(payload)),
            Tagged::Known if unread == 0 => Ok(None),
            Tagged::Known => {
                let behind = after.len().saturating_add(unread);
                Err(self.error_at(behind, DecodeErrorKind::TagSizeMismatch, field))
            }
        }
    }
}
