//! Records between delimiters, and the key before the value.

use memchr::memmem::Finder;

use super::cut::{Found, too_long};
use super::window::Window;
use crate::produce::row::Row;

/// Cuts at a delimiter of one byte or more. What the last one is not behind is a record as well.
pub(super) struct Lines {
    finder: Finder<'static>,
    longest: usize,
    /// How much of the window's rest was searched in vain.
    searched: usize,
    /// Within a record that was given up: whatever comes before the next delimiter is dropped.
    skips: bool,
}

impl Lines {
    pub(super) fn new(delimiter: &[u8], longest: usize) -> Self {
        let finder = Finder::new(delimiter).into_owned();
        Self { finder, longest, searched: 0, skips: false }
    }

    pub(super) fn next(&mut self, window: &mut Window) -> Found {
        let delimiter = self.finder.needle().len();
        loop {
            let rest = window.rest();
            let from = self.searched.min(rest.len());
            let found = self.finder.find(rest.get(from..).unwrap_or_default());
            let Some(at) = found.map(|at| at.saturating_add(from)) else {
                return self.without_end(window);
            };
            self.searched = 0;
            let frame = window.take(at);
            window.take(delimiter);
            if std::mem::take(&mut self.skips) {
                continue;
            }
            return self.frame(frame);
        }
    }

    fn frame(&self, range: std::ops::Range<usize>) -> Found {
        if range.len() > self.longest {
            Found::Broken { what: too_long(self.longest), lines: 1 }
        } else {
            Found::Frame { range, lines: 1 }
        }
    }

    fn without_end(&mut self, window: &mut Window) -> Found {
        // The end of what is there may be the beginning of a delimiter.
        let kept = self.finder.needle().len().saturating_sub(1);
        let there = window.rest().len();
        if window.has_ended() {
            let frame = window.take(there);
            self.searched = 0;
            return if frame.is_empty() || std::mem::take(&mut self.skips) {
                Found::End
            } else {
                self.frame(frame)
            };
        }
        self.searched = there.saturating_sub(kept);
        if self.skips || there.saturating_sub(kept) > self.longest {
            window.take(there.saturating_sub(kept));
            self.searched = 0;
            if !std::mem::replace(&mut self.skips, true) {
                return Found::Broken { what: too_long(self.longest), lines: 1 };
            }
        }
        Found::More
    }
}

/// How a key and a value are told apart, and what is null.
#[derive(Debug, Clone, Default)]
pub(in crate::produce) struct Splitting {
    /// What stands between a key and a value.
    pub(in crate::produce) key_delimiter: Option<Finder<'static>>,
    /// Whether what is empty is null.
    pub(in crate::produce) empty_is_null: bool,
}

impl Splitting {
    /// The bytes, or null where empty ones are.
    pub(super) fn nullable<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        (!bytes.is_empty() || !self.empty_is_null).then_some(bytes)
    }

    /// Key and value of a line; no key where none is looked for.
    pub(super) fn split<'a>(&self, line: &'a [u8]) -> Result<(Option<&'a [u8]>, &'a [u8]), String> {
        let Some(finder) = &self.key_delimiter else { return Ok((None, line)) };
        let missing = || {
            let delimiter = finder.needle().escape_ascii();
            format!("there is no `{delimiter}` between a key and a value (-K)")
        };
        let at = finder.find(line).ok_or_else(missing)?;
        let (key, rest) = line.split_at_checked(at).unwrap_or((line, &[]));
        Ok((Some(key), rest.get(finder.needle().len()..).unwrap_or_default()))
    }

    pub(super) fn read(&self, line: &[u8], row: &mut Row) -> Result<(), String> {
        let (key, value) = self.split(line)?;
        if let Some(key) = key {
            row.set_key(self.nullable(key));
        }
        row.set_value(self.nullable(value));
        Ok(())
    }
}
