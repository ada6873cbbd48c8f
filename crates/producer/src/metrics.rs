//! What happened so far, under the names that Java's producer has for it.

pub use klamm_engine::metrics::{Distribution, Metrics};
