//! Judges a cluster with librdkafka: writes marked records, reads them back, and tells.
//!
//! `klamm-foreign --bootstrap ADDRESS --topic NAME [--records N] [--mode idempotent|plain]
//! [--codec CODEC] [--demand exact|counted]` ends with one line of JSON and exit code 0 or 1.
//!
//! `klamm-foreign partitions KEYS ANSWERS KEYLESS COUNTS` judges nothing: it writes down which
//! partitions librdkafka chooses.

#![forbid(unsafe_code)]

mod content;
mod figures;
mod options;
mod partitions;
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
    if let [word, keys, answers, keyless, counts] = args.as_slice()
        && word == "partitions"
    {
        return ended(partitions::run(keys, counts).and_then(|told| told.write(answers, keyless)));
    }
    match Options::parse(&args).and_then(|options| judge(&options)) {
        Ok(figures) => {
            println!("{}", figures.json());
            if figures.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(message) => ended(Err(message)),
    }
}

fn ended(outcome: Result<(), String>) -> ExitCode {
    let Err(message) = outcome else { return ExitCode::SUCCESS };
    eprintln!("klamm-foreign: {message}");
    ExitCode::FAILURE
}

fn judge(options: &Options) -> Result<Figures, String> {
    topic::create(options)?;
    let began = Instant::now();
    let acks = produce::run(options)?;
    let taken = began.elapsed();
    let tally = verify::run(options)?;
    Ok(Figures::of(options, &acks, &tally, taken))
}
