//! A broker that acknowledges and stores nothing: the other side of a client's benchmark.
//!
//! Produce requests are walked through as they come, in pieces of any size, and the records in
//! them are passed over without being kept, so that little more than the socket's own cost is left.
//! Everything else goes to a cluster, which is what makes real clients connect at all.

mod check;
mod counts;
#[cfg(test)]
mod tests;
mod walk;

pub use counts::{Counted, Counts};
pub(crate) use walk::{Event, Walker};
