//! The notes of a batch, and the memory that they take.
//!
//! Almost all programs leave a number with every record, and times of records are near each other:
//! such a note takes 16 bytes. The first of another kind has all of a batch kept as they come.

use std::fmt;
use std::vec;

use klamm_wire::WallMillis;

use super::{Left, Note};
use crate::memory::Permit;

/// For so many notes more there is room at least when there is any.
const LEAST: usize = 8;

/// The notes of a batch, in the order of their records. They count the memory that they take until
/// they are dropped.
pub struct Notes<F> {
    kept: Kept<F>,
    /// The time of the first one.
    base: WallMillis,
    paid: Option<Permit>,
}

enum Kept<F> {
    Numbers(Vec<Numbered>),
    Any(Vec<Left<F>>),
}

/// A number that was left with a record.
struct Numbered {
    index: u32,
    /// The record's time after that of the first one.
    after: i32,
    number: u64,
}

impl<F> Notes<F> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.kept {
            Kept::Numbers(rows) => rows.len(),
            Kept::Any(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What must be there for the first note of a batch.
    pub(crate) fn least(note: &Note<F>) -> usize {
        match note {
            Note::None => 0,
            Note::Number(_) => LEAST.saturating_mul(size_of::<Numbered>()),
            Note::Call(_) => LEAST.saturating_mul(size_of::<Left<F>>()),
        }
    }

    /// Whether this note can be [left](Self::leave) as things are.
    #[inline]
    pub(crate) fn has_room(&self, note: &Note<F>, timestamp: WallMillis) -> bool {
        match (&self.kept, note) {
            (_, Note::None) => true,
            (Kept::Numbers(rows), Note::Number(_)) => {
                rows.len() < rows.capacity() && self.after(timestamp).is_some()
            }
            (Kept::Numbers(_), Note::Call(_)) => false,
            (Kept::Any(rows), Note::Number(_) | Note::Call(_)) => rows.len() < rows.capacity(),
        }
    }

    /// Gets room for this note and others: for as many as there are, or as are expected. `take`
    /// takes memory, between the two figures; false if there is none.
    #[cold]
    pub(crate) fn make_room(
        &mut self,
        note: &Note<F>,
        timestamp: WallMillis,
        expected: usize,
        take: impl FnOnce(usize, usize) -> Option<Permit>,
    ) -> bool {
        let is_number = matches!(note, Note::Number(_)) && self.after(timestamp).is_some();
        let is_compact = is_number && matches!(self.kept, Kept::Numbers(_));
        let row = if is_compact { size_of::<Numbered>() } else { size_of::<Left<F>>() };
        let (len, paid) = (self.len(), self.paid());
        let price = |more: usize| len.saturating_add(more).saturating_mul(row).saturating_sub(paid);
        let Some(permit) = take(price(LEAST), price(len.max(expected).max(LEAST))) else {
            return false;
        };
        match &mut self.paid {
            Some(before) => before.absorb(permit),
            none => *none = Some(permit),
        }
        let rows = self.paid().checked_div(row).unwrap_or_default();
        match &mut self.kept {
            Kept::Numbers(kept) if is_compact => kept.reserve_exact(rows.saturating_sub(len)),
            Kept::Any(kept) => kept.reserve_exact(rows.saturating_sub(len)),
            Kept::Numbers(_) => self.widen(rows),
        }
        true
    }

    /// Remembers a note for which there is room.
    #[inline]
    pub(crate) fn leave(&mut self, index: u32, timestamp: WallMillis, note: Note<F>) {
        if self.is_empty() {
            self.base = timestamp;
        }
        let after = self.after(timestamp);
        match (&mut self.kept, note, after) {
            (_, Note::None, _) => {}
            (Kept::Numbers(rows), Note::Number(number), Some(after)) => {
                rows.push(Numbered { index, after, number });
            }
            (Kept::Any(rows), note, _) => rows.push(Left { index, timestamp, note }),
            // Whoever has made room does not come here; nothing is lost if somebody does.
            (Kept::Numbers(_), note, _) => {
                self.widen(LEAST);
                self.leave(index, timestamp, note);
            }
        }
    }

    /// Keeps them as they come from now on, with room for so many.
    fn widen(&mut self, rows: usize) {
        let Kept::Numbers(numbers) = &mut self.kept else { return };
        let mut wide = Vec::with_capacity(rows.max(numbers.len()));
        wide.extend(std::mem::take(numbers).into_iter().map(|row| row.widened(self.base)));
        self.kept = Kept::Any(wide);
    }

    /// How long after the first one that is, if it can be told in few bytes.
    #[inline]
    fn after(&self, timestamp: WallMillis) -> Option<i32> {
        if self.is_empty() {
            return Some(0);
        }
        i32::try_from(timestamp.0.checked_sub(self.base.0)?).ok()
    }

    fn paid(&self) -> usize {
        self.paid.as_ref().map_or(0, Permit::bytes)
    }
}

impl Numbered {
    fn widened<F>(self, base: WallMillis) -> Left<F> {
        let Self { index, after, number } = self;
        let timestamp = WallMillis(base.0.saturating_add(i64::from(after)));
        Left { index, timestamp, note: Note::Number(number) }
    }
}

impl<F> Default for Notes<F> {
    fn default() -> Self {
        Self { kept: Kept::Numbers(Vec::new()), base: WallMillis(0), paid: None }
    }
}

impl<F> fmt::Debug for Notes<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notes").field("len", &self.len()).field("paid", &self.paid()).finish()
    }
}

impl<F> IntoIterator for Notes<F> {
    type Item = Left<F>;
    type IntoIter = IntoIter<F>;

    fn into_iter(self) -> IntoIter<F> {
        let Self { kept, base, paid } = self;
        let rows = match kept {
            Kept::Numbers(rows) => Rows::Numbers(rows.into_iter(), base),
            Kept::Any(rows) => Rows::Any(rows.into_iter()),
        };
        IntoIter { rows, _paid: paid }
    }
}

/// Notes that are handed out one by one. What they take is counted until the last is gone.
pub struct IntoIter<F> {
    rows: Rows<F>,
    _paid: Option<Permit>,
}

enum Rows<F> {
    Numbers(vec::IntoIter<Numbered>, WallMillis),
    Any(vec::IntoIter<Left<F>>),
}

impl<F> Iterator for IntoIter<F> {
    type Item = Left<F>;

    fn next(&mut self) -> Option<Left<F>> {
        match &mut self.rows {
            Rows::Numbers(rows, base) => rows.next().map(|row| row.widened(*base)),
            Rows::Any(rows) => rows.next(),
        }
    }
}

impl<F> fmt::Debug for IntoIter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
