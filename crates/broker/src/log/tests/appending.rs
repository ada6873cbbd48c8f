//! Plain appends: offsets, what is stored, what is read back.

use bytes::Bytes;
use klamm_records::Codec;

use super::bench::{Bench, batch};
use crate::log::Appended;

#[test]
fn records_get_the_offsets_that_follow() {
    let mut bench = Bench::new();
    let first = bench.send(&batch(3)).unwrap();
    let expected = Appended {
        base_offset: 0,
        last_offset: 2,
        log_append_time: -1,
        log_start: 0,
        duplicate: false,
    };
    assert_eq!(first, expected);
    assert_eq!(bench.accept(&batch(2)), 3);
    assert_eq!((bench.log.start(), bench.log.end()), (0, 5));
}

#[test]
fn what_was_sent_in_any_codec_is_read_back() {
    for codec in Codec::ALL {
        let mut bench = Bench::new();
        let sent = batch(3).value(1, b"").value(2, &[b'y'; 300]).packed(codec);
        bench.accept(&sent);
        bench.accept(&sent);
        let values = bench.values();
        assert_eq!(values.len(), 6);
        assert_eq!(values[1], b"");
        assert_eq!(values[5], [b'y'; 300]);
        assert_eq!(bench.last_header().attributes.codec().unwrap(), codec);
    }
}

#[test]
fn a_stored_batch_is_what_was_sent_but_for_offset_and_leader_epoch() {
    let mut bench = Bench::new();
    bench.accept(&batch(1));
    let sent = batch(2).packed(Codec::Zstd).to_bytes();
    bench.send_bytes(&sent).unwrap();
    let stored = bench.log.batches_from(1).next().unwrap();
    assert_eq!(stored.base_offset(), 1);
    assert_eq!(stored.leader_epoch(), 3);
    assert_eq!(stored.bytes()[16..], sent[16..]);
}

#[test]
fn a_field_in_pieces_is_one_field() {
    let mut bench = Bench::new();
    let sent = Bytes::from(batch(3).to_bytes());
    let pieces = [sent.slice(..7), sent.slice(7..61), sent.slice(61..)];
    bench.send_pieces(&pieces).unwrap();
    assert_eq!(bench.values().len(), 3);
}

#[test]
fn a_repetition_is_told_where_it_is() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).of(9, 0, 0));
    bench.accept(&batch(2).of(9, 0, 2));
    let again = bench.send(&batch(2).of(9, 0, 0)).unwrap();
    assert_eq!((again.base_offset, again.last_offset, again.duplicate), (0, 1, true));
    assert_eq!(bench.log.end(), 4);
}
