//! Arrays: a count that is checked against the bytes in hand, then the elements.

#![deny(clippy::arithmetic_side_effects)]

use super::Reader;
use crate::{DecodeError, DecodeErrorKind, Field, Fixed, FixedArray};

/// Arrays. `flexible` chooses the form of the count, as it does for
/// [`bytes`](Reader::bytes); `min_element` is the fewest bytes that one element takes.
impl<'a> Reader<'a> {
    /// Reads an array, element by element.
    ///
    /// # Errors
    /// When it is null, the count is malformed or cannot fit the bytes in hand, the elements
    /// would exceed the budget, or one of them cannot be read.
    #[inline]
    pub fn array<T>(
        &mut self,
        field: Field,
        flexible: bool,
        min_element: usize,
        read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let before = self.remaining();
        match self.count(field, flexible, min_element)? {
            Some(count) => self.elements(count, field, read),
            None => Err(self.error_at(before, DecodeErrorKind::UnexpectedNull, field)),
        }
    }

    /// Reads an array or null.
    ///
    /// # Errors
    /// As [`array`](Self::array), except for null.
    #[inline]
    pub fn nullable_array<T>(
        &mut self,
        field: Field,
        flexible: bool,
        min_element: usize,
        read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        match self.count(field, flexible, min_element)? {
            Some(count) => self.elements(count, field, read).map(Some),
            None => Ok(None),
        }
    }

    /// Reads an array of structs into `into`, which is empty: each element is pushed as its
    /// default and then filled where it stands, because moving it there would cost more than
    /// reading it.
    ///
    /// # Errors
    /// As [`array`](Self::array).
    #[inline]
    pub fn structs<T: Default>(
        &mut self,
        into: &mut Vec<T>,
        field: Field,
        flexible: bool,
        min_element: usize,
        read: impl FnMut(&mut T, &mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        if flexible && self.skip_empty() {
            return Ok(());
        }
        let before = self.remaining();
        match self.count(field, flexible, min_element)? {
            Some(0) => Ok(()),
            Some(count) => self.fill(into, count, field, read),
            None => Err(self.error_at(before, DecodeErrorKind::UnexpectedNull, field)),
        }
    }

    /// Reads an array of structs or null; else as [`structs`](Self::structs).
    ///
    /// # Errors
    /// As [`nullable_array`](Self::nullable_array).
    #[inline]
    pub fn nullable_structs<T: Default>(
        &mut self,
        into: &mut Option<Vec<T>>,
        field: Field,
        flexible: bool,
        min_element: usize,
        read: impl FnMut(&mut T, &mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        *into = None;
        match self.count(field, flexible, min_element)? {
            Some(count) => self.fill(into.insert(Vec::new()), count, field, read),
            None => Ok(()),
        }
    }

    /// Reads `count` structs, or as many as the budget allows: then it fails.
    #[inline(never)]
    fn fill<T: Default>(
        &mut self,
        into: &mut Vec<T>,
        count: usize,
        field: Field,
        mut read: impl FnMut(&mut T, &mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let room = self.room_for::<T>(count);
        *into = Vec::with_capacity(room);
        for _ in 0..room {
            into.push(T::default());
            if let Some(element) = into.last_mut() {
                read(element, self)?;
            }
        }
        if room < count {
            return Err(self.error(DecodeErrorKind::BudgetExceeded, field));
        }
        Ok(())
    }

    /// Draws on the budget for `count` elements, or for as many as it allows, and says how many.
    #[inline]
    fn room_for<T>(&mut self, count: usize) -> usize {
        let affordable = self.budget.checked_div(size_of::<T>()).unwrap_or(count);
        let room = count.min(affordable);
        self.budget = self.budget.saturating_sub(room.saturating_mul(size_of::<T>()));
        room
    }

    /// Reads an array of fixed-width elements as a view of the input.
    ///
    /// # Errors
    /// When it is null, or the count is malformed or cannot fit the bytes in hand.
    #[inline]
    pub fn fixed_array<T: Fixed>(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<FixedArray<'a, T>, DecodeError> {
        if flexible && let Some(bytes) = self.short_slice(T::WIDTH) {
            return Ok(FixedArray::borrowed(bytes));
        }
        self.any_fixed_array(field, flexible)
    }

    #[inline(never)]
    fn any_fixed_array<T: Fixed>(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<FixedArray<'a, T>, DecodeError> {
        let before = self.remaining();
        match self.count(field, flexible, T::WIDTH)? {
            Some(count) => self.view(count, field),
            None => Err(self.error_at(before, DecodeErrorKind::UnexpectedNull, field)),
        }
    }

    /// Reads an array of fixed-width elements as a view of the input, or null.
    ///
    /// # Errors
    /// As [`fixed_array`](Self::fixed_array), except for null.
    #[inline]
    pub fn nullable_fixed_array<T: Fixed>(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<Option<FixedArray<'a, T>>, DecodeError> {
        match self.count(field, flexible, T::WIDTH)? {
            Some(count) => self.view(count, field).map(Some),
            None => Ok(None),
        }
    }

    /// The next `count` elements, which the bytes in hand can hold.
    #[inline]
    fn view<T: Fixed>(
        &mut self,
        count: usize,
        field: Field,
    ) -> Result<FixedArray<'a, T>, DecodeError> {
        self.take(count.saturating_mul(T::WIDTH), field).map(FixedArray::borrowed)
    }

    /// A count of elements that the bytes in hand can hold.
    #[inline(always)]
    fn count(
        &mut self,
        field: Field,
        flexible: bool,
        min_element: usize,
    ) -> Result<Option<usize>, DecodeError> {
        let before = self.remaining();
        match self.length(field, flexible)? {
            Some(count) if count.saturating_mul(min_element.max(1)) > self.remaining() => {
                Err(self.error_at(before, DecodeErrorKind::CountTooLarge, field))
            }
            count => Ok(count),
        }
    }

    /// Reads `count` elements, or as many as the budget allows: then it fails.
    #[inline]
    fn elements<T>(
        &mut self,
        count: usize,
        field: Field,
        mut read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let room = self.room_for::<T>(count);
        let mut elements = Vec::with_capacity(room);
        for _ in 0..room {
            elements.push(read(self)?);
        }
        if room < count {
            return Err(self.error(DecodeErrorKind::BudgetExceeded, field));
        }
        Ok(elements)
    }
}
