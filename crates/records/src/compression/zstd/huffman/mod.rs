//! Huffman codes for literals: from how often each occurs to the streams.

mod codes;
mod description;
mod histogram;
mod lengths;
mod streams;

pub(super) use codes::Codes;
pub(super) use description::Description;
pub(super) use histogram::Histogram;

/// How many different literals there are.
const LITERALS: usize = 256;
/// The longest code.
const MAX_BITS: u8 = 11;
