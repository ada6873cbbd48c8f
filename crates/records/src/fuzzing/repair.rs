//! Puts right what no fuzzer guesses: lengths, formats and checksums.

use crate::checksum::crc32c;
use crate::layout::{ATTRIBUTES_AT, CRC_AT, HEADER_LEN, LENGTH_AT, MAGIC, MAGIC_AT, UNCOUNTED_LEN};
use crate::view::{BatchView, Checksum};

/// Where the checksum of a message of magic 0 or 1 stands; it covers all that follows it.
const LEGACY_CRC_AT: usize = 12;

/// The batch at the front with the checksum of its bytes, and if there is none, all of the input
/// as one batch.
pub(super) fn batch(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    if BatchView::read(data, Checksum::Deferred).is_err() && data.len() >= HEADER_LEN {
        put(&mut bytes, LENGTH_AT, &counted(data.len()).to_be_bytes());
        put(&mut bytes, MAGIC_AT, &MAGIC.to_be_bytes());
    }
    let front = BatchView::read(&bytes, Checksum::Deferred);
    if let Ok(len) = front.map(|(batch, _)| batch.bytes().len()) {
        checksum(bytes.get_mut(..len).unwrap_or_default());
    }
    bytes
}

/// Every entry of a set with the checksum of its bytes, and with the format that `magic` makes of
/// the one it has.
pub(super) fn set(data: &[u8], magic: fn(u8) -> u8) -> Vec<u8> {
    let mut bytes = data.to_vec();
    let mut rest = bytes.as_mut_slice();
    while let Some(total) = total(rest) {
        let Some((entry, behind)) = rest.split_at_mut_checked(total) else { break };
        if let Some(byte) = entry.get_mut(MAGIC_AT) {
            *byte = magic(*byte);
        }
        checksum(entry);
        rest = behind;
    }
    bytes
}

/// How long the entry at the front claims to be.
pub(super) fn total(set: &[u8]) -> Option<usize> {
    let length = set.get(LENGTH_AT..)?.first_chunk()?;
    usize::try_from(i32::from_be_bytes(*length)).ok()?.checked_add(UNCOUNTED_LEN)
}

/// What the length field of an entry of so many bytes says.
pub(super) fn counted(total: usize) -> i32 {
    i32::try_from(total.saturating_sub(UNCOUNTED_LEN)).unwrap_or(i32::MAX)
}

/// Computes the checksum of a whole entry and puts it in place.
pub(super) fn checksum(entry: &mut [u8]) {
    let magic = entry.get(MAGIC_AT).copied().unwrap_or_default();
    if magic.cast_signed() == MAGIC {
        let crc = crc32c(entry.get(ATTRIBUTES_AT..).unwrap_or_default());
        put(entry, CRC_AT, &crc.to_be_bytes());
    } else {
        let covered = entry.get(MAGIC_AT..).unwrap_or_default();
        put(entry, LEGACY_CRC_AT, &crc32fast::hash(covered).to_be_bytes());
    }
}

/// Replaces what stands at `at`, if all of it is there.
fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    let place = bytes.get_mut(at..).and_then(|rest| rest.get_mut(..new.len()));
    place.unwrap_or_default().iter_mut().zip(new).for_each(|(to, from)| *to = *from);
}
