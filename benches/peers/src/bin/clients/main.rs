//! Whole clients beside one another, each in a process of its own, and a broker in another one.
//!
//! `clients [--rounds N] [--row TITLE]` compares; with `--side` this program is one of the sides.
#![forbid(unsafe_code)]

mod contest;
mod figures;
mod row;
mod run;
mod side;
mod sides;

use std::process::ExitCode;

use klamm_peers_bench::Arguments;

/// Of the comparison, and of a side.
const OPTIONS: &[&str] =
    &["rounds", "row", "side", "bootstrap", "size", "codec", "records", "warm-up"];

fn main() -> ExitCode {
    match Arguments::read(OPTIONS).and_then(|arguments| start(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("clients: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal is reached.
fn start(arguments: &Arguments) -> Result<bool, String> {
    if let Some(name) = arguments.get("side") {
        let measured = side::Side::named(name)?.run(&run::Job::read(arguments)?)?;
        println!("{measured}");
        return Ok(true);
    }
    let rounds = arguments.parsed("rounds", 3)?;
    contest::run(rounds, arguments.get("row").unwrap_or_default())
}
