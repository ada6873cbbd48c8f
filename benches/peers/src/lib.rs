//! How sides are measured against one another: turns, medians, allocations and goals.
//!
//! And what whole clients need for it: a broker, values to send, and requests made by hand.
#![forbid(unsafe_code)]

mod allocations;
mod arguments;
mod broker;
mod contender;
mod floor;
mod goal;
mod outcome;
mod process;
mod settings;
mod values;

use std::hint::black_box;

pub use allocations::{Allocations, note};
pub use arguments::Arguments;
pub use broker::{Broker, Counted, Mock, PARTITIONS, TOPIC};
pub use contender::{Contender, Contest, Side};
pub use floor::Floor;
pub use goal::{Bound, Verdict};
pub use outcome::{Measured, Outcome, Spread};
pub use process::{Meter, children_time, nap, peak_resident, processor_time, rerun};
pub use settings::Settings;
pub use values::values;

/// Lets the allocator keep what is freed: glibc returns the end of its heap to the system once a
/// block as large as the largest mapped one so far is free there. Whether that happens after each
/// message depends on what else lies on the heap, and it can double the time of either side.
pub fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(31 << 20)));
}
