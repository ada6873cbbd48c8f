//! What is kept: deletion, retention, truncation, leader epochs.

use klamm_wire::WallMillis;

use super::bench::{Bench, NOW, batch};

/// So many batches of two records each.
fn pairs(count: usize) -> Bench {
    let mut bench = Bench::new();
    for _ in 0..count {
        bench.accept(&batch(2));
    }
    bench
}

fn retain(bench: &mut Bench, high_watermark: i64) -> i64 {
    bench.log.retain(&bench.settings, WallMillis(NOW), high_watermark);
    bench.log.start()
}

#[test]
fn deletion_moves_the_start_and_drops_whole_batches() {
    let mut bench = pairs(3);
    let len = bench.log.bytes();
    bench.log.delete_before(3);
    assert_eq!((bench.log.start(), bench.log.end()), (3, 6));
    assert_eq!(bench.log.batches_from(0).next().unwrap().base_offset(), 2);
    assert_eq!(bench.log.bytes(), len / 3 * 2);
    bench.log.delete_before(1);
    assert_eq!(bench.log.start(), 3, "it never moves back");
    bench.log.delete_before(99);
    assert_eq!((bench.log.start(), bench.log.end(), bench.log.bytes()), (6, 6, 0));
    assert_eq!(bench.accept(&batch(1)), 6);
}

#[test]
fn deletion_forgets_no_producer() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).of(9, 0, 0));
    bench.log.delete_before(2);
    assert!(bench.send(&batch(2).of(9, 0, 0)).unwrap().duplicate);
}

#[test]
fn retention_by_size_keeps_as_much_as_was_asked_for() {
    let mut bench = pairs(4);
    let len = i64::try_from(bench.log.bytes() / 4).unwrap();
    bench.settings.retention_bytes = 2 * len + 1;
    assert_eq!(retain(&mut bench, 8), 2);
    bench.settings.retention_bytes = 0;
    assert_eq!(retain(&mut bench, 4), 4, "what is not replicated stays");
    bench.settings.deletes = false;
    assert_eq!(retain(&mut bench, 8), 4);
    bench.settings.deletes = true;
    assert_eq!(retain(&mut bench, 8), 8);
}

#[test]
fn retention_by_time_stops_at_the_first_that_is_young() {
    let mut bench = Bench::set(|settings| settings.retention_ms = 1000);
    for age in [5000, 1001, 1000, 9000] {
        bench.accept(&batch(1).at(0, NOW - age));
    }
    assert_eq!(retain(&mut bench, 4), 2);
    bench.settings.retention_ms = -1;
    assert_eq!(retain(&mut bench, 4), 2);
}

#[test]
fn truncation_takes_whole_batches() {
    let mut bench = pairs(3);
    let len = bench.log.bytes();
    bench.log.truncate_to(9);
    assert_eq!(bench.log.end(), 6);
    bench.log.truncate_to(3);
    assert_eq!((bench.log.end(), bench.log.bytes()), (2, len / 3));
    assert_eq!(bench.accept(&batch(1)), 2);
    bench.log.truncate_to(0);
    assert_eq!((bench.log.end(), bench.log.bytes()), (0, 0));
}

#[test]
fn truncation_below_the_start_begins_anew() {
    let mut bench = pairs(3);
    bench.log.delete_before(4);
    bench.log.truncate_to(3);
    assert_eq!((bench.log.start(), bench.log.end(), bench.log.bytes()), (3, 3, 0));
    assert_eq!(bench.log.epoch_end(3), (-1, -1));
}

#[test]
fn truncation_undoes_transactions() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 0, 0).in_txn());
    bench.mark(9, 0, false).unwrap();
    bench.accept(&batch(1).of(8, 0, 0).in_txn());
    bench.log.truncate_to(2);
    assert_eq!(bench.log.open_transaction(8), None);
    assert_eq!(bench.log.last_stable(2), 2);
    assert_eq!(bench.log.aborted(0, 9).len(), 1);
    bench.log.truncate_to(1);
    assert_eq!(bench.log.open_transaction(9), Some(0));
    assert_eq!(bench.log.aborted(0, 9), []);
    assert_eq!(bench.log.last_stable(1), 0);
}

#[test]
fn an_epoch_ends_where_the_next_one_begins() {
    let mut bench = Bench::new();
    for epoch in [2, 2, 5, 9] {
        bench.leader_epoch = epoch;
        bench.accept(&batch(2));
    }
    let end = |epoch| bench.log.epoch_end(epoch);
    assert_eq!([end(2), end(4), end(5), end(8)], [(2, 4), (2, 4), (5, 6), (5, 6)]);
    assert_eq!(end(9), (9, 8), "the latest ends where the log does");
    assert_eq!(end(1), (1, 0), "one below all that are known");
    assert_eq!([end(10), end(-1)], [(-1, -1); 2]);
}

#[test]
fn an_epoch_begins_with_its_leadership() {
    let mut bench = pairs(1);
    bench.log.begin_epoch(7);
    assert_eq!(bench.log.epoch_end(7), (7, 2));
    assert_eq!(bench.log.epoch_end(3), (3, 2));
    bench.log.begin_epoch(8);
    assert_eq!(bench.log.epoch_end(7), (3, 2), "nothing was written in it");
}

#[test]
fn epochs_are_cut_off_with_the_log() {
    let mut bench = Bench::new();
    for epoch in [2, 5, 9] {
        bench.leader_epoch = epoch;
        bench.accept(&batch(2));
    }
    bench.log.truncate_to(4);
    assert_eq!(bench.log.epoch_end(5), (5, 4));
    assert_eq!(bench.log.epoch_end(9), (-1, -1));
    bench.log.delete_before(3);
    assert_eq!(bench.log.epoch_end(2), (2, 3), "deleted: its end is where the log begins");
}
