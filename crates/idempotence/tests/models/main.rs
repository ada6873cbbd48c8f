//! Explores small worlds around the real machine: every order of events, every place for a fault.
//!
//! Arguments name models by their letter; without any, those run that take seconds. Each must be
//! exhausted or say how far it came, must meet the situations it is there for, and must meet no
//! state in which an invariant is broken or from which a world without further faults does not
//! bring every batch to its end.

#![cfg(test)]

mod checking;
mod plan;
mod transactions;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |plan: &plan::Plan| {
        if args.is_empty() { plan.quick } else { args.iter().any(|name| name == plan.letter) }
    };
    let mut sound = true;
    let mut states = 0;
    for plan in plan::all().iter().filter(|plan| is_wanted(plan)) {
        let report = plan.check();
        states += report.states;
        sound &= report.print();
    }
    println!("{states} states in all");
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
