//! Futures that are dropped at every point where they wait: nothing is lost, and nothing doubled.
#![cfg(test)]

#[path = "../world/mod.rs"]
mod world;

mod documented;
mod sends;
mod transactions;
mod whole;

/// So many polls end every call here.
const POLLS: usize = 8;
