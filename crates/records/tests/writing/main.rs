//! Batches as a producer writes them: appended to, encoded, stamped, split.

mod appending;
mod encoding;
mod golden;
mod splitting;
mod support;
