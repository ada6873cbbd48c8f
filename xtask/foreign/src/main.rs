//! Judges a cluster with librdkafka: writes marked records, reads them back, and tells.
//!
//! `klamm-foreign --bootstrap ADDRESS --topic NAME [--records N] [--mode idempotent|plain]
//! [--codec CODEC] [--demand exact|counted]` ends with one line of JSON and exit code 0 or 1.

#![forbid(unsafe_code)]

mod content;
mod figures;
mod options;
mod produce;
mod tally;
mod topic;
mod verify;

use std::process::ExitCode;
use std::time::Instant;

use figures::Figures;
use options::Options;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match Options::parse(&args).and_then(|options| judge(&options)) {
        Ok(figures) => {
            println!("{}", figures.json());
            if figures.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(message) => {
            eprintln!("klamm-foreign: {message}");
            ExitCode::FAILURE
        }
    }
}

fn judge(options: &Options) -> Result<Figures, String> {
    topic::create(options)?;
    let began = Instant::now();
    let acks = produce::run(options)?;
    let taken = began.elapsed();
    let tally = verify::run(options)?;
    Ok(Figures::of(options, &acks, &tally, taken))
}
