//! What is refused for its frame, its size, its checksum or its header.

use bytes::Bytes;
use klamm_records::layout::Attributes;
use klamm_records::{BatchHeader, Codec, checksum};
use klamm_wire::{ErrorCode, Sequence};

use super::bench::{Bench, and, batch};
use crate::log::{Origin, check_request};

const LENGTH: usize = 8;
const MAGIC: usize = 16;
const CRC: usize = 17;

/// The code for a batch of three records after this change of its bytes.
#[track_caller]
fn refused(change: impl FnOnce(&mut Vec<u8>)) -> ErrorCode {
    let mut bytes = batch(3).to_bytes();
    change(&mut bytes);
    Bench::new().refuse_bytes(&bytes).code
}

/// The code for a batch of three records after this change of its header, with the checksum right.
#[track_caller]
fn refused_header(change: impl FnOnce(&mut BatchHeader)) -> ErrorCode {
    Bench::new().refuse_bytes(&batch(3).edited(change)).code
}

fn set_length(bytes: &mut [u8], length: i32) {
    bytes[LENGTH..LENGTH + 4].copy_from_slice(&length.to_be_bytes());
}

#[test]
fn nothing_is_no_batch() {
    assert_eq!(Bench::new().refuse_bytes(&[]).code, ErrorCode::INVALID_RECORD);
    assert_eq!(Bench::new().refuse_bytes(&[0; 11]).code, ErrorCode::INVALID_RECORD);
}

#[test]
fn a_damaged_payload_is_corrupt() {
    let flip = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(refused(flip), ErrorCode::CORRUPT_MESSAGE);
}

#[test]
fn no_flipped_bit_is_ever_stored_with_other_content() {
    let sent = batch(3);
    let mut whole = Bench::new();
    whole.accept(&sent);
    let bytes = sent.to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let mut bench = Bench::new();
        match bench.send_bytes(&flipped) {
            Ok(_) => assert_eq!(bench.values(), whole.values(), "bit {bit}"),
            Err(_) => assert_eq!(bench.log.end(), 0, "bit {bit}"),
        }
    }
}

#[test]
fn older_formats_are_invalid_and_unknown_ones_corrupt() {
    for magic in [0, 1] {
        assert_eq!(refused(|bytes| bytes[MAGIC] = magic), ErrorCode::INVALID_RECORD);
    }
    for magic in [3, 0x7f, 0xff] {
        assert_eq!(refused(|bytes| bytes[MAGIC] = magic), ErrorCode::CORRUPT_MESSAGE);
    }
}

#[test]
fn lengths_that_no_batch_has_are_refused() {
    for length in [i32::MIN, -1, 0, 13] {
        let code = refused(|bytes| set_length(bytes, length));
        assert_eq!(code, ErrorCode::CORRUPT_MESSAGE, "{length}");
    }
    let cut = |length: u8| {
        refused(|bytes| {
            set_length(bytes, length.into());
            bytes.truncate(usize::from(length) + 12);
        })
    };
    assert_eq!(cut(14), ErrorCode::UNKNOWN_SERVER_ERROR, "the header ends inside a field");
    assert_eq!([cut(15), cut(48), cut(49)], [ErrorCode::CORRUPT_MESSAGE; 3]);
    for beyond in [1, 1000, i32::MAX - 10_000] {
        let code = refused(|bytes| {
            let length = i32::try_from(bytes.len()).unwrap() - 12 + beyond;
            set_length(bytes, length);
        });
        assert_eq!(code, ErrorCode::INVALID_RECORD, "{beyond} bytes are missing");
    }
}

#[test]
fn a_base_offset_is_refused_before_size_and_checksum() {
    let mut bench = Bench::set(|settings| settings.max_message_bytes = 1);
    let mut bytes = batch(1).edited(|header| header.base_offset = 1);
    bytes[CRC] ^= 1;
    assert_eq!(bench.refuse_bytes(&bytes).code, ErrorCode::INVALID_RECORD);
    let mut bytes = batch(1).to_bytes();
    bytes[CRC] ^= 1;
    assert_eq!(bench.refuse_bytes(&bytes).code, ErrorCode::MESSAGE_TOO_LARGE);
}

#[test]
fn the_count_must_be_that_of_the_offsets() {
    let codes = [
        refused_header(|header| header.last_offset_delta = 3),
        refused_header(|header| header.last_offset_delta = 0),
        refused_header(|header| header.last_offset_delta = -1),
        refused_header(|header| header.last_offset_delta = i32::MAX),
        refused_header(|header| header.last_offset_delta = i32::MIN),
        refused_header(|header| header.count = 0),
        refused_header(|header| header.count = -1),
        refused_header(|header| (header.count, header.last_offset_delta) = (0, -1)),
        refused_header(|header| (header.count, header.last_offset_delta) = (4, 3)),
        refused_header(|header| (header.count, header.last_offset_delta) = (2, 1)),
        refused_header(|header| {
            (header.count, header.last_offset_delta) = (i32::MAX, i32::MAX - 1);
        }),
    ];
    assert_eq!(codes, [ErrorCode::INVALID_RECORD; 11]);
}

#[test]
fn two_batches_are_one_too_many_and_a_broken_second_one_is_corrupt() {
    let one = batch(1).to_bytes();
    let two = [one.clone(), one.clone()].concat();
    assert_eq!(Bench::new().refuse_bytes(&two).code, ErrorCode::INVALID_RECORD);
    let broken = [one, vec![0; 12]].concat();
    assert_eq!(Bench::new().refuse_bytes(&broken).code, ErrorCode::CORRUPT_MESSAGE);
}

#[test]
fn what_is_no_whole_entry_behind_the_batch_is_trimmed() {
    let sent = batch(2).to_bytes();
    let behind = [vec![0xff; 1], vec![0; 11], batch(1).to_bytes()[..70].to_vec()];
    for behind in behind {
        let mut bench = Bench::new();
        bench.send_bytes(&[sent.clone(), behind].concat()).unwrap();
        assert_eq!(bench.values().len(), 2);
        assert_eq!(bench.log.bytes(), sent.len());
    }
}

#[test]
fn control_batches_and_producers_without_sequence_are_invalid() {
    let code = refused_header(|header| header.attributes = and(header.attributes, 0x20));
    assert_eq!(code, ErrorCode::INVALID_RECORD);
    let unnumbered = batch(1).of(9, 0, 0).edited(|header| header.base_sequence = Sequence(-1));
    assert_eq!(Bench::new().refuse_bytes(&unnumbered).code, ErrorCode::INVALID_RECORD);
}

#[test]
fn unknown_codecs_are_an_error_of_the_server_after_the_checksum() {
    for codec in [5, 6, 7] {
        let mut bytes = batch(1).edited(|header| header.attributes = Attributes(codec));
        let code = Bench::new().refuse_bytes(&bytes).code;
        assert_eq!(code, ErrorCode::UNKNOWN_SERVER_ERROR);
        bytes[CRC] ^= 1;
        assert_eq!(Bench::new().refuse_bytes(&bytes).code, ErrorCode::CORRUPT_MESSAGE);
    }
}

#[test]
fn zstd_is_not_of_version_six() {
    let sent = batch(1).packed(Codec::Zstd);
    let mut bench = Bench { version: 6, ..Bench::new() };
    assert_eq!(bench.refuse(&sent), ErrorCode::UNSUPPORTED_COMPRESSION_TYPE);
    assert_eq!(bench.accept(&batch(1).packed(Codec::Lz4)), 0);
    bench.version = 7;
    assert_eq!(bench.accept(&sent), 1);
}

#[test]
fn the_greatest_batch_is_let_in_and_one_byte_more_is_not() {
    let sent = batch(3);
    let len = i32::try_from(sent.to_bytes().len()).unwrap();
    let mut exact = Bench::set(|settings| settings.max_message_bytes = len);
    assert_eq!(exact.accept(&sent), 0);
    let mut less = Bench::set(|settings| settings.max_message_bytes = len - 1);
    assert_eq!(less.refuse(&sent), ErrorCode::MESSAGE_TOO_LARGE);
    let mut segment = Bench::set(|settings| settings.segment_bytes = len);
    assert_eq!(segment.accept(&sent), 0);
    let mut short = Bench::set(|settings| settings.segment_bytes = len - 1);
    assert_eq!(short.refuse(&sent), ErrorCode::RECORD_LIST_TOO_LARGE);
}

#[test]
fn an_internal_topic_takes_only_one_client_and_the_coordinators() {
    let mut bench = Bench::set(|settings| settings.internal = true);
    assert_eq!(bench.refuse(&batch(1)), ErrorCode::INVALID_TOPIC_EXCEPTION);
    let records = [Bytes::from(batch(1).to_bytes())];
    let admin = Origin::Client { version: 12, internal_client: true };
    bench.append(&records, admin).unwrap();
    bench.append(&records, Origin::Coordinator).unwrap();
    assert_eq!(bench.log.end(), 2);
}

#[test]
fn the_request_can_be_checked_before_the_leadership_is() {
    let bench = Bench::new();
    let check = |bytes: Vec<u8>, version| {
        let (front, back) = bytes.split_at(20);
        let pieces = [Bytes::copy_from_slice(front), Bytes::copy_from_slice(back)];
        check_request(&pieces, version, &bench.defects).map_err(|rejected| rejected.code)
    };
    let zstd = batch(1).packed(Codec::Zstd).to_bytes();
    assert_eq!(check(zstd.clone(), 12), Ok(()));
    assert_eq!(check(zstd, 3), Err(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE));
    let twice = batch(1).to_bytes().repeat(2);
    assert_eq!(check(twice, 12), Err(ErrorCode::INVALID_RECORD));
}

#[test]
fn a_wrong_leader_epoch_is_put_right_under_the_same_checksum() {
    let mut bench = Bench::new();
    bench.send_bytes(&batch(2).edited(|header| header.leader_epoch = 77)).unwrap();
    let header = bench.last_header();
    assert_eq!(header.leader_epoch, 3);
    let stored = bench.log.batches_from(0).next().unwrap().bytes().clone();
    assert_eq!(stored[CRC..CRC + 4], checksum::crc32c(&stored[21..]).to_be_bytes());
}
