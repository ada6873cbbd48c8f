//! What is read: whole batches within bounds, and offsets by time.

use klamm_records::Codec;

use super::bench::{Bench, NOW, batch};
use crate::log::TimestampOffset;
use crate::topic::TimestampType;

/// Batches of one, two and three records.
fn filled() -> (Bench, [usize; 3]) {
    let mut bench = Bench::new();
    let lens = [1, 2, 3].map(|count| {
        bench.accept(&batch(count));
        batch(count).to_bytes().len()
    });
    (bench, lens)
}

fn lens(bench: &Bench, from: i64, until: i64, max: usize, at_least_one: bool) -> Vec<usize> {
    let read = bench.log.read(from, until, max, at_least_one);
    read.iter().map(bytes::Bytes::len).collect()
}

#[test]
fn the_batch_that_holds_the_offset_is_read_first() {
    let (bench, [one, two, three]) = filled();
    assert_eq!(lens(&bench, 0, 6, usize::MAX, false), [one, two, three]);
    assert_eq!(lens(&bench, 2, 6, usize::MAX, false), [two, three]);
    assert_eq!(lens(&bench, 5, 6, usize::MAX, false), [three]);
    assert_eq!(lens(&bench, 6, 6, usize::MAX, true), [0; 0]);
}

#[test]
fn nothing_is_read_that_reaches_the_bound() {
    let (bench, [one, two, _]) = filled();
    assert_eq!(lens(&bench, 0, 3, usize::MAX, true), [one, two]);
    assert_eq!(lens(&bench, 0, 5, usize::MAX, true), [one, two]);
    assert_eq!(lens(&bench, 1, 1, usize::MAX, true), [0; 0]);
}

#[test]
fn only_the_first_batch_may_exceed_the_length() {
    let (bench, [one, two, _]) = filled();
    assert_eq!(lens(&bench, 0, 6, one + two, false), [one, two]);
    assert_eq!(lens(&bench, 0, 6, one + two - 1, false), [one]);
    assert_eq!(lens(&bench, 1, 6, 0, true), [two]);
    assert_eq!(lens(&bench, 1, 6, two - 1, false), [0; 0]);
}

/// What is found, as offset and timestamp.
fn pair(found: Option<TimestampOffset>) -> Option<(i64, i64)> {
    found.map(|found| (found.offset, found.timestamp))
}

#[test]
fn the_first_record_that_is_not_older_is_found() {
    let mut bench = Bench::new();
    for codec in [Codec::None, Codec::Zstd] {
        bench.accept(&batch(3).at(0, NOW - 9).at(1, NOW - 5).at(2, NOW - 7).packed(codec));
    }
    bench.accept(&batch(1));
    let find = |time| pair(bench.log.offset_for_timestamp(time, 7));
    assert_eq!(find(0), Some((0, NOW - 9)));
    assert_eq!(find(NOW - 6), Some((1, NOW - 5)));
    assert_eq!(find(NOW), Some((6, NOW)));
    assert_eq!(find(NOW + 1), None);
    assert_eq!(bench.log.offset_for_timestamp(NOW, 6), None, "not to be read yet");
    assert_eq!(bench.log.offset_for_timestamp(NOW, 7).unwrap().leader_epoch, 3);
}

#[test]
fn what_lies_below_the_start_is_not_found() {
    let mut bench = Bench::new();
    bench.accept(&batch(3).at(0, NOW - 9).at(1, NOW - 8).at(2, NOW - 7));
    bench.log.delete_before(1);
    assert_eq!(pair(bench.log.offset_for_timestamp(0, 3)), Some((1, NOW - 8)));
}

#[test]
fn the_greatest_timestamp_is_that_of_the_first_record_that_has_it() {
    let mut bench = Bench::new();
    assert_eq!(bench.log.max_timestamp(0), None);
    bench.accept(&batch(2));
    bench.accept(&batch(3).at(1, NOW + 5).packed(Codec::Gzip));
    bench.accept(&batch(1).at(0, NOW + 5));
    assert_eq!(pair(bench.log.max_timestamp(6)), Some((3, NOW + 5)));
    assert_eq!(bench.log.max_timestamp(3), None);
}

#[test]
fn with_the_time_of_the_append_all_records_of_a_batch_are_as_old() {
    let mut bench = Bench::set(|settings| settings.timestamps = TimestampType::LogAppendTime);
    bench.accept(&batch(2).at(0, 1).at(1, 2));
    assert_eq!(pair(bench.log.offset_for_timestamp(3, 2)), Some((0, NOW)));
    assert_eq!(pair(bench.log.max_timestamp(2)), Some((0, NOW)));
}
