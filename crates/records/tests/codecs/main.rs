//! The codecs behind their one door: what comes back, what is refused, and what it costs.

mod gzip;
mod hostile;
mod levels;
mod lz4;
mod memory;
mod round_trips;
mod snappy;
mod support;
mod zstd;
