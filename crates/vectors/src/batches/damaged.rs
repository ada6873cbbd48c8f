//! A batch with a byte changed, and a batch cut short.

use klamm_records::layout::HEADER_LEN;
use klamm_records::{BatchErrorKind, RecordSet};

use crate::fields::Problem;
use crate::prefixes;

/// Where the checksum stands, and where what it covers begins.
const CRC_AT: usize = 17;
const COVERED_FROM: usize = 21;

/// A changed byte must be told by the checksum; names the first that is not.
pub(super) fn accepted(bytes: &[u8]) -> Option<Problem> {
    let middle = HEADER_LEN.midpoint(bytes.len());
    let places = [CRC_AT, COVERED_FROM, HEADER_LEN - 1, middle, bytes.len().saturating_sub(1)];
    let mut damaged = bytes.to_vec();
    places.into_iter().find_map(|at| {
        flip(&mut damaged, at)?;
        let found = RecordSet::new(&damaged).next();
        let problem = match found {
            Some(Err(error)) if is_checksum(error.kind()) => None,
            Some(Err(error)) => Some(format!("told otherwise than by the checksum: {error}")),
            Some(Ok(_)) => Some("accepted".to_owned()),
            None => Some("taken for the end of the set".to_owned()),
        };
        flip(&mut damaged, at)?;
        problem.map(|problem| format!("with byte {at} changed: {problem}"))
    })
}

fn flip(bytes: &mut [u8], at: usize) -> Option<()> {
    bytes.get_mut(at).map(|byte| *byte ^= 0x10)
}

const fn is_checksum(kind: BatchErrorKind) -> bool {
    matches!(kind, BatchErrorKind::WrongChecksum { .. })
}

/// A set may end inside a batch: every strict prefix is an incomplete tail and no error.
pub(super) fn cut(bytes: &[u8]) -> Option<Problem> {
    prefixes::lengths(bytes.len()).find_map(|length| {
        let mut set = RecordSet::new(bytes.get(..length)?);
        let problem = match set.next() {
            None if set.tail().len() == length => return None,
            None => format!("{} of them are left", set.tail().len()),
            Some(Ok(_)) => "they are accepted as the batch".to_owned(),
            Some(Err(error)) => error.to_string(),
        };
        Some(format!("the first {length} of {} bytes: {problem}", bytes.len()))
    })
}
