//! The bytes that were read and not used up yet.

use std::ops::Range;

/// The bytes that were read and not used up yet.
#[derive(Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Window {
    /// Appends bytes; ranges that were given before mean nothing any more.
    pub(super) fn feed(&mut self, more: &[u8]) {
        self.bytes.drain(..self.at.min(self.bytes.len()));
        self.at = 0;
        self.bytes.extend_from_slice(more);
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is not used up.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Uses bytes up, all there are at most; where they stand until more are fed.
    pub(super) fn take(&mut self, count: usize) -> Range<usize> {
        let start = self.at;
        self.at = start.saturating_add(count).min(self.bytes.len());
        start..self.at
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}
