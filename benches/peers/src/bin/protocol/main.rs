//! Decodes and encodes the same bytes with klamm and with others, and fails on a missed goal.
//!
//! The others are the `kafka-protocol` crate and writers made by hand.
//!
//! An argument limits the run to the contests whose title contains it.
#![deny(unsafe_code)]

mod allocations;
mod api_versions;
mod contest;
mod facts;
mod floor;
mod goals;
mod metadata;
mod outcome;
mod produce_request;
mod produce_response;
mod sum;

use std::hint::black_box;
use std::process::ExitCode;

use crate::goals::Verdict;
use crate::outcome::Outcome;

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
    let outcomes: Vec<Outcome> = contests.into_iter().map(Outcome::of).collect();
    println!("time of one operation: median [least .. most], and as a multiple of ours");
    outcomes.iter().for_each(Outcome::print);
    println!();
    let verdicts: Vec<Verdict> = outcomes.iter().flat_map(Verdict::on).collect();
    verdicts.iter().for_each(|verdict| println!("{verdict}"));
    let is_missed = !verdicts.iter().all(Verdict::holds);
    ExitCode::from(u8::from(is_missed))
}

/// Lets the allocator keep what is freed: glibc returns the end of its heap to the system once a
/// block as large as the largest mapped one so far is free there. Whether that happens after each
/// message depends on what else lies on the heap, and it can double the time of either side.
fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(31 << 20)));
}
