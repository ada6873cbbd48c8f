//! Compares klamm's codecs with the libraries in C on the same bytes, and fails on a missed goal.
//!
//! An argument limits the run to the contests whose title contains it.
#![deny(unsafe_code)]

mod c;
mod contest;
mod data;
mod goals;
mod outcome;
mod side;

use std::process::ExitCode;

use crate::contest::Contest;
use crate::outcome::Outcome;

fn main() -> ExitCode {
    let mut contests: Vec<Contest> = contest::all();
    if let Some(part) = std::env::args().nth(1) {
        contests.retain(|contest| contest.title().contains(&part));
    }
    println!("{}", outcome::HEAD);
    let mut is_missed = false;
    for contest in contests {
        let outcome = Outcome::of(contest);
        println!("{}", outcome.row());
        for missed in goals::missed(&outcome) {
            eprintln!("MISSED {missed}");
            is_missed = true;
        }
    }
    ExitCode::from(u8::from(is_missed))
}
