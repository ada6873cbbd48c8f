//! Transactions from beginning to end, in both generations of the protocol.

mod ended;
mod stage;
mod troubled;

use stage::{BOTH, Stage};
