//! What is decided by the producer's numbers: repetitions, gaps, epochs, the wrap.

use bytes::Bytes;
use klamm_wire::ErrorCode;

use super::bench::{Bench, Habits, batch};
use crate::log::Origin;
use crate::personas::{Sequences, Unknown};

const OUT_OF_ORDER: ErrorCode = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;

/// A log with so many batches of one record, of producer 9 in epoch 0.
fn numbered(count: i32) -> Bench {
    let mut bench = Bench::new();
    for sequence in 0..count {
        bench.accept(&batch(1).of(9, 0, sequence));
    }
    bench
}

#[track_caller]
fn repeats(bench: &mut Bench, sequence: i32, offset: i64) {
    let end = bench.log.end();
    let again = bench.send(&batch(1).of(9, 0, sequence)).unwrap();
    assert_eq!((again.base_offset, again.duplicate), (offset, true));
    assert_eq!(bench.log.end(), end);
}

#[test]
fn each_of_the_last_five_is_recognised_and_the_sixth_is_not() {
    let mut bench = numbered(7);
    for sequence in (2..7).rev() {
        repeats(&mut bench, sequence, i64::from(sequence));
    }
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 1)), OUT_OF_ORDER);
    let sequences = Sequences { old_duplicates: true, ..Sequences::MODERN };
    bench.habits = Habits { sequences, ..Habits::default() };
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 1)), ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 8)), OUT_OF_ORDER);
}

#[test]
fn a_repetition_carries_the_time_of_what_it_repeats() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).at(0, 77).of(9, 0, 0));
    let again = bench.send(&batch(1).of(9, 0, 0)).unwrap();
    assert_eq!(again.log_append_time, 77, "whatever the topic's kind of time is");
}

#[test]
fn gaps_and_overlaps_are_out_of_order() {
    let mut bench = numbered(2);
    bench.accept(&batch(3).of(9, 0, 2));
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 6)), OUT_OF_ORDER);
    assert_eq!(bench.refuse(&batch(2).of(9, 0, 2)), OUT_OF_ORDER, "same base, other count");
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 4)), OUT_OF_ORDER, "inside of another");
    assert_eq!(bench.refuse(&batch(4).of(9, 0, 1)), OUT_OF_ORDER, "across another");
    assert_eq!(bench.accept(&batch(1).of(9, 0, 5)), 5);
}

#[test]
fn an_older_epoch_is_invalid_and_a_newer_one_begins_with_zero() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 4, 0));
    assert_eq!(bench.refuse(&batch(1).of(9, 3, 0)), ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(bench.refuse(&batch(1).of(9, 5, 5)), OUT_OF_ORDER);
    assert_eq!(bench.accept(&batch(1).of(9, 5, 0)), 1);
    assert_eq!(bench.log.producer_entry_epoch(9), Some(5));
    let code = bench.refuse(&batch(1).of(9, 4, 0));
    assert_eq!(code, ErrorCode::INVALID_PRODUCER_EPOCH, "a repetition of what is forgotten");
}

#[test]
fn of_an_unknown_producer_any_sequence_is_the_first() {
    let mut bench = Bench::new();
    assert_eq!(bench.accept(&batch(1).of(9, 2, 7)), 0);
    assert_eq!(bench.accept(&batch(1).of(9, 2, 8)), 1);
}

#[test]
fn generations_differ_in_what_they_want_of_the_unknown() {
    let late = batch(1).of(9, 0, 7);
    for (unknown, code) in
        [(Unknown::Told, ErrorCode::UNKNOWN_PRODUCER_ID), (Unknown::Zero, OUT_OF_ORDER)]
    {
        let sequences = Sequences { unknown, ..Sequences::MODERN };
        let habits = Habits { sequences, ..Habits::default() };
        let mut old = Bench { habits, ..Bench::new() };
        assert_eq!(old.refuse(&late), code);
    }

    let habits = Habits { fresh_needs_zero: true, ..Habits::default() };
    let mut new = Bench { habits, ..Bench::new() };
    assert_eq!(new.refuse(&late), OUT_OF_ORDER);
    new.accept(&batch(1));
    assert_eq!(new.accept(&late), 1, "it has held a record");

    let habits = Habits { tv2: true, ..Habits::default() };
    let mut second = Bench { habits, ..Bench::new() };
    assert_eq!(second.refuse(&late.clone().in_txn()), OUT_OF_ORDER);
    assert_eq!(second.accept(&late), 0, "outside of transactions nothing has changed");
}

#[test]
fn the_sequence_after_the_greatest_is_zero() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 0, i32::MAX));
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 1)), OUT_OF_ORDER);
    assert_eq!(bench.accept(&batch(1).of(9, 0, 0)), 1);
}

#[test]
fn a_batch_may_lie_across_the_wrap_and_be_repeated() {
    let mut bench = Bench::new();
    let across = batch(4).of(9, 0, i32::MAX - 1);
    bench.accept(&batch(1).of(9, 0, i32::MAX - 2));
    assert_eq!(bench.accept(&across), 1);
    assert_eq!(bench.send(&across).unwrap().base_offset, 1);
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 3)), OUT_OF_ORDER);
    assert_eq!(bench.accept(&batch(1).of(9, 0, 2)), 5);
    assert_eq!(bench.log.producers().next().unwrap().last_sequence, 2);
}

#[test]
fn two_producers_do_not_disturb_each_other() {
    let mut bench = Bench::new();
    for sequence in 0..3 {
        bench.accept(&batch(1).of(9, 0, sequence));
        bench.accept(&batch(2).of(8, 6, sequence * 2));
    }
    assert_eq!(bench.refuse(&batch(1).of(8, 6, 3)), OUT_OF_ORDER);
    let known: Vec<_> = bench.log.producers().map(|who| (who.pid, who.last_sequence)).collect();
    assert_eq!(known, [(8, 5), (9, 2)]);
}

#[test]
fn without_a_producer_id_there_is_no_repetition() {
    let mut bench = Bench::new();
    bench.accept(&batch(1));
    assert_eq!(bench.accept(&batch(1)), 1);
    assert_eq!(bench.log.producers().count(), 0);
    assert_eq!(bench.accept(&batch(1).of(-1, 0, 0).in_txn()), 2, "no check is known of");
    assert_eq!(bench.log.last_stable(3), 3);
}

#[test]
fn a_coordinator_is_held_to_its_epoch_alone() {
    let mut bench = Bench::new();
    let write = |bench: &mut Bench, epoch| {
        let bytes = batch(1).of(9, epoch, -1).in_txn().to_bytes();
        bench.append(&[Bytes::from(bytes)], Origin::Coordinator).map_err(|refused| refused.code)
    };
    write(&mut bench, 1).unwrap();
    write(&mut bench, 1).unwrap();
    assert_eq!(write(&mut bench, 0), Err(ErrorCode::INVALID_PRODUCER_EPOCH));
    assert_eq!(bench.log.end(), 2);
}

#[test]
fn a_malformed_repetition_is_judged_as_what_it_is_first() {
    let mut bench = numbered(1);
    bench.settings.max_message_bytes = 10;
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 0)), ErrorCode::MESSAGE_TOO_LARGE);
}

#[test]
fn what_was_on_its_way_to_begin_a_transaction_holds_back_what_is_behind_it() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 0, 0).in_txn());
    bench.mark(9, 0, false).unwrap();
    // A copy of the first batch comes, and the coordinator knows of no transaction.
    bench.log.note_attempt(9, 0, 0);
    bench.log.note_attempt(9, 0, 1);
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 1).in_txn()), OUT_OF_ORDER);
    repeats(&mut bench, 0, 0);
    bench.mark(9, 0, false).unwrap();
    bench.accept(&batch(1).of(9, 0, 1).in_txn());
    // A later epoch begins anew, and what is appended leaves nothing behind.
    bench.log.note_attempt(8, 0, 0);
    bench.log.note_attempt(8, 1, 0);
    bench.accept(&batch(1).of(8, 1, 0).in_txn());
    bench.accept(&batch(1).of(8, 1, 1).in_txn());
}
