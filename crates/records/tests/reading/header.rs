//! The header: what it may say, and what is refused.

use klamm_records::compression::DecompressErrorKind;
use klamm_records::{BatchErrorKind, BatchView, Checksum, Codec, Decompressors};
use klamm_wire::WallMillis;

use crate::support::{A, B, Batch, CAP, fault, read_all};

#[test]
fn a_length_that_no_batch_has_is_refused_before_anything_else() {
    for length in [i32::MIN, -1, 0, 48, i32::MAX - 11, i32::MAX] {
        let mut bytes = Batch::of(1, &[A]).bytes();
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        bytes[16] = 3;
        let expected = (BatchErrorKind::WrongLength(length), "RecordBatch.length", 8);
        assert_eq!(fault(&bytes), expected);
        assert_eq!(fault(&bytes[..12]), expected);
    }
}

#[test]
fn a_length_beyond_the_input_is_an_input_that_ends_too_early() {
    for length in [58, 1_000, i32::MAX - 12] {
        let mut bytes = Batch::of(1, &[A]).bytes();
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
        assert_eq!(fault(&bytes), (BatchErrorKind::Truncated, "RecordBatch.records", bytes.len()));
    }
}

#[test]
fn an_input_shorter_than_its_length_field_ends_in_that() {
    let bytes = Batch::of(1, &[A]).bytes();
    assert_eq!(fault(&bytes[..7]), (BatchErrorKind::Truncated, "RecordBatch.base_offset", 0));
    assert_eq!(fault(&bytes[..11]), (BatchErrorKind::Truncated, "RecordBatch.length", 8));
    assert_eq!(fault(&bytes[..12]), (BatchErrorKind::Truncated, "RecordBatch.records", 12));
}

#[test]
fn another_format_is_told_by_its_number_even_when_the_input_is_cut() {
    for magic in [0, 1, 3, -1, i8::MIN] {
        let mut bytes = Batch::of(1, &[A]).bytes();
        bytes[16] = magic.cast_unsigned();
        let expected = (BatchErrorKind::UnknownMagic(magic), "RecordBatch.magic", 16);
        assert_eq!(fault(&bytes), expected);
        assert_eq!(fault(&bytes[..17]), expected);
    }
}

#[test]
fn what_lies_behind_a_batch_is_given_back() {
    let bytes = Batch::of(1, &[A]).bytes();
    let input = [&bytes[..], b"behind"].concat();
    let (batch, rest) = BatchView::read(&input, Checksum::Checked).unwrap();
    assert_eq!((batch.bytes(), rest), (bytes.as_slice(), b"behind".as_slice()));
}

#[test]
fn a_wrong_checksum_is_told_with_the_right_one() {
    let mut bytes = Batch::of(1, &[A]).bytes();
    let computed = u32::from_be_bytes(bytes[17..21].try_into().unwrap());
    bytes[20] ^= 1;
    let claimed = computed ^ 1;
    let kind = BatchErrorKind::WrongChecksum { claimed, computed };
    assert_eq!(fault(&bytes), (kind, "RecordBatch.crc", 17));
}

#[test]
fn a_deferred_checksum_is_compared_when_asked_for() {
    let mut bytes = Batch::of(1, &[A]).bytes();
    let last = bytes.len() - 2;
    bytes[last] = b'x';
    let (batch, _) = BatchView::read(&bytes, Checksum::Deferred).unwrap();
    let error = batch.check_crc().unwrap_err();
    assert!(matches!(error.kind(), BatchErrorKind::WrongChecksum { .. }), "{error}");
    assert_eq!((error.field(), error.offset()), ("RecordBatch.crc", 17));
    let mut decompressors = Decompressors::new();
    let value = batch.records(&mut decompressors, CAP).unwrap().next().unwrap().unwrap().value;
    assert_eq!(value, Some(b"x".as_slice()));
    bytes[last] = b'a';
    assert_eq!(BatchView::read(&bytes, Checksum::Deferred).unwrap().0.check_crc(), Ok(()));
}

#[test]
fn offset_and_leader_epoch_may_change_under_the_checksum() {
    let mut bytes = Batch::of(1, &[A]).bytes();
    bytes[..8].copy_from_slice(&700_i64.to_be_bytes());
    bytes[12..16].copy_from_slice(&5_i32.to_be_bytes());
    let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
    assert_eq!((batch.header().base_offset, batch.header().leader_epoch), (700, 5));
}

#[test]
fn numbers_without_a_codec_are_refused_when_the_records_are_read() {
    for id in 5..8 {
        let batch = Batch { attributes: i16::from(id), ..Batch::of(1, &[A]) };
        let expected = (BatchErrorKind::UnknownCodec(id), "RecordBatch.attributes", 21);
        assert_eq!(batch.fault(), expected);
        assert_eq!(Batch { count: 0, payload: Vec::new(), ..batch }.fault(), expected);
    }
}

#[test]
fn attributes_without_a_meaning_are_passed_over() {
    let batch = Batch { attributes: !0x7f, ..Batch::of(1, &[A]) };
    assert_eq!(batch.read(|record| record.timestamp), [WallMillis(1_000)]);
}

#[test]
fn records_that_are_no_stream_of_their_codec_are_refused_where_they_start() {
    for codec in [Codec::Gzip, Codec::Lz4, Codec::Zstd] {
        let batch = Batch { attributes: i16::from(codec.id()), ..Batch::of(1, &[A]) };
        let (kind, field, offset) = batch.fault();
        assert!(matches!(kind, BatchErrorKind::Decompression(_)), "{codec}: {kind}");
        assert_eq!((field, offset), ("RecordBatch.records", 61), "{codec}");
    }
}

#[test]
fn a_compressed_batch_that_gives_more_than_the_cap_is_refused() {
    // A length of 65, the letter `a`, and a copy of 64 bytes from one byte before.
    let payload = vec![65, 0, b'a', 0xfe, 1, 0];
    let bytes = Batch { attributes: 2, payload, ..Batch::of(1, &[]) }.bytes();
    let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
    let mut decompressors = Decompressors::new();
    let error = batch.records(&mut decompressors, 64).unwrap_err();
    let kind = BatchErrorKind::Decompression(DecompressErrorKind::OverCap { cap: 64 });
    assert_eq!((error.kind(), error.field(), error.offset()), (kind, "RecordBatch.records", 61));
    let first = batch.records(&mut decompressors, 65).unwrap().next().unwrap().unwrap_err();
    assert_eq!((first.kind(), first.offset()), (BatchErrorKind::WrongLength(-49), 0));
}

#[test]
fn fewer_records_than_claimed_are_missing_at_the_end() {
    let two = Batch { count: 3, ..Batch::of(2, &[A, B]) };
    assert_eq!(two.fault(), (BatchErrorKind::WrongCount(3), "RecordBatch.count", 61 + 16));
    let none = Batch::of(1, &[]);
    assert_eq!(none.fault(), (BatchErrorKind::WrongCount(1), "RecordBatch.count", 61));
}

#[test]
fn more_records_than_claimed_are_trailing_bytes() {
    let two = Batch { count: 1, ..Batch::of(2, &[A, B]) };
    assert_eq!(two.fault(), (BatchErrorKind::TrailingBytes, "RecordBatch.records", 61 + 8));
    let none = Batch { count: 0, ..Batch::of(1, &[A]) };
    assert_eq!(none.fault(), (BatchErrorKind::TrailingBytes, "RecordBatch.records", 61));
}

#[test]
fn a_negative_count_is_wrong_with_and_without_records() {
    for count in [-1, i32::MIN] {
        let expected = (BatchErrorKind::WrongCount(count), "RecordBatch.count", 61);
        assert_eq!(Batch { count, ..Batch::of(1, &[A]) }.fault(), expected);
        assert_eq!(Batch { count, ..Batch::of(1, &[]) }.fault(), expected);
    }
}

#[test]
fn a_batch_that_compaction_has_emptied_has_no_records_whatever_its_codec() {
    for codec in Codec::ALL {
        let attributes = i16::from(codec.id());
        let batch = Batch { attributes, last_offset_delta: 4, count: 0, ..Batch::of(1, &[]) };
        assert_eq!(read_all(&batch.bytes()), Ok(0), "{codec}");
        let bytes = batch.bytes();
        assert_eq!(BatchView::read(&bytes, Checksum::Checked).unwrap().0.next_offset(), 5);
    }
}

#[test]
fn with_log_append_time_every_record_has_the_time_of_the_batch() {
    let late = [16, 0, 0x80, 0x01, 2, 1, 2, b'b', 0];
    let batch = Batch { max_timestamp: 7_777, ..Batch::of(2, &[A, &late]) };
    let times = |batch: &Batch| batch.read(|record| (record.timestamp.0, record.timestamp_delta));
    assert_eq!(times(&batch), [(1_000, 0), (1_064, 64)]);
    assert_eq!(times(&Batch { attributes: 0x08, ..batch }), [(7_777, 0), (7_777, 64)]);
}

#[test]
fn a_delete_horizon_is_the_base_that_deltas_are_relative_to() {
    let earlier = [14, 0, 0x13, 0, 1, 2, b'a', 0];
    let batch = Batch { attributes: 0x40, base_timestamp: 5_000, ..Batch::of(1, &[&earlier]) };
    let bytes = batch.bytes();
    let horizon = |bytes| BatchView::read(bytes, Checksum::Checked).unwrap().0.delete_horizon();
    assert_eq!(horizon(&bytes), Some(WallMillis(5_000)));
    assert_eq!(batch.read(|record| record.timestamp), [WallMillis(4_990)]);
    assert_eq!(horizon(&Batch { attributes: 0, ..batch }.bytes()), None);
}

#[test]
fn offsets_may_have_gaps_begin_late_and_end_early() {
    let [third, fifth] = [[14, 0, 0, 6, 1, 2, b'a', 0], [14, 0, 0, 10, 1, 2, b'b', 0]];
    let batch = Batch::of(2, &[&third, &fifth]);
    let batch = Batch { base_offset: 100, last_offset_delta: 9, ..batch };
    assert_eq!(batch.read(|record| record.offset), [103, 105]);
    let bytes = batch.bytes();
    assert_eq!(BatchView::read(&bytes, Checksum::Checked).unwrap().0.next_offset(), 110);
}

#[test]
fn offsets_at_the_end_of_all_numbers_wrap_and_nothing_else_happens() {
    let batch = Batch { base_offset: i64::MAX, ..Batch::of(2, &[A, B]) };
    assert_eq!(batch.read(|record| record.offset), [i64::MAX, i64::MIN]);
}
