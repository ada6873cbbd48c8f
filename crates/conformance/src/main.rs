//! The command line: `klamm-conformance run | list | show | compare`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    klamm_conformance::cli::main(&arguments)
}
