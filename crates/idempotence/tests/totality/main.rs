//! Any input is handled in any state: what no caller should say changes nothing, or fails politely.

#![cfg(test)]

mod any_input;
mod bad_input;
#[path = "../faults/language/checks.rs"]
mod checks;
mod driver;
mod inputs;
mod recovery;
mod wires;
