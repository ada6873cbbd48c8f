//! An input, read from its front.

use std::time::Duration;

/// What is left of an input. Behind its end everything is 0.
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    /// A number from 0 to `most`.
    pub(super) fn up_to(&mut self, most: u8) -> u8 {
        let byte = self.byte();
        most.checked_add(1).and_then(|count| byte.checked_rem(count)).unwrap_or(byte)
    }

    /// One of a list.
    pub(super) fn choice<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let at = usize::from(self.byte()).checked_rem(list.len())?;
        list.get(at).copied()
    }

    /// Once in so many times.
    pub(super) fn seldom(&mut self, times: u8) -> bool {
        self.byte().checked_rem(times) == Some(1)
    }

    /// No time, or up to five hours, the shorter the likelier.
    pub(super) fn wait(&mut self) -> Duration {
        let (scale, count) = (self.up_to(6), u32::from(self.byte()));
        let unit = [0, 1, 5, 20, 100, 2_000, 70_000].map(Duration::from_millis);
        unit.get(usize::from(scale)).map_or(Duration::ZERO, |unit| unit.saturating_mul(count))
    }
}
