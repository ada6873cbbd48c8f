//! Message sets of magic 0 and 1.

use super::walk::Walk;
use super::{CAP, fail, repair, sets};
use crate::compression::{Codec, Compression, Compressors, Decompressors};
use crate::error::BatchErrorKind;
use crate::layout::{MAGIC_AT, UNCOUNTED_LEN};
use crate::legacy::{LegacyView, MIN_LEN};
use crate::view::{Checksum, Entry, RecordSet};

/// Reads any bytes as a set of old messages, with formats and checksums put right, and then as
/// what is compressed inside one message, which the first bytes describe.
///
/// A message that is not compressed is its own record, and one that is has the records of the set
/// in it, all of them moved by as much.
pub fn legacy_sets(data: &[u8]) {
    let set = repair::set(data, |magic| magic & 1);
    sets::one_set(&set);
    let entries = RecordSet::new(&set).map_while(Result::ok);
    entries.for_each(|entry| check_message(entry.bytes()));
    let choice = data.first_chunk().unwrap_or(&[0; 2]);
    check_wrapped(&Wrapper::of(*choice), &set);
    let behind = data.get(choice.len()..).unwrap_or_default();
    check_wrapped(&Wrapper::of(*choice), &repair::set(behind, |magic| magic & 1));
}

/// One whole message of a set.
fn check_message(bytes: &[u8]) {
    let message = read(bytes);
    assert_eq!(message.bytes(), bytes);
    assert_eq!(bytes.get(MAGIC_AT).map(|magic| magic.cast_signed()), Some(message.magic()));
    assert_eq!(message.check_crc(), Ok(()));
    for len in (0..bytes.len().min(40)).chain([bytes.len() - 1]) {
        let front = bytes.get(..len).unwrap_or_default();
        let error = LegacyView::read(front, Checksum::Checked).map(drop);
        let error = error.map_err(|error| (error.kind(), error.offset() <= len));
        assert_eq!(error, Err((BatchErrorKind::Truncated, true)), "{len} of {}", bytes.len());
    }
    if message.codec() == Ok(Codec::None) {
        let mut decompressors = Decompressors::new();
        let walk = records(&message, &mut decompressors);
        assert!(walk.records.len() == 1 && walk.error.is_none());
        walk.check_bounds(bytes);
        for record in walk.records {
            assert_eq!((record.offset, record.timestamp), (message.offset(), message.timestamp()));
            assert_eq!((record.key, record.value), (message.key(), message.value()));
        }
    }
}

fn read(bytes: &[u8]) -> LegacyView<'_> {
    match LegacyView::read(bytes, Checksum::Checked) {
        Ok((message, rest)) => {
            assert!(rest.is_empty());
            message
        }
        Err(error) => fail("a message that was read before", &error),
    }
}

fn records<'s>(message: &LegacyView<'s>, decompressors: &'s mut Decompressors) -> Walk<'s> {
    match message.records(decompressors, CAP) {
        Ok(records) => Walk::of(records),
        Err(error) => fail("an uncompressed message", &error),
    }
}

/// A message around others.
struct Wrapper {
    magic: u8,
    codec: Codec,
    is_append_time: bool,
    offset: i64,
}

impl Wrapper {
    fn of([format, offset]: [u8; 2]) -> Self {
        let codecs = [Codec::Gzip, Codec::Snappy, Codec::Lz4];
        let codec = codecs.get(usize::from(format >> 1) % codecs.len());
        Self {
            magic: format & 1,
            codec: codec.copied().unwrap_or_default(),
            is_append_time: format & 0x80 != 0,
            offset: i64::from(offset),
        }
    }

    /// The whole message around this set.
    fn bytes(&self, set: &[u8]) -> Option<Vec<u8>> {
        let mut output = vec![0; 2 * set.len() + 1_024];
        let compression = Compression::of(self.codec);
        let len = Compressors::new().compress(compression, set, &mut output).ok()??;
        let time = if self.magic == 0 { &[][..] } else { &[7; 8] };
        let attributes = self.codec.id() | if self.is_append_time { 0x08 } else { 0 };
        let body = [
            &[0; 4],
            &[self.magic, attributes][..],
            time,
            &(-1_i32).to_be_bytes(),
            &i32::try_from(len).ok()?.to_be_bytes(),
            output.get(..len)?,
        ]
        .concat();
        let length = i32::try_from(body.len()).ok()?.to_be_bytes();
        let mut bytes = [&self.offset.to_be_bytes()[..], &length, &body].concat();
        repair::checksum(&mut bytes);
        Some(bytes)
    }
}

/// Puts a set into a message and reads it from there.
fn check_wrapped(wrapper: &Wrapper, set: &[u8]) {
    let Some(bytes) = wrapper.bytes(set) else { return };
    let message = read(&bytes);
    assert_eq!((message.offset(), message.codec()), (wrapper.offset, Ok(wrapper.codec)));
    let mut decompressors = Decompressors::new();
    let walk = match message.records(&mut decompressors, CAP) {
        Ok(records) => Walk::of(records),
        Err(error) => Walk { records: Vec::new(), error: Some(error) },
    };
    let Some(inside) = plain_messages(wrapper, set) else {
        return assert!(walk.error.is_some(), "{} records", walk.records.len());
    };
    if let Some(error) = walk.error {
        // Where the last one is wrong, or the first one is moved below zero, nothing is right.
        return assert!(matches!(error.kind(), BatchErrorKind::WrongOffset(_)), "{error}");
    }
    assert_eq!(walk.records.len(), inside.len());
    let moved = walk.records.iter().zip(&inside);
    let mut moved = moved.map(|(record, message)| record.offset.wrapping_sub(message.offset()));
    let first = moved.next();
    assert!(moved.all(|by| Some(by) == first));
    for (record, message) in walk.records.iter().zip(&inside) {
        assert_eq!((record.key, record.value), (message.key(), message.value()));
        let has_own_time = wrapper.magic == 0 || !wrapper.is_append_time;
        let time = if has_own_time { message.timestamp().0 } else { i64::from_be_bytes([7; 8]) };
        assert_eq!(record.timestamp.0, time);
    }
}

/// The messages of a set that may stand inside `wrapper`: at least one, none of another format,
/// none compressed, and none malformed. A set may be cut, but not within a message that could not
/// have been decompressed.
fn plain_messages<'a>(wrapper: &Wrapper, set: &'a [u8]) -> Option<Vec<LegacyView<'a>>> {
    let mut messages = Vec::new();
    let mut set = RecordSet::new(set);
    while let Some(entry) = set.next() {
        match entry {
            Ok(Entry::Legacy(message)) if is_plain(&message, wrapper) => messages.push(message),
            // Around a message the format of what is cut is looked at, and inside it is not.
            Err(_) if is_cut(set.tail()) => break,
            Ok(Entry::Legacy(_) | Entry::Batch(_)) | Err(_) => return None,
        }
    }
    let is_too_long = repair::total(set.tail()).is_some_and(|total| total > CAP + UNCOUNTED_LEN);
    (!messages.is_empty() && !is_too_long).then_some(messages)
}

fn is_plain(message: &LegacyView<'_>, wrapper: &Wrapper) -> bool {
    message.magic().cast_unsigned() == wrapper.magic && message.codec() == Ok(Codec::None)
}

/// Whether there is a part of a message.
fn is_cut(tail: &[u8]) -> bool {
    repair::total(tail).is_some_and(|total| MIN_LEN <= total && tail.len() < total)
}
