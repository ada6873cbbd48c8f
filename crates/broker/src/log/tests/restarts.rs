//! What outlives a restart, an unclean start, a change of leadership, and time.

use klamm_wire::{ErrorCode, WallMillis};

use super::bench::{Bench, NOW, Picture, batch};
use crate::log::PartitionLog;

const OUT_OF_ORDER: ErrorCode = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
const DAY: i64 = 86_400_000;

/// So many batches of one record, of producer 9.
fn numbered(count: i32) -> Bench {
    let mut bench = Bench::new();
    for sequence in 0..count {
        bench.accept(&batch(1).of(9, 0, sequence));
    }
    bench
}

fn is_remembered(bench: &mut Bench, sequence: i32) -> bool {
    match bench.send(&batch(1).of(9, 0, sequence)) {
        Ok(appended) => appended.duplicate,
        Err(rejected) => {
            assert_eq!(rejected.code, OUT_OF_ORDER);
            false
        }
    }
}

#[test]
fn a_snapshot_holds_the_last_batch_alone() {
    let mut bench = numbered(5);
    bench.log.take_snapshot();
    bench.log.restart(true);
    assert!(is_remembered(&mut bench, 4));
    assert!(!is_remembered(&mut bench, 3));
    assert_eq!(bench.accept(&batch(1).of(9, 0, 5)), 5);
}

#[test]
fn what_follows_the_snapshot_is_remembered_besides() {
    let mut bench = numbered(3);
    bench.log.take_snapshot();
    bench.accept(&batch(1).of(9, 0, 3));
    bench.accept(&batch(1).of(9, 0, 4));
    bench.log.restart(true);
    assert!((2..5).all(|sequence| is_remembered(&mut bench, sequence)));
    assert!(!is_remembered(&mut bench, 1));
}

#[test]
fn without_a_snapshot_the_whole_log_is_read() {
    let mut bench = numbered(5);
    bench.log.take_snapshot();
    let before = Picture::of(&bench.log);
    bench.log.restart(false);
    assert_eq!(Picture::of(&bench.log), before);
    assert!((0..5).all(|sequence| is_remembered(&mut bench, sequence)));
}

#[test]
fn whose_records_are_deleted_is_forgotten_at_the_next_start() {
    let mut bench = numbered(3);
    bench.log.take_snapshot();
    bench.log.delete_before(3);
    assert!(is_remembered(&mut bench, 2));
    bench.log.restart(true);
    assert_eq!(bench.log.producers().count(), 0);
}

#[test]
fn an_open_transaction_outlives_a_restart() {
    for with_snapshot in [false, true] {
        let mut bench = Bench::new();
        bench.accept(&batch(1).of(9, 0, 0).in_txn());
        bench.log.take_snapshot();
        bench.accept(&batch(1).of(9, 0, 1).in_txn());
        bench.log.restart(with_snapshot);
        assert_eq!(bench.log.open_transaction(9), Some(0));
        assert_eq!(bench.log.last_stable(2), 0);
        bench.mark(9, 0, false).unwrap();
        assert_eq!(bench.log.aborted(0, 3).len(), 1);
        assert_eq!(bench.log.last_stable(3), 3);
    }
}

#[test]
fn an_unclean_start_forgets_everybody() {
    let mut bench = numbered(3);
    bench.accept(&batch(1).of(8, 0, 0).in_txn());
    bench.log.lose_producers();
    assert_eq!(bench.log.producers().count(), 0);
    assert_eq!(bench.log.last_stable(4), 4);
    assert_eq!(bench.accept(&batch(1).of(9, 0, 1)), 4, "written a second time");
}

#[test]
fn truncation_forgets_what_it_cuts_off() {
    let mut bench = numbered(4);
    bench.log.truncate_to(2);
    assert!(is_remembered(&mut bench, 1));
    assert_eq!(bench.accept(&batch(1).of(9, 0, 2)), 2);
    bench.log.truncate_to(0);
    assert_eq!(bench.log.producers().count(), 0);
}

#[test]
fn a_snapshot_of_what_was_cut_off_is_not_used() {
    let mut bench = numbered(4);
    bench.log.take_snapshot();
    bench.log.truncate_to(2);
    assert_eq!(bench.log.producers().next().unwrap().last_sequence, 1);
    assert!(is_remembered(&mut bench, 0));
}

#[test]
fn memory_ages_by_the_timestamps_of_the_batches() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).at(0, NOW - DAY).of(9, 0, 0));
    bench.accept(&batch(1).at(0, NOW - DAY + 1).of(8, 0, 0));
    bench.accept(&batch(1).at(0, 5).of(7, 0, 0).in_txn());
    bench.log.expire_producers(WallMillis(NOW), DAY);
    let left: Vec<i64> = bench.log.producers().map(|who| who.pid).collect();
    assert_eq!(left, [7, 8], "whose transaction is open stays");
    assert_eq!(bench.accept(&batch(1).of(9, 0, 0)), 3, "a repetition that is not known any more");
}

#[test]
fn a_follower_remembers_all_that_its_leader_does() {
    let mut bench = numbered(6);
    bench.accept(&batch(2).of(8, 3, 0).in_txn());
    bench.mark(8, 4, false).unwrap();
    bench.accept(&batch(2).of(8, 4, 0).in_txn());
    let mut follower = PartitionLog::new(1);
    bench.log.batches_from(0).for_each(|batch| follower.append_as_follower(batch));
    assert_eq!(Picture::of(&follower), Picture::of(&bench.log));
    let mut promoted = Bench { log: follower, leader_epoch: 4, ..Bench::new() };
    assert!((1..6).all(|sequence| is_remembered(&mut promoted, sequence)));
}

#[test]
fn a_follower_takes_nothing_twice_and_begins_where_the_leader_does() {
    let mut bench = numbered(4);
    bench.log.delete_before(2);
    let mut follower = PartitionLog::new(1);
    for _ in 0..2 {
        bench.log.batches_from(0).for_each(|batch| follower.append_as_follower(batch));
    }
    assert_eq!((follower.start(), follower.end()), (2, 4));
    let (stored, copied) = (bench.log.batches_from(2).next(), follower.batches_from(2).next());
    let (stored, copied) = (stored.unwrap().bytes(), copied.unwrap().bytes());
    assert_eq!(stored.as_ptr(), copied.as_ptr(), "replicas share the bytes");
}
