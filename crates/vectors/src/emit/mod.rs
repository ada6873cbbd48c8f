//! Writes batches that ours made as lines, for others to read.

mod content;
mod lines;
mod random;
mod settings;

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fields::Problem;
use crate::report::Report;
use lines::Lines;

/// So many lines are made, checked and written at a time.
const AT_ONCE: u64 = 512;

/// Why lines were not written.
#[derive(Debug)]
#[non_exhaustive]
pub enum EmitError {
    /// The file cannot be written.
    Output(io::Error),
    /// Ours made no batch for a line.
    Batch(String),
    /// Ours does not read what it wrote: the report tells the lines.
    Unreadable(Box<Report>),
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(error) => write!(f, "cannot write the lines: {error}"),
            Self::Batch(problem) => write!(f, "a batch was not made: {problem}"),
            Self::Unreadable(report) => write!(f, "a batch is not what it should be: {report}"),
        }
    }
}

impl std::error::Error for EmitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Output(error) => Some(error),
            Self::Batch(_) | Self::Unreadable(_) => None,
        }
    }
}

impl From<io::Error> for EmitError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Problem> for EmitError {
    fn from(problem: Problem) -> Self {
        Self::Batch(problem)
    }
}

/// Writes so many lines with batches, which follow from the seed, each checked before. The file is
/// compressed if its name ends in `.gz`.
///
/// # Errors
/// When the file cannot be written, or a batch is not what it should be.
pub fn emit_batches(seed: u64, count: u64, file: &Path) -> Result<(), EmitError> {
    let output = BufWriter::new(File::create(file)?);
    if file.extension().is_some_and(|extension| extension == "gz") {
        let mut packed = GzEncoder::new(output, Compression::default());
        write_batches(seed, count, &mut packed)?;
        Ok(packed.finish()?.flush()?)
    } else {
        let mut output = output;
        write_batches(seed, count, &mut output)?;
        Ok(output.flush()?)
    }
}

fn write_batches(seed: u64, count: u64, output: &mut dyn Write) -> Result<(), EmitError> {
    let mut lines = Lines::new(seed);
    let mut left = count;
    while left > 0 {
        let now = left.min(AT_ONCE);
        left -= now;
        let mut text = Vec::new();
        for _ in 0..now {
            text.extend_from_slice(&lines.next()?);
            text.push(b'\n');
        }
        let mut report = Report::default();
        report.add_text("emitted", &text);
        if report.failed() > 0 {
            return Err(EmitError::Unreadable(Box::new(report)));
        }
        output.write_all(&text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use klamm_records::Codec;

    use super::*;

    fn written(seed: u64, count: u64) -> Vec<u8> {
        let mut text = Vec::new();
        write_batches(seed, count, &mut text).unwrap();
        text
    }

    #[test]
    fn lines_follow_from_the_seed_alone() {
        assert_eq!(written(1, 8), written(1, 8));
        assert_ne!(written(1, 8), written(2, 8));
        assert!(written(1, 8).starts_with(&written(1, 4)));
    }

    #[test]
    fn a_few_lines_have_every_codec_and_pass_the_check() {
        let text = written(3, 40);
        let mut report = Report::default();
        report.add_text("emitted", &text);
        assert_eq!((report.passed(), report.failed()), (40, 0), "{report}");
        for codec in Codec::ALL {
            assert!(report.batches(2, codec) > 0, "{report}");
        }
    }
}
