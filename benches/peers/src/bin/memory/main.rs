//! How much memory klamm takes when nothing that it sends is answered; fails above the bound.
//!
//! `memory [--row TITLE]` goes through all cases, each in a process of its own; with `--buffer`
//! this program is one of them.
#![deny(unsafe_code)]

mod case;
mod heap;
mod stall;

use std::process::ExitCode;

use klamm_peers_bench::{Arguments, Mock, rerun};

use case::Case;
use stall::Found;

/// Of the sweep, and of a case.
const OPTIONS: &[&str] = &["row", "bootstrap", "buffer", "size", "codec", "tagged"];
/// The broker accepts connections and answers everything but Produce.
const STALLED: &[&str] = &["--fault", "produce: on-receipt hang"];

fn main() -> ExitCode {
    match Arguments::read(OPTIONS).and_then(|arguments| start(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("memory: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every case stays within its bound.
fn start(arguments: &Arguments) -> Result<bool, String> {
    if arguments.get("buffer").is_some() {
        println!(
            "{}",
            stall::run(&Case::read(arguments)?, &arguments.demanded::<String>("bootstrap")?)?
        );
        return Ok(true);
    }
    let part = arguments.get("row").unwrap_or_default();
    let mock = Mock::build()?;
    let mut is_good = true;
    println!("live memory above that before the producer, MiB; most that its budget counted");
    for case in Case::all().iter().filter(|case| case.to_string().contains(part)) {
        let broker = mock.start(STALLED)?;
        let said = rerun(&case.arguments(&broker.bootstrap))?;
        let found = Found::parse(&said).ok_or_else(|| format!("{case} said `{said}`"))?;
        is_good &= case.print(&found);
    }
    Ok(is_good)
}
