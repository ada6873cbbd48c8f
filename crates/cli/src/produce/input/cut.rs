//! Where one record ends and the next begins.

use std::ops::Range;

use super::csv::Rows;
use super::framed::Framed;
use super::lines::Lines;
use super::whole::Whole;
use super::window::Window;
use super::{Format, Reading};

/// What was found at the beginning of a window.
pub(super) enum Found {
    /// A frame, at this place of the window, and how many lines it takes.
    Frame { range: Range<usize>, lines: u64 },
    /// Something that is no frame, of as many lines.
    Broken { what: String, lines: u64 },
    /// The window holds no whole frame.
    More,
    /// The window holds nothing, and never will.
    End,
}

/// One way to cut.
pub(super) enum Cut {
    Lines(Box<Lines>),
    Csv(Rows),
    Framed(Framed),
    Whole(Whole),
}

impl Cut {
    pub(super) fn new(reading: &Reading) -> Self {
        let longest = reading.longest;
        match reading.format {
            Format::Lines | Format::Hex | Format::Json => {
                Self::Lines(Box::new(Lines::new(&reading.delimiter, longest)))
            }
            Format::Csv => Self::Csv(Rows::new(reading.columns.separator, longest)),
            Format::FramedU32 => Self::Framed(Framed::new(longest)),
            Format::Whole => Self::Whole(Whole::new(longest)),
        }
    }

    pub(super) fn next(&mut self, window: &mut Window) -> Found {
        match self {
            Self::Lines(lines) => lines.next(window),
            Self::Csv(rows) => rows.next(window),
            Self::Framed(framed) => framed.next(window),
            Self::Whole(whole) => whole.next(window),
        }
    }
}

/// What is said of a record that is longer than any may be.
pub(super) fn too_long(longest: usize) -> String {
    format!("it is longer than --max-line allows, {longest} bytes")
}
