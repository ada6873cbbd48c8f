//! Deadlines, and what brokers do that makes batches miss them.

use std::time::Duration;

use klamm_idempotence::{Input, Leader, Reason};
use klamm_wire::{ErrorCode, Time};

use crate::language::{Bench, P, PATIENCE, Told};

//= type=test F40
#[test]
fn late_success_of_a_given_up_batch_closes_the_hole() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 1, 5);
    bench.wait(5);
    assert_eq!(bench.told(a), Told::Unknown);
    let [b] = bench.batches();
    bench.answer(a, ErrorCode::NONE);
    let (pid, epoch, sequence) = bench.stamp(a);
    assert_eq!((bench.told(a), bench.stamp(b)), (Told::Unknown, (pid, epoch, sequence + 1)));
}

//= type=test F41
#[test]
fn a_first_attempt_out_at_the_deadline_is_in_doubt_and_costs_an_epoch() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 1, 5);
    let [b] = bench.batches();
    bench.wait(5);
    assert_eq!(bench.all_told([a, b]), [Told::Unknown, Told::Nothing]);
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    bench.answer(b, ErrorCode::NONE);
    let [c] = bench.batches();
    let (pid, epoch, _) = bench.stamp(a);
    assert_eq!((bench.told(b), bench.stamp(c)), (Told::Acked, (pid, epoch + 1, 0)));
}

//= type=test F42 R1
#[test]
fn a_batch_that_expires_unsent_leaves_no_hole() {
    let mut bench = Bench::gated();
    let [a] = bench.batches();
    let b = bench.batch(P, 1, 5);
    let [c] = bench.batches();
    bench.wait(5);
    assert_eq!((bench.told(b), bench.reason(b)), (Told::NotWritten, Reason::DeadlinePassed));
    bench.answer(a, ErrorCode::NONE);
    let (pid, epoch, sequence) = bench.stamp(a);
    assert_eq!(bench.stamp(c), (pid, epoch, sequence + 1));
}

//= type=test F42
#[test]
fn a_batch_that_expires_while_it_fills_is_not_written() {
    let mut bench = Bench::flowing();
    let a = bench.open_batch(P, 5);
    bench.wait(5);
    bench.make(a, 3);
    assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![]));
}

//= type=test F43
#[test]
fn behind_a_batch_that_expired_unwritten_the_rest_is_stamped_anew() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let b = bench.batch(P, 1, 5);
    let [c] = bench.batches();
    for batch in [a, b, c] {
        bench.answer(batch, ErrorCode::NOT_ENOUGH_REPLICAS);
    }
    bench.disconnect(1);
    bench.wait(5);
    assert_eq!(bench.all_told([a, b, c]), [Told::Nothing, Told::NotWritten, Told::Nothing]);
    bench.connect(1);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.all_told([a, c]), [Told::Acked; 2]);
    let [first, _, last] = bench.stamps([a, b, c]);
    assert_eq!((first.1, first.2, last), (1, 0, (first.0, 1, 1)));
}

//= type=test F43
#[test]
fn behind_a_doubtful_batch_that_expired_the_doubtful_keep_their_stamps() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 1, 5);
    let [b] = bench.batches();
    let stamp = bench.stamp(b);
    for batch in [a, b] {
        bench.answer(batch, ErrorCode::REQUEST_TIMED_OUT);
    }
    bench.disconnect(1);
    bench.wait(5);
    bench.connect(1);
    assert_eq!((bench.told(a), bench.stamp(b)), (Told::Unknown, stamp));
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.told(b), Told::Acked);
}

//= type=test F44
#[test]
fn a_pause_that_a_broker_asks_for_is_kept_and_deadlines_run() {
    let mut bench = Bench::flowing();
    let until = bench.now.saturating_add(Duration::from_secs(10));
    bench.tell(Input::Throttled { conn: bench.conn(1), until });
    let a = bench.batch(P, 1, 5);
    let [b] = bench.batches();
    bench.wait(9);
    assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![]));
    bench.wait(1);
    assert_eq!(bench.sends(), [b]);
}

//= type=test F44
#[test]
fn a_pause_charges_no_attempt() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    for pause in 1..=3 {
        let until = bench.now.saturating_add(Duration::from_secs(pause));
        bench.tell(Input::Throttled { conn: bench.conn(1), until });
    }
    for _ in 0..3 {
        bench.answer(a, ErrorCode::CORRUPT_MESSAGE);
        bench.wait(5);
    }
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F45
#[test]
fn too_few_replicas_for_too_long_is_a_definite_failure() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    for _ in 0..PATIENCE {
        bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
        bench.wait(1);
    }
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::DeadlinePassed));
}

//= type=test F46
#[test]
fn too_few_replicas_after_the_append_may_end_well() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    bench.answer(b, ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    bench.tell(Input::Cancel { part: P, ticket: a.ticket });
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NOT_ENOUGH_REPLICAS);
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!(bench.all_told([a, b]), [Told::Acked, Told::Unknown]);
}

//= type=test F71
#[test]
fn time_that_goes_back_stands_still() {
    let mut bench = Bench::flowing();
    bench.wait(100);
    let a = bench.batch(P, 1, 5);
    bench.now = Time(0);
    bench.tell(Input::Tick);
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    assert_eq!(bench.told(a), Told::Nothing);
    assert!(bench.machine.next_wake() > Some(Time(100_000_000_000)));
}

//= type=test F71
#[test]
fn an_answer_read_before_the_clock_jumps_saves_its_batch() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.now = bench.now.saturating_add(Duration::from_secs(3 * PATIENCE));
    bench.answer(a, ErrorCode::NONE);
    bench.tell(Input::Tick);
    assert_eq!(bench.all_told([a, b]), [Told::Acked, Told::Unknown]);
}

//= type=test F52
#[test]
fn a_topic_missing_for_too_long_fails_what_waits_by_its_fate() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    bench.answer(b, ErrorCode::NOT_ENOUGH_REPLICAS);
    let [c] = bench.batches();
    bench.metadata(P, Leader::Missing);
    bench.wait(30);
    bench.metadata(P, Leader::Missing);
    bench.wait(30);
    let told = [Told::Unknown, Told::NotWritten, Told::NotWritten];
    assert_eq!((bench.all_told([a, b, c]), bench.reason(c)), (told, Reason::TopicMissing));
}
