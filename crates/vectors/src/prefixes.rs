//! Bytes cut short, and bytes with one too many.

use bytes::Bytes;
use klamm_protocol::catalogue::Entry;
use klamm_wire::Reader;

use crate::fields::Problem;

/// Up to this length, every prefix is tried.
const EVERY: usize = 4096;
/// Of longer bytes, so many prefixes at the end.
const LAST: usize = 64;
/// And so many between.
const SPREAD: usize = 256;

/// Every strict prefix must be refused; names the first that is read as if it were whole.
pub(crate) fn accepted(entry: &Entry, version: i16, bytes: &Bytes) -> Option<Problem> {
    let is_read = |length: &usize| {
        let prefix = bytes.slice(..*length);
        entry.read(&mut Reader::over(&prefix), version).is_ok()
    };
    let length = lengths(bytes.len()).find(is_read)?;
    Some(format!("the first {length} of {} bytes are accepted as the message", bytes.len()))
}

/// The lengths of the strict prefixes to try, ascending.
pub(crate) fn lengths(whole: usize) -> impl Iterator<Item = usize> {
    let head = whole.min(EVERY);
    let tail = whole.saturating_sub(LAST).max(head);
    let step = ((tail - head) / SPREAD).max(1);
    (0..head).chain((head..tail).step_by(step)).chain(tail..whole)
}

/// A byte behind the message belongs to whatever follows.
pub(crate) fn trailing(entry: &Entry, version: i16, bytes: &[u8]) -> Option<Problem> {
    let longer = Bytes::from([bytes, &[0]].concat());
    let mut reader = Reader::over(&longer);
    match entry.read(&mut reader, version) {
        Ok(_) if reader.remaining() == 1 => None,
        Ok(_) => Some(format!("of one byte behind the message, {} are left", reader.remaining())),
        Err(error) => Some(format!("with a byte behind the message: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_bytes_are_cut_everywhere() {
        assert!(lengths(0).eq(0..0));
        assert!(lengths(1).eq(0..1));
        assert!(lengths(EVERY).eq(0..EVERY));
    }

    #[test]
    fn long_bytes_are_cut_at_both_ends_and_here_and_there() {
        for whole in [EVERY + 1, EVERY + LAST, EVERY + LAST + 1, 5000, 100_000] {
            let tried: Vec<usize> = lengths(whole).collect();
            assert!(tried.is_sorted_by(|a, b| a < b), "{whole}");
            assert!((0..EVERY).chain(whole - 1..whole).all(|at| tried.contains(&at)), "{whole}");
            assert!(tried.len() <= EVERY + LAST + 2 * SPREAD, "{whole}");
        }
        assert!((99_936..100_000).all(|at| lengths(100_000).any(|tried| tried == at)));
    }
}
