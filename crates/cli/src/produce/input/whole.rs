//! A file as one record.

use super::cut::{Found, too_long};
use super::window::Window;

/// Takes everything up to the end as one frame, an empty file too.
pub(super) struct Whole {
    longest: usize,
    is_done: bool,
}

impl Whole {
    pub(super) fn new(longest: usize) -> Self {
        Self { longest, is_done: false }
    }

    pub(super) fn next(&mut self, window: &mut Window) -> Found {
        let there = window.rest().len();
        if self.is_done {
            window.take(there);
            return if window.has_ended() { Found::End } else { Found::More };
        }
        if there > self.longest {
            self.is_done = true;
            window.take(there);
            return Found::Broken { what: too_long(self.longest), lines: 1 };
        }
        if !window.has_ended() {
            return Found::More;
        }
        self.is_done = true;
        Found::Frame { range: window.take(there), lines: 1 }
    }
}
