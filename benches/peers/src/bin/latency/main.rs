//! How long a record takes at a steady pace, client by client, each in a process of its own.
//!
//! `latency [--rounds N] [--seconds N]` compares; with `--side` this program is one of the sides.
#![forbid(unsafe_code)]

mod book;
mod contest;
mod pace;
mod side;

use std::process::ExitCode;

use klamm_peers_bench::Arguments;

/// Of the comparison, and of a side.
const OPTIONS: &[&str] = &["rounds", "seconds", "side", "bootstrap"];

fn main() -> ExitCode {
    match Arguments::read(OPTIONS).and_then(|arguments| start(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("latency: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal is reached.
fn start(arguments: &Arguments) -> Result<bool, String> {
    let seconds = arguments.parsed("seconds", 10)?;
    match arguments.get("side") {
        Some(name) => {
            let bootstrap: String = arguments.demanded("bootstrap")?;
            println!("{}", pace::run(side::Side::named(name)?, &bootstrap, seconds)?);
            Ok(true)
        }
        None => contest::run(arguments.parsed("rounds", 3)?, seconds),
    }
}
