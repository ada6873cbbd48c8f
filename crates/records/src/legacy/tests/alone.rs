//! Messages that are their only record.

use klamm_wire::WallMillis;
use proptest::prelude::*;

use super::{CAP, Parts, fields, framed, message, nullable, read};
use crate::error::BatchErrorKind::{
    self, NegativeLength, TrailingBytes, Truncated, UnknownCodec, UnknownMagic, WrongChecksum,
    WrongLength,
};
use crate::legacy::{LegacyView, TimestampType};
use crate::view::{Checksum, RecordSet};
use crate::{Codec, Decompressors};

/// Two messages of magic 1 as the reference writes them.
const REFERENCE: &str = "00000000000000010000001b331844aa0100000001519ac775c9\
    00000005306d703374ffffffff\
    00000000000000020000001c758f12170100000001519ac77765\
    00000006494742324a68ffffffff";

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// What is wrong, in which field, and where.
fn refusal(bytes: &[u8]) -> (BatchErrorKind, &'static str, usize) {
    let error = read(bytes).unwrap_err();
    (error.kind(), error.field(), error.offset())
}

#[test]
fn messages_of_the_reference_are_read_as_it_reads_them() {
    let bytes = from_hex(REFERENCE);
    let mut decompressors = Decompressors::new();
    let mut read = Vec::new();
    for entry in RecordSet::new(&bytes) {
        for record in entry.unwrap().records(&mut decompressors, CAP).unwrap() {
            let (offset, timestamp, key, value) = fields(&record.unwrap());
            read.push((offset, timestamp, key.unwrap().to_vec(), value.map(<[u8]>::to_vec)));
        }
    }
    let expected = [
        (1, 1_450_000_741_833, b"0mp3t".to_vec(), None),
        (2, 1_450_000_742_245, b"IGB2Jh".to_vec(), None),
    ];
    assert_eq!(read, expected);
    let (first, rest) = LegacyView::read(&bytes, Checksum::Checked).unwrap();
    assert_eq!((first.crc(), first.bytes().len(), rest.len()), (857_228_458, 39, 40));
}

#[test]
fn a_message_tells_all_that_it_says_of_itself() {
    let bytes = Parts { attributes: 0x08, key: Some(b"key"), ..message(1, 7) }.bytes();
    let view = read(&bytes).unwrap();
    assert_eq!((view.offset(), view.next_offset(), view.magic()), (7, 8, 1));
    assert_eq!(
        (view.timestamp_type(), view.timestamp()),
        (TimestampType::LogAppendTime, WallMillis(1_007))
    );
    assert_eq!((view.key(), view.value()), (Some(b"key".as_slice()), Some(b"value".as_slice())));
    assert_eq!((view.codec(), view.bytes()), (Ok(Codec::None), bytes.as_slice()));
    assert_eq!(view.base_offset(&mut Decompressors::new(), 0), Ok(7));
}

#[test]
fn a_message_of_magic_0_has_no_time() {
    let mut parts = message(0, 3);
    parts.attributes = 0x08;
    let bytes = parts.bytes();
    let view = read(&bytes).unwrap();
    assert_eq!((view.timestamp_type(), view.timestamp().0), (TimestampType::Missing, -1));
    let mut decompressors = Decompressors::new();
    let records: Vec<_> = view.records(&mut decompressors, 0).unwrap().collect();
    assert_eq!(records.len(), 1);
    assert_eq!(fields(records[0].as_ref().unwrap()), (3, -1, None, Some(b"value".as_slice())));
}

#[test]
fn the_shortest_message_has_neither_key_nor_value() {
    let mut parts = message(0, 0);
    parts.value = None;
    let bytes = parts.bytes();
    assert_eq!(bytes.len(), crate::legacy::MIN_LEN);
    assert_eq!(read(&bytes).unwrap().value(), None);
}

#[test]
fn a_damaged_message_is_read_only_when_the_check_is_deferred() {
    let mut bytes = message(1, 0).bytes();
    *bytes.last_mut().unwrap() ^= 1;
    assert!(matches!(refusal(&bytes), (WrongChecksum { .. }, "Message.crc", 12)));
    let (view, _) = LegacyView::read(&bytes, Checksum::Deferred).unwrap();
    assert!(view.check_crc().is_err());
}

#[test]
fn each_wrong_length_is_told_where_it_stands() {
    let with_length = |length: i32| {
        let mut bytes = message(1, 0).bytes();
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        refusal(&bytes)
    };
    for length in [i32::MIN, -1, 0, 13] {
        assert_eq!(with_length(length), (WrongLength(length), "Message.length", 8));
    }
    assert_eq!(with_length(i32::MAX), (Truncated, "Message", 12));
    let parts = |key: &[u8], value: &[u8]| refusal(&framed(0, &[b"\0\0", key, value].concat()));
    let minus_two = (-2_i32).to_be_bytes();
    let (null, four) = (nullable(None), 4_i32.to_be_bytes());
    assert_eq!(parts(&minus_two, &null), (NegativeLength(-2), "Message.key", 18));
    assert_eq!(parts(&null, &minus_two), (NegativeLength(-2), "Message.value", 22));
    assert_eq!(parts(&four, &null), (Truncated, "Message.value", 26));
    assert_eq!(parts(&null, &four), (Truncated, "Message.value", 26));
    assert_eq!(parts(&null, b"\xff\xff\xff\xff?"), (TrailingBytes, "Message", 26));
}

#[test]
fn formats_and_codecs_that_do_not_exist_here_are_refused() {
    for magic in [2, 3, -1] {
        let bytes = message(magic, 0).bytes();
        assert_eq!(refusal(&bytes), (UnknownMagic(magic), "Message.magic", 16));
    }
    for id in [4, 5, 6, 7] {
        let mut parts = message(1, 0);
        parts.attributes = id;
        let bytes = parts.bytes();
        let mut decompressors = Decompressors::new();
        let error = read(&bytes).unwrap().records(&mut decompressors, CAP).unwrap_err();
        assert_eq!(error.kind(), UnknownCodec(id.cast_unsigned()));
        assert_eq!((error.field(), error.offset()), ("Message.attributes", 17));
    }
}

#[test]
fn every_prefix_of_a_message_is_refused() {
    let bytes = message(1, 0).bytes();
    for len in 0..bytes.len() {
        assert_eq!(refusal(&bytes[..len]).0, Truncated, "{len}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        magic in 0..2_i8,
        offset in any::<i64>(),
        covered in proptest::collection::vec(any::<u8>(), 10..200),
    ) {
        let bytes = framed(offset, &[&[magic.cast_unsigned()], covered.as_slice()].concat());
        let mut decompressors = Decompressors::new();
        if let Ok((view, rest)) = LegacyView::read(&bytes, Checksum::Checked) {
            prop_assert!(rest.is_empty());
            if let Ok(records) = view.records(&mut decompressors, CAP) {
                prop_assert!(records.count() <= bytes.len());
            }
        }
        let _ = LegacyView::read(&covered, Checksum::Deferred);
    }
}
