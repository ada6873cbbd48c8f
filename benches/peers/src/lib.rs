//! How sides are measured against one another: turns, medians, allocations and goals.
#![forbid(unsafe_code)]

mod allocations;
mod contender;
mod goal;
mod outcome;

use std::hint::black_box;

pub use allocations::{Allocations, note};
pub use contender::{Contender, Contest, Side};
pub use goal::{Bound, Verdict};
pub use outcome::{Measured, Outcome, Spread};

/// Lets the allocator keep what is freed: glibc returns the end of its heap to the system once a
/// block as large as the largest mapped one so far is free there. Whether that happens after each
/// message depends on what else lies on the heap, and it can double the time of either side.
pub fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(31 << 20)));
}
