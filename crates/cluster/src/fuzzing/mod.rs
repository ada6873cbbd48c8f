//! What the fuzz targets call; the crate's own tests replay the corpora with the same functions.
//!
//! A function here returns whatever its input is, or a property of this crate does not hold.

mod connection;
mod metadata;
mod sasl;

pub use connection::connection;
pub use metadata::{cluster_metadata, events_of_metadata};
pub use sasl::{End, cluster_sasl, end_of_sasl};
