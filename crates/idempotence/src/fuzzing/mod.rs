//! What the fuzz target calls; the crate's own tests replay its corpus with the same functions.
//!
//! The first bit of an input says what it tells. Either a scope and the moves of a world in it:
//! every invariant that the models know is held against each of them. Or inputs for a machine of
//! any mode, nonsense included: there is no broker then to be right or wrong, but the machine must
//! not panic, must not break its own laws, and must tell every batch once. The second bit of a
//! world says whether its batches come one by one.

mod bytes;
mod inputs;
mod nonsense;
mod walk;
mod watch;

use bytes::Bytes;

/// Does what an input tells. It returns, or a property of this crate does not hold.
pub fn producer_walk(data: &[u8]) {
    _ = situations(data);
}

/// The same, and what the world of the input has met, as a set of the bits of
/// [`Situation`](crate::model::Situation); nothing for an input without a world.
pub fn situations(data: &[u8]) -> u32 {
    let mut bytes = Bytes::new(data);
    let kind = bytes.byte();
    if kind & 1 == 0 {
        walk::walk(kind & 2 != 0, &mut bytes)
    } else {
        nonsense::nonsense(&mut bytes);
        0
    }
}
