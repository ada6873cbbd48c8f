//! What the fuzz targets call; the crate's own tests replay the corpora with the same functions.
//!
//! A function here returns whatever its input is, or a property of this crate does not hold.

mod appending;
mod batches;
mod legacy;
mod model;
mod operations;
mod repair;
mod sets;
mod streams;
mod walk;

pub use appending::append_round_trip;
pub use batches::batch_view;
pub use legacy::legacy_sets;
pub use sets::record_set;
pub use streams::{decompress_gzip, decompress_lz4, decompress_snappy, decompress_zstd};

/// What one batch may decompress to.
const CAP: usize = 1 << 20;

#[expect(clippy::panic, reason = "this is how a fuzz target reports")]
fn fail(what: &str, error: &dyn std::error::Error) -> ! {
    panic!("{what}: {error}")
}
