//! The arithmetic of sequences, in numbers wide enough never to overflow.

use crate::{Defect, Defects};

/// No sequence: the batch is not numbered, or nothing was appended yet.
pub(super) const NONE: i32 = -1;

/// How many sequences there are.
fn modulus(defects: &Defects) -> i64 {
    let all = 1_i64 << 31;
    if defects.has(Defect::WrapsEarly) { all - 1 } else { all }
}

/// The sequence of the last record of a batch that begins with `first`.
pub(super) fn last(first: i32, last_offset_delta: i32, defects: &Defects) -> i32 {
    if first < 0 {
        return NONE;
    }
    narrowed((i64::from(first) + i64::from(last_offset_delta)).rem_euclid(modulus(defects)))
}

/// The sequence after `last`: 0 after none.
pub(super) fn next(last: i32, defects: &Defects) -> i32 {
    narrowed((i64::from(last) + 1).rem_euclid(modulus(defects)))
}

/// What is left after a division by no more than 2^31 fits.
fn narrowed(sequence: i64) -> i32 {
    i32::try_from(sequence).unwrap_or(i32::MAX)
}
