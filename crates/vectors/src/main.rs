//! The command line: `klamm-vectors check FILE...` and `klamm-vectors emit-batches ...`.
#![forbid(unsafe_code)]

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: klamm-vectors check FILE...\n       \
                     klamm-vectors emit-batches --seed N --count N --out FILE";

/// A line failed.
const FAILED: u8 = 1;
/// Nothing can be said about the lines.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.split_first() {
        Some((command, files)) if command == "check" && !files.is_empty() => check(files),
        Some((command, options)) if command == "emit-batches" => {
            emit(options).unwrap_or_else(|| unusable(USAGE))
        }
        _ => unusable(USAGE),
    }
}

fn check(files: &[OsString]) -> ExitCode {
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    let report = match klamm_vectors::check_files(&files) {
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

/// Writes batches; `None` if the options are not those that it takes.
fn emit(options: &[OsString]) -> Option<ExitCode> {
    let (pairs, odd) = options.as_chunks::<2>();
    if pairs.len() != 3 || !odd.is_empty() {
        return None;
    }
    let value = |name: &str| {
        let mut pairs = pairs.iter();
        pairs.find_map(|[key, value]| (key == name).then_some(value.as_os_str()))
    };
    let number = |value: &OsStr| value.to_str()?.parse().ok();
    let (seed, count) = (number(value("--seed")?)?, number(value("--count")?)?);
    Some(match klamm_vectors::emit_batches(seed, count, Path::new(value("--out")?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ klamm_vectors::EmitError::Output(_)) => unusable(&error.to_string()),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(FAILED)
        }
    })
}

fn unusable(reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::from(UNUSABLE)
}
