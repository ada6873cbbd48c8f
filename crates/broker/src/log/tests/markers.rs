//! Transactions: markers, what is stable, what was aborted.

use klamm_wire::{ErrorCode, WallMillis};

use super::bench::{Bench, NOW, batch};
use crate::log::{AbortedTxn, Appended, Marker};

const EPOCH: ErrorCode = ErrorCode::INVALID_PRODUCER_EPOCH;

fn aborted(pid: i64, first_offset: i64) -> AbortedTxn {
    AbortedTxn { pid, first_offset }
}

/// Writes a marker of the second generation.
fn mark_in_tv2(bench: &mut Bench, epoch: i16) -> Result<Appended, ErrorCode> {
    let marker = Marker { pid: 9, epoch, commit: true, coordinator_epoch: 1 };
    bench.log.append_raised_marker(marker, 3, WallMillis(NOW))
}

#[test]
fn an_open_transaction_holds_the_stable_offset_back() {
    let mut bench = Bench::new();
    bench.accept(&batch(2));
    bench.accept(&batch(1).of(9, 0, 0).in_txn());
    bench.accept(&batch(1).of(8, 0, 0).in_txn());
    assert_eq!(bench.log.open_transaction(9), Some(2));
    assert_eq!(bench.log.last_stable(4), 2);
    assert_eq!(bench.log.last_stable(1), 1);
    bench.mark(9, 0, true).unwrap();
    assert_eq!(bench.log.open_transaction(9), None);
    assert_eq!(bench.log.last_stable(5), 3, "the other one is open");
    bench.mark(8, 0, false).unwrap();
    assert_eq!(bench.log.last_stable(6), 6);
}

#[test]
fn a_marker_that_is_not_replicated_decides_nothing() {
    let mut bench = Bench::new();
    bench.accept(&batch(3).of(9, 0, 0).in_txn());
    bench.mark(9, 0, true).unwrap();
    assert_eq!(bench.log.last_stable(3), 0);
    assert_eq!(bench.log.last_stable(4), 4);
}

#[test]
fn aborted_transactions_are_told_to_whom_they_reach() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).of(9, 0, 0).in_txn());
    bench.mark(9, 0, false).unwrap();
    bench.accept(&batch(2).of(9, 0, 2).in_txn());
    bench.accept(&batch(1).of(8, 0, 0).in_txn());
    bench.mark(8, 0, true).unwrap();
    bench.mark(9, 0, false).unwrap();
    assert_eq!(bench.log.end(), 8);
    assert_eq!(bench.log.aborted(0, 8), [aborted(9, 0), aborted(9, 3)]);
    assert_eq!(bench.log.aborted(3, 8), [aborted(9, 3)]);
    assert_eq!(bench.log.aborted(7, 8), [aborted(9, 3)], "up to the marker");
    assert_eq!(bench.log.aborted(0, 3), [aborted(9, 0)]);
}

#[test]
fn a_marker_is_a_control_record_of_its_producer() {
    let mut bench = Bench::new();
    let written = bench.mark(1234, 3, true).unwrap();
    assert_eq!((written.base_offset, written.last_offset), (0, 0));
    let header = bench.last_header();
    assert_eq!(header.attributes.0, 0x30);
    assert_eq!((header.producer_id.0, header.producer_epoch.0), (1234, 3));
    assert_eq!((header.base_sequence.0, header.count, header.leader_epoch), (-1, 1, 3));
    let stored = bench.log.batches_from(0).next().unwrap();
    let record = [0x20, 0, 0, 0, 8, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0, 1, 0];
    assert_eq!(stored.bytes()[61..], record);
    let read = Marker { pid: 1234, epoch: 3, commit: true, coordinator_epoch: 1 };
    assert_eq!(stored.marker(), Some(read));
}

#[test]
fn sequences_go_on_behind_a_marker_of_the_same_epoch() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).of(9, 0, 0).in_txn());
    bench.mark(9, 0, true).unwrap();
    assert!(bench.send(&batch(2).of(9, 0, 0).in_txn()).unwrap().duplicate, "still remembered");
    assert_eq!(bench.accept(&batch(1).of(9, 0, 2).in_txn()), 3);
}

#[test]
fn sequences_begin_again_behind_a_marker_of_the_next_epoch() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).of(9, 0, 0).in_txn());
    bench.mark(9, 1, false).unwrap();
    assert_eq!(bench.refuse(&batch(2).of(9, 0, 0).in_txn()), EPOCH, "a late copy");
    let late = batch(1).of(9, 1, 2).in_txn();
    assert_eq!(bench.refuse(&late), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(bench.accept(&batch(1).of(9, 1, 0).in_txn()), 3);
}

#[test]
fn within_a_transaction_everything_belongs_to_it() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 0, 0).in_txn());
    assert_eq!(bench.refuse(&batch(1).of(9, 0, 1)), ErrorCode::INVALID_TXN_STATE);
    bench.mark(9, 0, true).unwrap();
    assert_eq!(bench.accept(&batch(1).of(9, 0, 1)), 2);
}

#[test]
fn markers_of_old_epochs_and_old_coordinators_are_refused() {
    let mut bench = Bench::new();
    bench.mark(9, 4, true).unwrap();
    assert_eq!(bench.mark(9, 3, true), Err(EPOCH));
    let zombie = Marker { pid: 9, epoch: 4, commit: true, coordinator_epoch: 0 };
    let refused = bench.log.append_marker(zombie, 3, WallMillis(NOW));
    assert_eq!(refused, Err(ErrorCode::TRANSACTION_COORDINATOR_FENCED));
    assert_eq!(bench.log.end(), 1);
}

#[test]
fn a_marker_without_a_transaction_decides_nothing_and_is_written() {
    let mut bench = Bench::new();
    bench.mark(9, 0, false).unwrap();
    bench.mark(9, 0, false).unwrap();
    assert_eq!(bench.log.end(), 2);
    assert_eq!(bench.log.aborted(0, 2), []);
    assert_eq!(bench.log.last_stable(2), 2);
}

#[test]
fn in_the_second_generation_a_marker_is_newer_than_its_records() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, 0, 0).in_txn());
    assert_eq!(mark_in_tv2(&mut bench, 0), Err(EPOCH));
    mark_in_tv2(&mut bench, 1).unwrap();
    mark_in_tv2(&mut bench, 1).expect("a copy, and nothing has begun since");
    bench.accept(&batch(1).of(9, 1, 0).in_txn());
    assert_eq!(mark_in_tv2(&mut bench, 1), Err(EPOCH), "a copy that would end the next one");
    assert_eq!(bench.log.open_transaction(9), Some(3));
}

#[test]
fn a_marker_of_the_greatest_epoch_is_never_too_late() {
    let mut bench = Bench::new();
    bench.accept(&batch(1).of(9, i16::MAX, 0).in_txn());
    mark_in_tv2(&mut bench, i16::MAX).unwrap();
    assert_eq!(bench.log.open_transaction(9), None);
}

#[test]
fn whoever_lists_producers_sees_all_that_is_remembered() {
    let mut bench = Bench::new();
    bench.accept(&batch(2).at(1, NOW + 4).of(9, 2, 5).in_txn());
    let who = bench.log.producers().next().unwrap();
    assert_eq!((who.pid, who.epoch, who.last_sequence), (9, 2, 6));
    assert_eq!((who.last_timestamp, who.coordinator_epoch), (NOW + 4, -1));
    assert_eq!(who.txn_start, Some(0));
    bench.mark(9, 3, true).unwrap();
    let who = bench.log.producers().next().unwrap();
    assert_eq!((who.epoch, who.last_sequence, who.coordinator_epoch), (3, -1, 1));
    assert_eq!((who.txn_start, who.last_timestamp), (None, NOW));
}
