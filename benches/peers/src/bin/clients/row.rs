//! What is compared: values of a size, with a codec.

use std::fmt;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// How many bytes a value has.
    pub(crate) size: usize,
    pub(crate) codec: &'static str,
    /// How many records each side sends.
    pub(crate) records: u64,
}

impl Row {
    /// As many records as keep the slowest side busy for a few seconds, and the fastest one for
    /// long enough to be measured.
    pub(crate) const ALL: [Self; 6] = [
        Self::new(10, "none", 8_000_000),
        Self::new(100, "none", 6_000_000),
        Self::new(1_024, "none", 1_500_000),
        Self::new(10, "lz4", 6_000_000),
        Self::new(100, "lz4", 4_000_000),
        Self::new(1_024, "lz4", 500_000),
    ];

    const fn new(size: usize, codec: &'static str, records: u64) -> Self {
        Self { size, codec, records }
    }

    /// Records that are sent beforehand and not measured.
    pub(crate) const fn warm_up(&self) -> u64 {
        self.records / 10
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            1_024 => write!(f, "1 KiB {}", self.codec),
            size => write!(f, "{size} B {}", self.codec),
        }
    }
}
