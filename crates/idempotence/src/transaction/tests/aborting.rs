//! Aborts.

use super::*;
use crate::output::Fatal;

const DROP: Effect = Effect::FailUnsent { reason: Reason::Aborted };

//= type=test F92
//= type=test I18
#[test]
fn an_abort_waits_for_the_attempts_that_are_out() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.load(3, 2);
        bench.call(Ask::Abort);
        assert_eq!(bench.effects(), [DROP]);
        assert!(!bench.txn.may_send(P0), "nothing is sent again");
        bench.load(2, 1);
        assert!(bench.is_silent());
        bench.load(1, 0);
        assert_eq!(bench.effects(), [DROP], "what came to nothing after the abort began");
        assert_eq!(bench.request(), end(false, 0, generation));
        bench.answer(ended_well(generation));
        assert_eq!(bench.told(), Some(Ok(Done::Aborted)));
    }
}

//= type=test R20
#[test]
fn the_first_generation_writes_under_another_epoch_after_an_abort() {
    let mut bench = Bench::written(Generation::V1);
    bench.fail_send(ErrorCode::INVALID_RECORD);
    bench.call(Ask::Abort);
    bench.request();
    bench.answer(ended(OK));
    assert_eq!(bench.effects(), [DROP, Effect::Ended { new_identity: false }]);
    bench.told();
    bench.call(Ask::BeginTxn);
    assert_eq!((bench.request(), bench.told()), (renewal(0), None));
    assert_eq!(bench.txn.writable_tag(), None);
    bench.answer(identity(7, 1));
    assert!(matches!(bench.told(), Some(Ok(Done::Begun(_)))));
    assert_eq!(bench.effects(), [Effect::IdentityChanged]);
    assert_eq!(bench.txn.identity(), Some(ours(1)));
}

//= type=test R20
#[test]
fn no_identity_is_asked_for_inside_a_transaction() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.fail_send(ErrorCode::UNKNOWN_PRODUCER_ID);
        bench.pass(WHILE);
        assert_eq!(bench.ask(Ask::InitTxn), Some(Err(CallError::IllegalState)));
        assert_eq!(bench.ask(Ask::BeginTxn), Some(Err(CallError::IllegalState)));
        assert!(bench.is_silent());
        assert_eq!(bench.txn.identity(), Some(ours(0)));
    }
}

//= type=test F94
#[test]
fn an_abort_is_asked_for_until_it_is_answered() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.call(Ask::Abort);
        for code in [ErrorCode::UNKNOWN_SERVER_ERROR, ErrorCode::REQUEST_TIMED_OUT] {
            assert_eq!(bench.request(), end(false, 0, generation));
            bench.answer(ended(code));
            bench.pass(WHILE);
        }
        bench.pass(PATIENCE);
        bench.asked.clear();
        assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
        assert_eq!(bench.ask(Ask::Commit), Some(Err(CallError::IllegalState)));
        bench.answer(ended_well(generation));
        assert_eq!(bench.ask(Ask::Abort), Some(Ok(Done::Aborted)));
    }
}

//= type=test F94
#[test]
fn an_abort_that_can_only_be_aborted_ends_the_producer() {
    let code = ErrorCode::TRANSACTION_ABORTABLE;
    for by_look_up in [false, true] {
        let mut bench = Bench::written(Generation::V2);
        bench.call(Ask::Abort);
        if by_look_up {
            bench.find_nobody(code);
        } else {
            bench.answer(ended(code));
        }
        let fatal = Fatal::Refused(code);
        assert_eq!(bench.told(), Some(Err(CallError::Fatal(fatal))));
        assert_eq!(bench.effects(), [DROP, Effect::Fatal(fatal)]);
    }
}

//= type=test F87
#[test]
fn the_second_generation_ends_what_it_attempted_even_if_all_of_it_failed() {
    let mut bench = Bench::in_transaction(Generation::V2);
    bench.tell(Event::Attempted(P0));
    bench.fail_send(ErrorCode::INVALID_RECORD);
    bench.call(Ask::Abort);
    assert_eq!(bench.request(), end(false, 0, Generation::V2));
}

//= type=test F93
#[test]
fn a_failure_from_an_earlier_transaction_does_not_touch_this_one() {
    let mut bench = Bench::in_transaction(Generation::V2);
    let reason = Reason::DeadlinePassed;
    bench.tell(Event::SendFailed { tag: TxnTag(0), reason, fatal: None });
    assert_eq!(bench.txn.writable_tag(), Some(TxnTag(1)));
    assert_eq!(bench.ask(Ask::Commit), Some(Ok(Done::Committed)));
}

#[test]
fn the_first_reason_to_abort_is_the_one_that_is_told() {
    let mut bench = Bench::written(Generation::V1);
    bench.fail_send(ErrorCode::INVALID_RECORD);
    bench.fail_send(ErrorCode::POLICY_VIOLATION);
    assert_eq!(bench.ask(Ask::Commit), must_abort(ErrorCode::INVALID_RECORD));
}

#[test]
fn an_add_that_is_out_is_waited_for_and_not_repeated() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.request();
    bench.call(Ask::Abort);
    assert!(bench.is_silent());
    bench.lose(true);
    assert_eq!(bench.request(), end(false, 0, Generation::V1));
}

#[test]
fn batches_that_the_abort_failed_say_nothing_new() {
    let mut bench = Bench::written(Generation::V1);
    bench.load(1, 1);
    bench.call(Ask::Abort);
    let aborted = Event::SendFailed { tag: tag_of(&bench), reason: Reason::Aborted, fatal: None };
    bench.tell(aborted);
    bench.load(0, 0);
    bench.answer(ended(OK));
    assert_eq!(bench.told(), Some(Ok(Done::Aborted)));
}
