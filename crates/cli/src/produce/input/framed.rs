//! Records behind their length: four bytes, the greatest first.

use super::cut::{Found, too_long};
use super::window::Window;

const LENGTH: usize = 4;

/// Cuts by the length that stands before each record.
pub(super) struct Framed {
    longest: usize,
    /// How much of a record that was given up is still to be dropped.
    skips: usize,
}

impl Framed {
    pub(super) fn new(longest: usize) -> Self {
        Self { longest, skips: 0 }
    }

    pub(super) fn next(&mut self, window: &mut Window) -> Found {
        let skipped = window.take(self.skips).len();
        self.skips = self.skips.saturating_sub(skipped);
        let rest = window.rest();
        let there = rest.len();
        let Some((length, body)) = rest.split_first_chunk::<LENGTH>() else {
            return self.without_more(window, there, LENGTH);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > self.longest {
            window.take(LENGTH);
            self.skips = length;
            return Found::Broken { what: too_long(self.longest), lines: 1 };
        }
        if body.len() < length {
            return self.without_more(window, there, length.saturating_add(LENGTH));
        }
        window.take(LENGTH);
        Found::Frame { range: window.take(length), lines: 1 }
    }

    fn without_more(&mut self, window: &mut Window, there: usize, wanted: usize) -> Found {
        if !window.has_ended() {
            return Found::More;
        }
        window.take(there);
        // A record that was given up has been told of.
        if there == 0 {
            return Found::End;
        }
        let what = format!(
            "the input ends within a record: {there} of {wanted} bytes, its length included"
        );
        Found::Broken { what, lines: 1 }
    }
}
