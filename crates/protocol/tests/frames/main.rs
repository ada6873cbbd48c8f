//! Frames are cut out of any stream, built as the reference builds them, and read again.

#[cfg(test)]
mod cutting;
#[cfg(test)]
mod whole;
