//! Which server to dial when: addresses in turn, time-outs and waits that grow, and no storm.
//!
//! A wish for a connection begins a round: the addresses that are left of the last look-up are
//! tried one after another, then those of a fresh one. A round that finds nobody is followed by a
//! wait that doubles with each such round; so is a connection that was lost.

mod desk;
mod machine;
mod server;
#[cfg(test)]
mod tests;

pub use machine::{Dial, Order, Target};
