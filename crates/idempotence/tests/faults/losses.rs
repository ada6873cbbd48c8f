//! Requests and answers that get lost, half of them written, late, or meant for nobody.

use klamm_idempotence::{Answer, Input, Reason};
use klamm_wire::ErrorCode;

use crate::language::{Bench, P, PATIENCE, Q, Told, present};

//= type=test F1 R3
#[test]
fn a_request_that_got_lost_is_sent_again_unchanged() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let stamp = bench.stamp(a);
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    assert_eq!((bench.sends(), bench.stamp(a)), (vec![a, a], stamp));
    assert_eq!(bench.went_to(a), bench.conn(1));
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F2
#[test]
fn a_repeated_batch_is_acknowledged_at_its_first_offset() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    bench.hear(bench.last_attempt(a), present(ErrorCode::NONE, Some(42), Vec::new()));
    assert_eq!((bench.told(a), bench.offset(a)), (Told::Acked, Some(42)));
    bench.hear(
        bench.last_attempt(b),
        present(ErrorCode::DUPLICATE_SEQUENCE_NUMBER, Some(43), Vec::new()),
    );
    assert_eq!((bench.told(b), bench.offset(b)), (Told::Acked, None));
}

//= type=test F3
#[test]
fn half_a_request_was_certainly_not_written() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.attempt_lost(a, false);
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::DeadlinePassed));
}

//= type=test F4
#[test]
fn half_an_answer_leaves_the_batch_in_doubt() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.attempt_lost(a, true);
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::Unknown, Reason::DeadlinePassed));
}

//= type=test F5 R8
#[test]
fn after_a_cut_the_head_goes_alone_and_the_rest_behind_it() {
    let mut bench = Bench::flowing();
    let all @ [a, b, c, d, e] = bench.batches();
    let stamps = bench.stamps(all);
    bench.sends();
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.sends(), [b, c, d, e]);
    for batch in [b, c, d, e] {
        bench.answer(batch, ErrorCode::NONE);
    }
    assert_eq!(bench.all_told(all), [Told::Acked; 5]);
    assert_eq!(bench.stamps(all), stamps);
}

//= type=test F6
#[test]
fn a_copy_that_still_floats_may_land_before_the_batch_is_given_up() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let stamp = bench.stamp(a);
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    bench.answer(a, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(bench.told(a), Told::Nothing);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.stamp(a)), (Told::Acked, stamp));
}

//= type=test F7
#[test]
fn a_stamp_whose_batch_was_given_up_is_never_sent_again() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 1, 5);
    let (pid, epoch, sequence) = bench.stamp(a);
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    bench.sends();
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    bench.disconnect(1);
    bench.wait(5);
    let [b, c] = bench.batches();
    bench.connect(1);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.sends()), (Told::Unknown, vec![b, c]));
    assert_eq!(bench.stamps([b, c]), [(pid, epoch + 1, 0), (pid, epoch + 1, 1)]);
    assert_ne!(sequence, 0);
}

//= type=test F31 R18
#[test]
fn one_partitions_error_does_not_touch_another() {
    let mut bench = Bench::flowing();
    bench.leads_too(Q, 1);
    let [a] = bench.batches();
    let b = bench.batch(Q, 1, PATIENCE);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::INVALID_RECORD);
    let [c] = bench.batches();
    let d = bench.batch(Q, 1, PATIENCE);
    assert_eq!(bench.all_told([a, b]), [Told::Acked, Told::NotWritten]);
    assert_eq!(bench.stamp(c).1, bench.stamp(a).1);
    assert_eq!(bench.stamp(d).1, bench.stamp(b).1 + 1);
}

//= type=test F32
#[test]
fn a_batch_that_the_answer_leaves_out_is_in_doubt_and_sent_again() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.hear(bench.last_attempt(a), Answer::Absent);
    bench.wait(1);
    assert_eq!(bench.sends(), [a, a]);
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!(bench.told(a), Told::Unknown);
}

//= type=test F33
#[test]
fn an_answer_for_another_partition_or_a_second_one_is_ignored() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let attempt = bench.last_attempt(a);
    let before = bench.machine.clone();
    let answer = present(ErrorCode::NONE, Some(7), Vec::new());
    bench.tell(Input::Answer { attempt, part: Q, answer });
    assert!(bench.machine == before);
    bench.answer(a, ErrorCode::NONE);
    let before = bench.machine.clone();
    bench.answer(a, ErrorCode::INVALID_RECORD);
    assert!(bench.machine == before);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F35
#[test]
fn a_connection_closed_over_nonsense_leaves_all_of_it_in_doubt() {
    let mut bench = Bench::flowing();
    let all: [_; 3] = bench.batches();
    bench.disconnect(1);
    bench.wait(PATIENCE);
    assert_eq!(bench.all_told(all), [Told::Unknown; 3]);
}

//= type=test F38
#[test]
fn an_answer_from_a_closed_connection_is_ignored() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let lost = bench.last_attempt(a);
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    bench.answer_to(lost, ErrorCode::INVALID_RECORD);
    bench.answer_to(lost, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Nothing);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F39 R12
#[test]
fn of_what_an_old_leader_still_says_only_success_counts() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    let (old_a, old_b) = (bench.last_attempt(a), bench.last_attempt(b));
    bench.leads(2);
    bench.connect(2);
    bench.answer_to(old_a, ErrorCode::INVALID_RECORD);
    assert_eq!(bench.told(a), Told::Nothing);
    bench.answer_to(old_b, ErrorCode::NONE);
    assert_eq!(bench.told(b), Told::Acked);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}
