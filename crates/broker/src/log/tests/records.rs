//! What is decided by the records: their structure, their times, their keys.

use klamm_records::{Codec, Record};
use klamm_wire::ErrorCode;

use super::bench::{Batch, Bench, NOW, and, batch, packed};
use crate::topic::{TimestampType, TopicCompression};

const HOUR: i64 = 3_600_000;
const LOG_APPEND_TIME: i16 = 0x08;

fn append_time() -> Bench {
    Bench::set(|settings| settings.timestamps = TimestampType::LogAppendTime)
}

fn with_append_time_bit(batch: &Batch) -> Vec<u8> {
    batch.edited(|header| header.attributes = and(header.attributes, LOG_APPEND_TIME))
}

/// The code for one record of these bytes, uncompressed and in a codec.
#[track_caller]
fn refused_record(record: &[u8]) -> [ErrorCode; 2] {
    let plain = batch(1).carrying(record);
    let compressed = batch(1).packed(Codec::Gzip).carrying(&packed(Codec::Gzip, record));
    [&plain, &compressed].map(|bytes| Bench::new().refuse_bytes(bytes).code)
}

#[test]
fn a_record_that_is_not_well_formed_is_invalid() {
    let invalid = [ErrorCode::INVALID_RECORD; 2];
    // Length, attributes, timestamp, offset, null key, null value, no headers.
    assert_eq!(refused_record(&[14, 0, 0, 0, 1, 1, 0]), invalid, "beyond the end");
    assert_eq!(refused_record(&[10, 0, 0, 0, 1, 1, 0]), invalid, "a byte is left");
    assert_eq!(refused_record(&[12, 0, 0, 0, 1, 1, 1]), invalid, "minus one headers");
    assert_eq!(refused_record(&[12, 0, 0, 0, 1, 1, 2]), invalid, "a header is missing");
    assert_eq!(refused_record(&[16, 0, 0, 0, 1, 1, 2, 1, 1]), invalid, "a header without key");
    assert_eq!(refused_record(&[12, 0, 0, 0, 40, 1, 0]), invalid, "a key beyond the end");
    let long = [0x8c, 0x80, 0x80, 0x80, 0x80, 0x00, 0, 0, 0, 1, 1, 0];
    let plain_is_unknown = [ErrorCode::UNKNOWN_SERVER_ERROR, ErrorCode::INVALID_RECORD];
    assert_eq!(refused_record(&long), plain_is_unknown, "a length of six bytes");
    assert_eq!(refused_record(&[1, 0]), invalid, "a negative length");
}

#[test]
fn headers_of_a_huge_number_are_refused_before_they_are_counted() {
    let record = [20, 0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(refused_record(&record), [ErrorCode::INVALID_RECORD; 2]);
}

#[test]
fn null_and_empty_stay_apart() {
    let mut payload = Vec::new();
    for (offset_delta, part) in [(0, None), (1, Some([].as_slice()))] {
        let record =
            Record { timestamp_delta: 0, offset_delta, key: part, value: part, headers: &[] };
        record.append_to(&mut payload);
    }
    for codec in [Codec::None, Codec::Snappy] {
        let mut bench = Bench::new();
        bench.send_bytes(&batch(2).packed(codec).carrying(&packed(codec, &payload))).unwrap();
        let stored = bench.log.batches_from(0).next().unwrap();
        assert_eq!(stored.find(|record| record.key.is_none()), Some((0, NOW)));
        assert_eq!(stored.find(|record| record.value == Some(&[])), Some((1, NOW)));
    }
}

#[test]
fn times_too_far_off_are_refused_by_record() {
    let mut bench = Bench::set(|settings| settings.timestamp_before_max_ms = 1000);
    bench.accept(&batch(2).at(0, NOW - 1000).at(1, NOW + HOUR));
    let late = batch(4).at(1, NOW + HOUR + 1).at(3, NOW - 1001).to_bytes();
    let rejected = bench.refuse_bytes(&late);
    assert_eq!(rejected.code, ErrorCode::INVALID_TIMESTAMP);
    assert!(rejected.message.is_some());
    let indexes: Vec<i32> = rejected.records.iter().map(|(index, _)| *index).collect();
    assert_eq!(indexes, [1, 3]);
    let text = rejected.records[0].1.as_ref().unwrap();
    assert!(text.contains(&(NOW + HOUR + 1).to_string()), "{text}");
}

#[test]
fn a_record_without_time_has_none_that_is_wrong() {
    let mut bench = Bench::set(|settings| settings.timestamp_before_max_ms = 0);
    bench.accept(&batch(1).at(0, -1));
    assert_eq!(bench.last_header().max_timestamp, -1);
}

#[test]
fn compacted_topics_want_keys() {
    let mut bench = Bench::set(|settings| settings.compacted = true);
    bench.accept(&batch(3));
    for codec in Codec::ALL {
        let rejected = bench.refuse_bytes(&batch(3).keyless(2).packed(codec).to_bytes());
        assert_eq!(rejected.code, ErrorCode::INVALID_RECORD);
        assert_eq!(rejected.records.len(), 1);
        assert_eq!(rejected.records[0].0, 2);
    }
}

#[test]
fn one_wrong_time_decides_the_code_of_a_batch_with_other_faults() {
    let mut bench = Bench::set(|settings| settings.compacted = true);
    let sent = batch(3).keyless(0).at(2, NOW + 2 * HOUR);
    let rejected = bench.refuse_bytes(&sent.to_bytes());
    assert_eq!(rejected.code, ErrorCode::INVALID_TIMESTAMP);
    assert_eq!(rejected.records.len(), 2);
}

#[test]
fn the_time_of_the_append_replaces_all_others() {
    for codec in [Codec::None, Codec::Lz4] {
        let mut bench = append_time();
        let sent = batch(2).at(0, 5).at(1, 9).packed(codec);
        let appended = bench.send(&sent).unwrap();
        assert_eq!(appended.log_append_time, NOW);
        let header = bench.last_header();
        assert!(header.attributes.is_log_append_time());
        assert_eq!((header.base_timestamp, header.max_timestamp), (5, NOW));
        assert_eq!(header.attributes.codec().unwrap(), codec);
    }
}

#[test]
fn a_producer_may_not_set_the_time_of_the_append() {
    let rejected = append_time().refuse_bytes(&with_append_time_bit(&batch(2)));
    assert_eq!(rejected.code, ErrorCode::INVALID_TIMESTAMP);
    assert_eq!(rejected.records.len(), 2);
    let mut bench = Bench::new();
    bench.send_bytes(&with_append_time_bit(&batch(2))).unwrap();
    assert!(!bench.last_header().attributes.is_log_append_time(), "the bit is cleared");
    let untimed = with_append_time_bit(&batch(1).at(0, -1));
    assert_eq!(Bench::new().refuse_bytes(&untimed).code, ErrorCode::INVALID_TIMESTAMP);
}

#[test]
fn a_wrong_greatest_timestamp_is_put_right() {
    for codec in [Codec::None, Codec::Zstd] {
        let mut bench = Bench::new();
        let sent = batch(2).at(1, NOW + 9).packed(codec);
        bench.send_bytes(&sent.edited(|header| header.max_timestamp = 4)).unwrap();
        assert_eq!(bench.last_header().max_timestamp, NOW + 9);
    }
}

#[test]
fn bits_without_a_meaning_stay_unless_the_times_are_rewritten() {
    let mut bench = Bench::new();
    let odd = |max_timestamp| {
        batch(1).edited(|header| {
            header.attributes = and(header.attributes, 0x4100);
            header.max_timestamp = max_timestamp;
        })
    };
    bench.send_bytes(&odd(NOW)).unwrap();
    assert_eq!(bench.last_header().attributes.0, 0x4100);
    bench.send_bytes(&odd(0)).unwrap();
    assert_eq!(bench.last_header().attributes.0, 0);
}

#[test]
fn offsets_inside_stay_as_sent_or_are_made_anew_with_the_codec() {
    let mut payload = Vec::new();
    for offset_delta in [5, 5] {
        let value = Some([b'x'; 99].as_slice());
        let record = Record { timestamp_delta: 1, offset_delta, key: None, value, headers: &[] };
        record.append_to(&mut payload);
    }
    let compressed = batch(2).packed(Codec::Gzip).carrying(&packed(Codec::Gzip, &payload));
    let mut bench = Bench::new();
    bench.send_bytes(&batch(2).carrying(&payload)).unwrap();
    let stored = bench.log.batches_from(0).next().unwrap().clone();
    assert_eq!(stored.find(|_| true).unwrap().0, 5);
    assert_eq!(bench.refuse_bytes(&compressed).code, ErrorCode::UNKNOWN_SERVER_ERROR);
    bench.settings.compression = TopicCompression::Codec(Codec::Lz4);
    bench.send_bytes(&compressed).unwrap();
    let stored = bench.log.batches_from(2).next().unwrap().clone();
    assert_eq!(stored.find(|_| true), Some((2, NOW + 1)));
    assert_eq!(stored.find(|record| record.offset > 2), Some((3, NOW + 1)));
    assert_eq!(stored.header().attributes.codec().unwrap(), Codec::Lz4);
    assert_eq!(bench.log.end(), 4);
}
