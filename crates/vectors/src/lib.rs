//! Replays reference vectors: lines of JSON that tell which bytes belong to which values.
//!
//! A line is judged on its own, by everything it says: [`check_files`] reads files,
//! [`Report::add_text`] takes lines from elsewhere, and the [`Report`] names each line that failed.
#![forbid(unsafe_code)]

mod bad;
mod batches;
mod bytewise;
mod content;
mod declared;
mod diff;
mod emit;
mod fields;
mod framing;
mod input;
mod legacy;
mod line;
mod message;
mod non_finite;
mod prefixes;
mod records;
mod refusal;
mod replay;
mod report;
mod tags;

use std::path::PathBuf;

pub use emit::{EmitError, emit_batches};
pub use input::InputError;
pub use line::{Covers, Outcome, Subject, Verdict};
pub use report::{Failure, Report};

/// Replays files, plain or compressed with gzip.
///
/// # Errors
/// When a file cannot be read; a line that cannot be understood is a failure in the report.
pub fn check_files(files: &[PathBuf]) -> Result<Report, InputError> {
    let mut report = Report::default();
    for file in files {
        report.add_text(&file.display().to_string(), &input::read(file)?);
    }
    Ok(report)
}
