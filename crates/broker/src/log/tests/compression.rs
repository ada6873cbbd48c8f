//! What is decided by the codec: the topic's, damaged streams, and streams that never end.

use klamm_records::layout::HEADER_LEN;
use klamm_records::{Codec, Header, Record};
use klamm_wire::ErrorCode;

use super::bench::{Bench, NOW, batch, packed};
use crate::log::MAX_DECOMPRESSED;
use crate::topic::{TimestampType, TopicCompression};

const COMPRESSED: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

fn topic_in(codec: Codec) -> Bench {
    Bench::set(|settings| settings.compression = TopicCompression::Codec(codec))
}

#[test]
fn every_codec_is_stored_in_the_topics_codec() {
    for target in Codec::ALL {
        for source in Codec::ALL {
            let mut bench = topic_in(target);
            let sent = batch(3).at(1, NOW + 5).of(9, 0, 0).in_txn().packed(source);
            bench.accept(&sent);
            let header = bench.last_header();
            assert_eq!(header.attributes.codec().unwrap(), target);
            assert!(header.attributes.is_transactional());
            assert_eq!((header.base_timestamp, header.max_timestamp), (NOW, NOW + 5));
            assert_eq!((header.producer_id.0, header.base_sequence.0), (9, 0));
            let mut plain = Bench::new();
            plain.accept(&batch(3));
            assert_eq!(bench.values(), plain.values(), "{source} to {target}");
        }
    }
}

#[test]
fn what_does_not_become_smaller_is_compressed_all_the_same() {
    for target in COMPRESSED {
        let mut bench = topic_in(target);
        bench.accept(&batch(1).value(0, b"1"));
        assert_eq!(bench.last_header().attributes.codec().unwrap(), target);
        assert_eq!(bench.values(), [b"1"]);
    }
}

#[test]
fn a_recompressed_batch_must_fit_anew() {
    let sent = batch(3).packed(Codec::Zstd);
    let mut bench = topic_in(Codec::None);
    bench.settings.max_message_bytes = i32::try_from(sent.to_bytes().len()).unwrap();
    assert_eq!(bench.refuse(&sent), ErrorCode::MESSAGE_TOO_LARGE);
}

#[test]
fn a_recompressed_batch_has_the_time_of_its_append() {
    let mut bench = topic_in(Codec::Gzip);
    bench.settings.timestamps = TimestampType::LogAppendTime;
    bench.accept(&batch(2).at(0, 3));
    let header = bench.last_header();
    assert!(header.attributes.is_log_append_time());
    assert_eq!((header.base_timestamp, header.max_timestamp), (3, NOW));
}

#[test]
fn header_names_that_are_no_text_are_replaced_when_a_batch_is_made_anew() {
    let mut payload = Vec::new();
    let headers = [Header { key: "ab", value: Some(b"v") }, Header { key: "ab", value: None }];
    let record =
        Record { timestamp_delta: 0, offset_delta: 0, key: None, value: None, headers: &headers };
    record.append_to(&mut payload);
    let at = payload.iter().position(|byte| *byte == b'a').unwrap();
    payload[at] = 0xff;
    let mut bench = topic_in(Codec::Lz4);
    bench.send_bytes(&batch(1).carrying(&payload)).unwrap();
    let stored = bench.log.batches_from(0).next().unwrap();
    let is_replaced = stored.find(|record| {
        let keys: Vec<&[u8]> = record.headers.map(|header| header.key).collect();
        keys == ["\u{fffd}b".as_bytes(), b"ab"]
    });
    assert_eq!(is_replaced, Some((0, NOW)));
}

#[test]
fn times_before_all_time_cannot_be_made_anew() {
    let odd = batch(1).edited(|header| header.base_timestamp = -2);
    Bench::new().send_bytes(&odd).unwrap();
    let code = topic_in(Codec::Gzip).refuse_bytes(&odd).code;
    assert_eq!(code, ErrorCode::UNKNOWN_SERVER_ERROR);
}

#[test]
fn a_damaged_stream_is_refused_in_every_codec() {
    for codec in COMPRESSED {
        let sent = batch(3).packed(codec);
        let stream = sent.to_bytes().split_off(HEADER_LEN);
        let cut = &stream[..stream.len() / 2];
        let code = Bench::new().refuse_bytes(&sent.carrying(cut)).code;
        assert_eq!(code, ErrorCode::UNKNOWN_SERVER_ERROR, "{codec}");
        let noise = [0x5a; 40];
        Bench::new().refuse_bytes(&sent.carrying(&noise));
        Bench::new().refuse_bytes(&sent.carrying(&[]));
    }
}

#[test]
fn an_empty_stream_holds_no_record() {
    for codec in COMPRESSED {
        let bytes = batch(1).packed(codec).carrying(&packed(codec, &[]));
        let code = Bench::new().refuse_bytes(&bytes).code;
        assert_eq!(code, ErrorCode::INVALID_RECORD, "{codec}");
    }
}

#[test]
fn more_or_fewer_records_than_claimed_are_invalid_in_every_codec() {
    for codec in COMPRESSED {
        let three = packed(codec, &batch(3).payload());
        for claimed in [2, 4] {
            let bytes = batch(claimed).packed(codec).carrying(&three);
            let code = Bench::new().refuse_bytes(&bytes).code;
            assert_eq!(code, ErrorCode::INVALID_RECORD, "{codec}, {claimed}");
        }
    }
}

/// A frame of Zstandard in which each block of 128 KiB is one byte, repeated.
fn zeros(blocks: usize) -> Vec<u8> {
    let block = |is_last: u32| {
        let head = (is_last | 1 << 1 | (128 * 1024) << 3).to_le_bytes();
        [head[0], head[1], head[2], 0]
    };
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    frame.extend((1..blocks).flat_map(|_| block(0)));
    frame.extend(block(1));
    frame
}

#[test]
fn a_stream_beyond_the_bound_is_refused() {
    let bound = MAX_DECOMPRESSED / (128 * 1024);
    let refused = |blocks| {
        let bytes = batch(1).packed(Codec::Zstd).carrying(&zeros(blocks));
        Bench::new().refuse_bytes(&bytes).code
    };
    assert_eq!(refused(8), ErrorCode::INVALID_RECORD, "zeros are no records, but a stream");
    assert_eq!(refused(bound), ErrorCode::INVALID_RECORD);
    assert_eq!(refused(bound + 1), ErrorCode::UNKNOWN_SERVER_ERROR);
}
