//! Sections of tagged fields, whose counts and sizes are filled in afterwards.

use super::Writer;
use crate::{UnknownTag, UnknownTags, varint};

/// A section that is being written: how far it is, and the unknown fields still to come.
#[derive(Debug)]
#[must_use = "a section without `end_tags` has no count"]
pub struct TagSection<'t> {
    start: Mark,
    count: u32,
    /// Ascending, as the sizer has checked.
    unknown: &'t [UnknownTag<'t>],
}

/// A place in the output where a number will be inserted.
#[derive(Debug, Clone, Copy)]
struct Mark {
    fixed: usize,
    /// The splices before the place; all others move when something is inserted.
    splices: usize,
    /// The total length at the place.
    len: usize,
}

/// Tagged fields.
impl Writer {
    /// Begins a section in which the known fields are merged with `unknown`, by number.
    #[inline]
    pub fn tags<'t>(&self, unknown: &'t UnknownTags<'_>) -> TagSection<'t> {
        TagSection { start: self.mark(), count: 0, unknown: unknown.as_slice() }
    }

    /// Writes a known field: its number, the size of what `body` writes, and that. The numbers
    /// of one section must ascend.
    pub fn tagged_field(
        &mut self,
        section: &mut TagSection<'_>,
        tag: u32,
        body: impl FnOnce(&mut Self),
    ) {
        let below = section.unknown.partition_point(|unknown| unknown.tag < tag);
        self.flush_unknown(section, below);
        self.uvarint(tag);
        let payload = self.mark();
        body(self);
        self.insert_uvarint(payload, size_prefix(self.len() - payload.len));
        section.count += 1;
    }

    /// Ends a section: appends the unknown fields that are left and fills in the count.
    #[inline]
    pub fn end_tags(&mut self, mut section: TagSection<'_>) {
        let left = section.unknown.len();
        if section.count == 0 && left == 0 {
            return self.uvarint(0);
        }
        self.flush_unknown(&mut section, left);
        self.insert_uvarint(section.start, section.count);
    }

    /// Writes a section without known fields.
    #[inline]
    pub fn unknown_tags(&mut self, tags: &UnknownTags<'_>) {
        if tags.is_empty() {
            return self.uvarint(0);
        }
        let section = self.tags(tags);
        self.end_tags(section);
    }

    /// Writes the next `n` unknown fields of the section.
    fn flush_unknown(&mut self, section: &mut TagSection<'_>, n: usize) {
        let (now, later) = section.unknown.split_at_checked(n).unwrap_or((section.unknown, &[]));
        for unknown in now {
            self.uvarint(unknown.tag);
            self.uvarint(size_prefix(unknown.data.len()));
            self.raw(&unknown.data);
            section.count += 1;
        }
        section.unknown = later;
    }

    #[inline]
    const fn mark(&self) -> Mark {
        Mark { fixed: self.out.len(), splices: self.splices.len(), len: self.len() }
    }

    /// Inserts a number at `mark`; what was written since moves behind it.
    fn insert_uvarint(&mut self, mark: Mark, value: u32) {
        let end = self.out.len();
        varint::put_u32(&mut self.out, value);
        let width = self.out.len() - end;
        if let Some(moved) = self.out.get_mut(mark.fixed..) {
            moved.rotate_right(width);
        }
        for splice in self.splices.iter_mut().skip(mark.splices) {
            splice.at += width;
        }
    }
}

#[inline]
fn size_prefix(size: usize) -> u32 {
    super::clamped(u32::try_from(size), u32::MAX)
}
