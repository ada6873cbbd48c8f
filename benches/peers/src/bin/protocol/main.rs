//! Decodes and encodes the same bytes with klamm and with others, and fails on a missed goal.
//!
//! The others are the `kafka-protocol` crate and writers made by hand.
//!
//! An argument limits the run to the contests whose title contains it.
#![deny(unsafe_code)]

#[path = "../../allocator.rs"]
mod allocator;
mod api_versions;
mod contest;
mod facts;
mod floor;
mod goals;
mod metadata;
mod produce_request;
mod produce_response;
mod sum;

use std::process::ExitCode;

use klamm_peers_bench::{Outcome, Verdict, keep_freed_memory};

use crate::contest::Title;

fn main() -> ExitCode {
    let mut contests = Vec::new();
    contests.extend(metadata::contests());
    contests.extend(produce_request::contests(9));
    contests.extend(produce_request::contests(13));
    contests.extend(produce_response::contests(9));
    contests.extend(produce_response::contests(13));
    contests.extend(api_versions::contests());
    keep_freed_memory();
    if let Some(part) = std::env::args().nth(1) {
        contests.retain(|contest| contest.title.to_string().contains(&part));
    }
    let outcomes: Vec<Outcome<Title>> = contests.into_iter().map(Outcome::of).collect();
    println!("time of one operation: median [least .. most], and as a multiple of ours");
    outcomes.iter().for_each(Outcome::print);
    println!();
    let verdicts: Vec<Verdict> = outcomes.iter().flat_map(goals::verdicts).collect();
    let is_missed = !Verdict::print_all(&verdicts);
    ExitCode::from(u8::from(is_missed))
}
