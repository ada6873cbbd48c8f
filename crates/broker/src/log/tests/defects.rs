//! Every defect that the log knows breaks its promise, and none other.

use klamm_records::Codec;
use klamm_wire::ErrorCode;

use super::bench::{Batch, Bench, NOW, and, batch};
use crate::Defect;
use crate::topic::{TimestampType, TopicCompression};

/// A log with this defect and so many batches of one record, of producer 9 in epoch 1.
fn numbered(defect: Defect, count: i32) -> Bench {
    let mut bench = Bench::with(defect);
    for sequence in 0..count {
        bench.accept(&of(sequence));
    }
    bench
}

fn of(sequence: i32) -> Batch {
    batch(1).of(9, 1, sequence)
}

#[test]
fn ignores_crc() {
    let mut bytes = batch(1).to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    bytes[17] ^= 1;
    Bench::with(Defect::IgnoresCrc).send_bytes(&bytes).unwrap();
}

#[test]
fn ignores_max_message_bytes() {
    let mut bench = Bench::with(Defect::IgnoresMaxMessageBytes);
    bench.settings.max_message_bytes = 1;
    bench.accept(&batch(1));
    bench.settings.compression = TopicCompression::Codec(Codec::Gzip);
    bench.accept(&batch(1));
}

#[test]
fn corrupt_for_invalid() {
    let mut bench = Bench::with(Defect::CorruptForInvalid);
    let code = bench.refuse_bytes(&batch(1).edited(|header| header.count = 2)).code;
    assert_eq!(code, ErrorCode::CORRUPT_MESSAGE);
    bench.settings.compacted = true;
    assert_eq!(bench.refuse(&batch(1).keyless(0)), ErrorCode::INVALID_RECORD, "well formed");
}

#[test]
fn accepts_keyless_on_compacted() {
    let mut bench = Bench::with(Defect::AcceptsKeylessOnCompacted);
    bench.settings.compacted = true;
    bench.accept(&batch(1).keyless(0));
}

#[test]
fn ignores_timestamp_bounds() {
    let mut bench = Bench::with(Defect::IgnoresTimestampBounds);
    bench.settings.timestamp_before_max_ms = 1;
    bench.accept(&batch(2).at(0, 0).at(1, NOW * 2));
}

#[test]
fn accepts_control_batches() {
    let mut bench = Bench::with(Defect::AcceptsControlBatches);
    let control = batch(1).edited(|header| header.attributes = and(header.attributes, 0x20));
    bench.send_bytes(&control).unwrap();
    assert!(bench.last_header().attributes.is_control());
}

#[test]
fn omits_append_time() {
    let mut bench = Bench::with(Defect::OmitsAppendTime);
    bench.settings.timestamps = TimestampType::LogAppendTime;
    assert_eq!(bench.send(&batch(1)).unwrap().log_append_time, -1);
    assert_eq!(bench.last_header().max_timestamp, NOW);
}

#[test]
fn ignores_topic_compression() {
    let mut bench = Bench::with(Defect::IgnoresTopicCompression);
    bench.settings.compression = TopicCompression::Codec(Codec::Gzip);
    bench.accept(&batch(1));
    assert_eq!(bench.last_header().attributes.codec().unwrap(), Codec::None);
}

#[test]
fn accepts_old_zstd() {
    let mut bench = Bench { version: 3, ..Bench::with(Defect::AcceptsOldZstd) };
    bench.accept(&batch(1).packed(Codec::Zstd));
}

#[test]
fn ignores_payload() {
    let mut bench = Bench::with(Defect::IgnoresPayload);
    bench.send_bytes(&batch(2).packed(Codec::Gzip).carrying(b"nonsense")).unwrap();
    assert_eq!(bench.log.end(), 2);
    bench.refuse_bytes(&batch(2).carrying(b"nonsense"));
}

#[test]
fn appends_duplicates() {
    let mut bench = numbered(Defect::AppendsDuplicates, 3);
    let again = bench.send(&of(1)).unwrap();
    assert_eq!((again.base_offset, again.duplicate), (3, false));
    assert_eq!(bench.accept(&of(3)), 4, "the sequence goes on where it was");
}

#[test]
fn duplicate_without_offset() {
    let mut bench = numbered(Defect::DuplicateWithoutOffset, 1);
    let again = bench.send(&of(0)).unwrap();
    assert_eq!((again.base_offset, again.duplicate), (-1, true));
}

#[test]
fn window_of_one() {
    let mut bench = numbered(Defect::WindowOfOne, 2);
    assert!(bench.send(&of(1)).unwrap().duplicate);
    assert_eq!(bench.refuse(&of(0)), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

#[test]
fn accepts_gaps() {
    let mut bench = numbered(Defect::AcceptsGaps, 2);
    assert_eq!(bench.accept(&of(7)), 2);
    assert_eq!(bench.refuse(&of(3)), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

#[test]
fn wraps_early() {
    let mut bench = Bench::with(Defect::WrapsEarly);
    bench.accept(&of(i32::MAX - 1));
    assert_eq!(bench.refuse(&of(i32::MAX)), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(bench.accept(&of(0)), 1);
}

#[test]
fn ignores_epoch() {
    let mut bench = numbered(Defect::IgnoresEpoch, 2);
    assert_eq!(bench.accept(&batch(1).of(9, 0, 2)), 2);
}

#[test]
fn new_epoch_any_sequence() {
    let mut bench = numbered(Defect::NewEpochAnySequence, 2);
    assert_eq!(bench.accept(&batch(1).of(9, 2, 5)), 2);
}
