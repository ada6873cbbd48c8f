//! Frames are cut out of any stream, built as the reference builds them, and read again.

mod cutting;
mod whole;
