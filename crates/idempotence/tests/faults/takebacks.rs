//! What an application takes back, what it closes, and what ends under its hands.

use klamm_idempotence::{Ask, CallId, Done, Fatal, Input, Reason};
use klamm_wire::ErrorCode;

use crate::language::{Bench, P, PATIENCE, Told};

//= type=test F66 R25
#[test]
fn a_stamped_batch_cannot_be_taken_back() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let cancel = Input::Cancel { part: P, ticket: a.ticket };
    let before = bench.machine.clone();
    bench.tell(cancel.clone());
    assert!(bench.machine == before);
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    bench.tell(cancel);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!(bench.told(a), Told::Acked);
}

//= type=test F66
#[test]
fn a_batch_that_waits_for_a_new_stamp_can_be_taken_back() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    bench.tell(Input::Cancel { part: P, ticket: a.ticket });
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::Cancelled));
}

//= type=test F67 R25
#[test]
fn a_purge_takes_only_what_has_no_stamp() {
    let mut bench = Bench::gated();
    let [a, b] = bench.batches();
    let c = bench.open_batch(P, PATIENCE);
    bench.tell(Input::PurgeQueued);
    assert_eq!(bench.all_told([a, b, c]), [Told::Nothing, Told::NotWritten, Told::NotWritten]);
    bench.answer(a, ErrorCode::NONE);
    let [d] = bench.batches();
    assert_eq!((bench.told(a), bench.stamp(d).2), (Told::Acked, 1));
}

//= type=test F68
#[test]
fn a_close_that_runs_out_of_time_tells_every_caller_his_fate() {
    let mut bench = Bench::gated();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    bench.disconnect(1);
    let close = bench.call(Ask::Close, 10);
    let [late] = bench.batches();
    assert_eq!((bench.told(late), bench.reason(late)), (Told::NotWritten, Reason::Closed));
    assert_eq!(bench.calls.get(&close), None);
    bench.wait(10);
    assert_eq!(bench.all_told([a, b]), [Told::NotWritten; 2]);
    assert_eq!(bench.calls[&close], Ok(Done::Closed));
}

//= type=test F68
#[test]
fn a_close_during_a_retry_waits_for_it() {
    let mut bench = Bench::flowing();
    let [a] = bench.batches();
    let close = bench.call(Ask::Close, 10);
    bench.answer(a, ErrorCode::REQUEST_TIMED_OUT);
    bench.wait(1);
    bench.answer(a, ErrorCode::NONE);
    assert_eq!((bench.told(a), bench.calls[&close]), (Told::Acked, Ok(Done::Closed)));
}

//= type=test F107
#[test]
fn a_payload_that_cannot_be_made_fails_its_batch_alone() {
    let mut bench = Bench::flowing();
    let a = bench.open_batch(P, PATIENCE);
    let [b] = bench.batches();
    assert_eq!(bench.sends(), []);
    bench.tell(Input::JobFailed { part: P, ticket: a.ticket });
    assert_eq!((bench.told(a), bench.reason(a)), (Told::NotWritten, Reason::NotEncoded));
    assert_eq!((bench.sends(), bench.stamp(b).2), (vec![b], 1));
}

//= type=test F108
#[test]
fn the_end_of_a_producer_finishes_all_once_and_answers_mean_nothing() {
    let mut bench = Bench::flowing();
    let all @ [a, b, c] = bench.batches();
    let d = bench.open_batch(P, PATIENCE);
    bench.answer(a, ErrorCode::PRODUCER_FENCED);
    let [refused, left] = [Told::NotWritten, Told::Unknown];
    assert_eq!((bench.all_told(all), bench.told(d)), ([refused, left, left], refused));
    let fatal = Fatal::Refused(ErrorCode::PRODUCER_FENCED);
    assert_eq!(bench.reason(b), Reason::ProducerClosed(fatal));
    bench.answer(b, ErrorCode::NONE);
    bench.answer(c, ErrorCode::INVALID_RECORD);
    let close = bench.call(Ask::Close, PATIENCE);
    let [e] = bench.batches();
    bench.sends();
    bench.wait(PATIENCE);
    assert_eq!((bench.told(e), bench.calls[&close]), (Told::NotWritten, Ok(Done::Closed)));
    assert_eq!(bench.sends(), []);
}

//= type=test F108
#[test]
fn nothing_is_sent_in_the_breath_that_ends_the_producer() {
    let mut bench = Bench::gated();
    let [a, b] = bench.batches();
    bench.answer(a, ErrorCode::PRODUCER_FENCED);
    assert_eq!(bench.all_told([a, b]), [Told::NotWritten; 2]);
    assert_eq!(bench.sends(), [a]);
}

//= type=test F68
#[test]
fn nothing_is_sent_in_the_breath_in_which_a_close_gives_up() {
    let mut bench = Bench::gated();
    let [a] = bench.batches();
    bench.answer(a, ErrorCode::NOT_ENOUGH_REPLICAS);
    let retry = bench.machine.next_wake().unwrap();
    bench.tell(Input::Call { call: CallId(90), deadline: retry, ask: Ask::Close });
    bench.wait(1);
    assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![a]));
    assert_eq!(bench.calls[&CallId(90)], Ok(Done::Closed));
}
