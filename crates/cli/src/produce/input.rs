//! From bytes to records: pure, a piece at a time, and never more in memory than one record.
//!
//! An [`Input`] is fed pieces of a file and asked for records until it wants more. Frames are cut
//! out first; what a frame means is the business of its format.

mod csv;
mod cut;
mod framed;
mod hex;
mod json;
mod lines;
mod whole;
mod window;

use std::fmt;

pub(super) use csv::Columns;
pub(super) use lines::Splitting;

use super::row::Row;
use cut::Cut;
use window::Window;

/// How bytes become records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Format {
    #[default]
    Lines,
    Whole,
    Json,
    Csv,
    Hex,
    FramedU32,
}

impl Format {
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("lines", Self::Lines),
        ("whole", Self::Whole),
        ("json", Self::Json),
        ("csv", Self::Csv),
        ("hex", Self::Hex),
        ("framed-u32", Self::FramedU32),
    ];
}

/// How an input is read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) format: Format,
    /// What ends a record, for formats that go by lines.
    pub(super) delimiter: Vec<u8>,
    /// How keys and values are told apart, and what is null.
    pub(super) splitting: Splitting,
    /// What the columns of CSV are.
    pub(super) columns: Columns,
    /// The longest record, in bytes of input.
    pub(super) longest: usize,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            format: Format::Lines,
            delimiter: b"\n".to_vec(),
            splitting: Splitting::default(),
            columns: Columns::default(),
            longest: 16 << 20,
        }
    }
}

/// What an input has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The row was filled.
    Row,
    /// This record cannot be read; the next one may.
    Broken(String),
    /// Nothing of the rest of this input can be read.
    Spoilt(String),
    /// More bytes are wanted.
    More,
    /// That was all.
    End,
}

/// An input on its way to records.
pub(super) struct Input {
    format: Format,
    splitting: Splitting,
    columns: Columns,
    window: Window,
    cut: Cut,
    /// Where the record that was given last began: a line, or a count where there are no lines.
    line: u64,
    /// Where the next one begins.
    next_line: u64,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("format", &self.format).finish_non_exhaustive()
    }
}

impl Input {
    pub(super) fn new(reading: &Reading) -> Self {
        Self {
            format: reading.format,
            splitting: reading.splitting.clone(),
            columns: reading.columns.clone(),
            window: Window::default(),
            cut: Cut::new(reading),
            line: 0,
            next_line: 1,
        }
    }

    /// Takes a piece of the input.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.window.feed(bytes);
    }

    /// No piece follows.
    pub(super) fn end(&mut self) {
        self.window.end();
    }

    /// Where the record, or the trouble, that was given last stands in its input: from 1 on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next record.
    pub(super) fn next(&mut self, row: &mut Row) -> Step {
        loop {
            row.clear();
            let frame = match self.cut.next(&mut self.window) {
                cut::Found::More => return Step::More,
                cut::Found::End => return Step::End,
                cut::Found::Broken { what, lines } => {
                    self.advance(lines);
                    return Step::Broken(what);
                }
                cut::Found::Frame { range, lines } => {
                    self.advance(lines);
                    self.window.slice(range)
                }
            };
            let read = match self.format {
                Format::Lines => self.splitting.read(frame, row),
                Format::Hex => hex::read(&self.splitting, frame, row),
                Format::Json => json::read(frame, row),
                Format::Whole | Format::FramedU32 => {
                    row.set_value(self.splitting.nullable(frame));
                    Ok(())
                }
                Format::Csv if !self.columns.are_known() => match self.columns.learn(frame) {
                    Ok(()) => continue,
                    Err(what) => return Step::Spoilt(what),
                },
                Format::Csv => self.columns.read(frame, self.splitting.empty_is_null, row),
            };
            return read.map_or_else(Step::Broken, |()| Step::Row);
        }
    }

    fn advance(&mut self, lines: u64) {
        self.line = self.next_line;
        self.next_line = self.next_line.saturating_add(lines);
    }
}

#[cfg(test)]
mod tests;
