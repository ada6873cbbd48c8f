//! Partitions of a transaction.

use super::*;
use crate::output::Fatal;

//= type=test F91
//= type=test I14
#[test]
fn the_first_generation_writes_to_a_partition_only_once_it_is_added() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    assert_eq!(bench.request(), adding(&[P0]));
    assert!(!bench.txn.may_send(P0));
    bench.answer(added(&[(P0, OK)]));
    assert_eq!(bench.effects(), [Effect::PartitionsWritable]);
    assert!(bench.txn.may_send(P0) && !bench.txn.may_send(P1));
    bench.tell(Event::Wants(P0));
    assert!(bench.is_silent(), "once is enough");
}

#[test]
fn the_second_generation_adds_nothing_by_itself() {
    let mut bench = Bench::in_transaction(Generation::V2);
    bench.tell(Event::Wants(P0));
    assert!(bench.is_silent() && bench.txn.may_send(P0));
}

#[test]
fn partitions_wanted_while_a_request_is_out_go_together_into_the_next() {
    let mut bench = Bench::in_transaction(Generation::V1);
    for part in [Part(5), P1, P0, P1, Part(5)] {
        bench.tell(Event::Wants(part));
    }
    assert_eq!(bench.request(), adding(&[Part(5)]));
    bench.answer(added(&[(Part(5), OK)]));
    assert_eq!(bench.request(), adding(&[P0, P1]));
}

//= type=test F79
#[test]
fn the_first_add_is_repeated_soon_while_the_transaction_before_ends() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    for _ in 0..5 {
        assert_eq!(bench.request(), adding(&[P0]));
        bench.answer(added(&[(P0, ErrorCode::CONCURRENT_TRANSACTIONS)]));
        bench.pass(Duration::from_millis(19));
        assert!(bench.is_silent());
        bench.pass(Duration::from_millis(1));
    }
    bench.request();
    bench.answer(added(&[(P0, OK)]));
    bench.tell(Event::Wants(P1));
    bench.request();
    bench.answer(added(&[(P1, ErrorCode::CONCURRENT_TRANSACTIONS)]));
    bench.pass(Duration::from_millis(99));
    assert!(bench.is_silent(), "a later one takes its time");
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.request(), adding(&[P1]));
}

//= type=test F89
#[test]
fn a_partition_that_is_denied_spoils_the_transaction_and_not_what_was_added() {
    let mut bench = Bench::written(Generation::V1);
    bench.tell(Event::Wants(P1));
    bench.tell(Event::Wants(Part(2)));
    bench.request();
    bench.answer(added(&[(P1, OK)]));
    assert_eq!(bench.request(), adding(&[Part(2)]));
    let denied = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    bench.answer(added(&[(Part(2), denied)]));
    assert!(!bench.txn.may_send(P0) && bench.is_silent());
    assert_eq!(bench.ask(Ask::Commit), must_abort(denied));
    bench.call(Ask::Abort);
    assert_eq!(bench.request(), end(false, 0, Generation::V1), "earlier adds are not forgotten");
}

//= type=test F89
#[test]
fn what_was_not_tried_is_asked_again_unless_a_neighbour_spoilt_it() {
    let not_tried = ErrorCode::OPERATION_NOT_ATTEMPTED;
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(Part(9)));
    bench.tell(Event::Wants(P0));
    bench.tell(Event::Wants(P1));
    bench.request();
    bench.answer(added(&[(Part(9), OK)]));
    bench.request();
    bench.answer(added(&[(P0, not_tried), (P1, OK), (Part(8), OK)]));
    assert!(bench.txn.may_send(P1) && !bench.txn.may_send(P0) && !bench.txn.may_send(Part(8)));
    bench.pass(WHILE);
    assert_eq!(bench.request(), adding(&[P0]));
    let denied = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    bench.answer(CtrlFacts::PartitionsAdded { code: denied, parts: vec![(P0, not_tried)] });
    assert_eq!(bench.ask(Ask::Commit), must_abort(denied));
}

//= type=test F90
#[test]
fn an_add_that_nobody_looked_at_leaves_nothing_to_end_but_its_neighbour_does() {
    let loading = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    for (second, must_end) in [(loading, false), (OK, true)] {
        let mut bench = Bench::in_transaction(Generation::V1);
        bench.tell(Event::Wants(Part(9)));
        bench.tell(Event::Wants(P0));
        bench.tell(Event::Wants(P1));
        bench.find_nobody(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        bench.asked.clear();
        bench.txn.forget_resting_errand();
        bench.tell(Event::Tick);
        assert_eq!(bench.request(), adding(&[P0, P1]));
        bench.answer(added(&[(P0, loading), (P1, second)]));
        bench.call(Ask::Abort);
        assert_eq!(bench.told().is_none(), must_end);
        assert_eq!(bench.is_silent(), !must_end);
    }
}

#[test]
fn a_partition_that_the_answer_leaves_out_is_asked_for_again() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.request();
    bench.answer(added(&[]));
    bench.pass(WHILE);
    assert_eq!(bench.request(), adding(&[P0]));
}

//= type=test F90
#[test]
fn a_lost_answer_counts_as_added_when_the_transaction_ends() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.request();
    bench.lose(true);
    bench.call(Ask::Abort);
    assert_eq!(bench.request(), end(false, 0, Generation::V1));
}

//= type=test F90
#[test]
fn an_add_that_cannot_have_arrived_leaves_nothing_to_end() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.request();
    bench.lose(false);
    assert_eq!(bench.ask(Ask::Abort), Some(Ok(Done::Aborted)));
    assert!(bench.is_silent());
}

//= type=test F90
#[test]
fn an_abort_that_finds_nothing_open_is_done_if_no_add_was_confirmed() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.lose(true);
    bench.call(Ask::Abort);
    bench.answer(ended(ErrorCode::INVALID_TXN_STATE));
    assert_eq!(bench.told(), Some(Ok(Done::Aborted)));
    bench.asked.clear();
    bench.call(Ask::BeginTxn);
    assert_eq!(bench.request(), renewal(0), "the add may still land");
}

//= type=test F90
#[test]
fn an_abort_that_finds_nothing_open_although_an_add_was_confirmed_ends_the_producer() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.call(Ask::Abort);
        bench.answer(ended(ErrorCode::INVALID_TXN_STATE));
        let fatal = Fatal::Refused(ErrorCode::INVALID_TXN_STATE);
        assert_eq!(bench.told(), Some(Err(CallError::Fatal(fatal))));
    }
}

#[test]
fn nothing_is_added_outside_a_transaction() {
    let mut bench = Bench::ready(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.tell(Event::Attempted(P0));
    assert!(bench.is_silent() && !bench.txn.may_send(P0));
}
