//! Finite state entropy: distributions from counts, their descriptions, and tables to write with.

mod description;
mod distribution;
mod table;

pub(super) use description::Description;
pub(super) use distribution::{Counts, Distribution};
pub(super) use table::Table;

/// More symbols than any table tells apart, so that six bits are always the number of one.
pub(super) const SYMBOLS: usize = 64;
/// The largest table: 2⁹ states.
const MAX_STATES: usize = 512;
