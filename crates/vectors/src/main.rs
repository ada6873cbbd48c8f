//! The command line: `klamm-vectors check FILE...`.
#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: klamm-vectors check FILE...";

/// A line failed.
const FAILED: u8 = 1;
/// Nothing can be said about the lines.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match arguments.split_first() {
        Some((command, files)) if command.as_os_str() == "check" && !files.is_empty() => {
            check(files)
        }
        _ => unusable(USAGE),
    }
}

fn check(files: &[PathBuf]) -> ExitCode {
    let report = match klamm_vectors::check_files(files) {
        Ok(report) => report,
        Err(error) => return unusable(&error.to_string()),
    };
    let printed = write!(io::stdout().lock(), "{report}");
    match (printed, report.failed()) {
        (Err(error), _) => unusable(&format!("cannot print the report: {error}")),
        (Ok(()), 0) => ExitCode::SUCCESS,
        (Ok(()), _) => ExitCode::from(FAILED),
    }
}

fn unusable(reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::from(UNUSABLE)
}
