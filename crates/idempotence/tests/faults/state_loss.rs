//! Brokers that forgot what they knew of the producer, in part or whole.

use klamm_idempotence::Reason;
use klamm_wire::{ErrorCode, TopicId};

use crate::language::{Bench, P, PATIENCE, Told};

const OUT_OF_ORDER: ErrorCode = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;

//= type=test F16
#[test]
fn a_doubtful_head_out_of_order_is_given_up_after_a_grace() {
    let mut bench = Bench::flowing();
    let [a, b] = bench.batches();
    bench.disconnect(1);
    bench.connect(1);
    bench.wait(1);
    for _ in 0..60 {
        bench.answer(a, OUT_OF_ORDER);
        bench.wait(1);
    }
    assert_eq!((bench.told(a), bench.reason(a)), (Told::Unknown, Reason::Refused(OUT_OF_ORDER)));
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.told(b), Told::Acked);
    let [c] = bench.batches();
    assert_eq!((bench.stamp(c).1, bench.stamp(c).2), (bench.stamp(b).1 + 1, 0));
}

//= type=test F16
#[test]
fn a_head_still_out_of_order_after_the_grace_is_given_up_at_once() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    bench.wait(1);
    bench.answer(a, OUT_OF_ORDER);
    bench.wait(31);
    assert_eq!(bench.told(a), Told::Nothing);
    bench.answer(a, OUT_OF_ORDER);
    assert_eq!((bench.told(a), bench.reason(a)), (Told::Unknown, Reason::Refused(OUT_OF_ORDER)));
}

//= type=test F18 R18
#[test]
fn a_gap_behind_what_was_acknowledged_costs_an_epoch_and_no_record() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::NONE);
    let (pid, epoch, _) = bench.stamp(a);
    let [b, c] = bench.batches();
    bench.answer(b, OUT_OF_ORDER);
    bench.answer(c, OUT_OF_ORDER);
    bench.wait(1);
    assert_eq!(bench.stamp(b), (pid, epoch + 1, 0));
    bench.answer(b, ErrorCode::NONE);
    bench.answer(c, ErrorCode::NONE);
    assert_eq!(bench.all_told([a, b, c]), [Told::Acked; 3]);
    assert_eq!(bench.stamp(c), (pid, epoch + 1, 1));
}

//= type=test F19 R6
#[test]
fn a_producer_forgotten_while_idle_writes_on_under_the_next_epoch() {
    let mut bench = Bench::flowing();
    bench.wait(86_400);
    let [a, b] = bench.batches();
    assert_eq!(bench.sends(), [a]);
    bench.answer(a, ErrorCode::UNKNOWN_PRODUCER_ID);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.all_told([a, b]), [Told::Acked; 2]);
    assert_eq!((bench.stamp(a).1, bench.stamp(a).2), (1, 0));
}

//= type=test F19
#[test]
fn a_forgetful_broker_that_takes_any_sequence_costs_nothing() {
    let mut bench = Bench::flowing();
    bench.wait(86_400);
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.all_told([a, b]), [Told::Acked; 2]);
    assert_eq!((bench.stamp(b).1, bench.stamp(b).2), (0, 2));
}

//= type=test F20
#[test]
fn a_batch_in_doubt_at_a_forgetful_broker_is_acknowledged_if_taken() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F20
#[test]
fn a_batch_in_doubt_at_a_forgetful_broker_is_never_stamped_anew() {
    for code in [ErrorCode::UNKNOWN_PRODUCER_ID, OUT_OF_ORDER] {
        let mut bench = Bench::flowing();
        let [a] = bench.batches();
        let stamp = bench.stamp(a);
        bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        for _ in 0..60 {
            bench.wait(1);
            bench.answer(a, code);
        }
        assert_eq!((bench.told(a), bench.stamp(a)), (Told::Unknown, stamp));
    }
}

//= type=test F21
#[test]
fn state_that_expires_at_every_sweep_costs_no_record() {
    let mut bench = Bench::flowing();
    for sweep in 1..=3 {
        let [a] = bench.batches();
        bench.answer(a, OUT_OF_ORDER);
        bench.wait(1);
        bench.answer(a, ErrorCode::NONE);
        assert_eq!((bench.told(a), bench.stamp(a).1, bench.stamp(a).2), (Told::Acked, sweep, 0));
    }
}

//= type=test F22
#[test]
fn retention_past_the_last_acknowledged_record_costs_no_record() {
    let mut bench = Bench::flowing();
    let all @ [a, b] = bench.batches();
    bench.answer(a, ErrorCode::UNKNOWN_PRODUCER_ID);
    bench.answer(b, ErrorCode::UNKNOWN_PRODUCER_ID);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    bench.answer(b, ErrorCode::NONE);
    assert_eq!(bench.all_told(all), [Told::Acked; 2]);
    assert_eq!((bench.stamp(a).2, bench.stamp(b).2), (0, 1));
}

//= type=test F55
#[test]
fn a_new_log_that_wants_sequence_zero_gets_it() {
    let mut bench = Bench::flowing();
    bench.topic = 0;
    assert_eq!(TopicId::ZERO.0.0, [bench.topic; 16]);
    bench.leads(1);
    let [a] = bench.batches();
    assert_eq!(bench.stamp(a).2, 1);
    bench.answer(a, OUT_OF_ORDER);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.stamp(a).2), (Told::Acked, 0));
}

//= type=test F62
#[test]
fn a_fenced_epoch_is_left_by_what_was_never_written() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let (pid, epoch, _) = bench.stamp(a);
    bench.answer(a, ErrorCode::INVALID_PRODUCER_EPOCH);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.stamp(a)), (Told::Acked, (pid, epoch + 1, 0)));
}

//= type=test F62
#[test]
fn a_fenced_epoch_ends_what_may_be_written() {
    let mut bench = Bench::flowing();
    let a = bench.batch(P, 1, PATIENCE);
    let stamp = bench.stamp(a);
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    bench.wait(1);
    bench.answer(a, ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!((bench.told(a), bench.stamp(a)), (Told::Unknown, stamp));
    let [b] = bench.batches();
    assert_eq!(bench.stamp(b), (stamp.0, stamp.1 + 1, 0));
}
