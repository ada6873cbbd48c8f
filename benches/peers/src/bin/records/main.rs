//! Writes, checks and reads record batches with klamm and with others, and fails on a missed goal.
//!
//! The others are published crates and code made by hand.
//!
//! An argument limits the run to the contests whose title contains it.
#![deny(unsafe_code)]

#[path = "../../allocator.rs"]
mod allocator;
mod append;
mod checksums;
mod compress;
mod encode;
mod facts;
mod floor;
mod goals;
mod peers;
mod read;
mod stamp;
mod sum;

use std::process::ExitCode;

use klamm_peers_bench::{Outcome, Verdict, keep_freed_memory};

fn main() -> ExitCode {
    keep_freed_memory();
    let mut contests = Vec::new();
    contests.extend(append::contests());
    contests.extend(encode::contests());
    contests.extend(checksums::contests());
    contests.extend(stamp::contests());
    contests.extend(read::contests());
    contests.extend(compress::contests());
    if let Some(part) = std::env::args().nth(1) {
        contests.retain(|contest| contest.title.contains(&part));
    }
    let outcomes: Vec<Outcome<String>> = contests.into_iter().map(Outcome::of).collect();
    println!("time of one operation: median [least .. most], and as a multiple of ours");
    outcomes.iter().for_each(Outcome::print);
    println!();
    let verdicts: Vec<Verdict> = outcomes.iter().flat_map(goals::verdicts).collect();
    let is_missed = !Verdict::print_all(&verdicts);
    ExitCode::from(u8::from(is_missed))
}
