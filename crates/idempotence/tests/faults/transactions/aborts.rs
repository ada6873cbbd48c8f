//! Aborts, which wait for what is on its way, and closes, which abort.

use klamm_idempotence::{Ask, CallError, Done, Fatal, Reason};
use klamm_wire::ErrorCode;

use super::{BOTH, OK, V1, V2};
use crate::language::{Bench, P, PATIENCE, Told, ends};

const ABORTED: Option<Result<Done, CallError>> = Some(Ok(Done::Aborted));

//= type=test F92 I18
#[test]
fn an_abort_waits_for_what_is_on_a_connection() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a, b] = bench.batches();
        let c = bench.open_batch(P, PATIENCE);
        let abort = bench.call(Ask::Abort, PATIENCE);
        assert_eq!((bench.told(c), bench.reason(c)), (Told::NotWritten, Reason::Aborted));
        bench.answer(a, OK);
        assert_eq!(ends(&bench.request()), None);
        bench.answer(b, ErrorCode::NOT_ENOUGH_REPLICAS);
        assert_eq!(ends(&bench.request()), Some(false));
        bench.reply(OK);
        assert_eq!((bench.result(abort), bench.told(b)), (ABORTED, Told::NotWritten));
        assert_eq!(bench.told(a), Told::Acked);
    }
}

//= type=test F85
#[test]
fn nothing_leaves_behind_a_batch_that_failed() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a, _, _, _, _, f] = bench.batches();
        bench.sends();
        bench.answer(a, ErrorCode::INVALID_RECORD);
        assert_eq!((bench.told(a), bench.sends()), (Told::NotWritten, vec![]));
        assert_eq!(bench.told(f), Told::Nothing);
    }
}

//= type=test F92 I18
#[test]
fn an_end_waits_for_batches_that_expired_on_a_connection() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let a = bench.batch(P, 1, 5);
        bench.wait(5);
        assert_eq!(bench.told(a), Told::Unknown);
        let refused = Some(Err(CallError::MustAbort(Reason::DeadlinePassed)));
        assert_eq!(bench.commit(), refused);
        let abort = bench.call(Ask::Abort, PATIENCE);
        assert_eq!(ends(&bench.request()), None);
        bench.disconnect(1);
        assert_eq!(ends(&bench.request()), Some(false));
        bench.reply(OK);
        assert_eq!(bench.result(abort), ABORTED);
    }
}

//= type=test F92 I18
#[test]
fn an_end_waits_for_attempts_at_a_leader_that_was_left() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a] = bench.batches();
        let old = bench.last_attempt(a);
        bench.connect(2);
        bench.leads(2);
        bench.answer(a, OK);
        let commit = bench.call(Ask::Commit, PATIENCE);
        assert_eq!((bench.told(a), ends(&bench.request())), (Told::Acked, None));
        bench.answer_to(old, ErrorCode::NOT_LEADER_OR_FOLLOWER);
        assert_eq!(ends(&bench.request()), Some(true));
        bench.reply(OK);
        assert_eq!(bench.result(commit), Some(Ok(Done::Committed)));
    }
}

//= type=test F94
#[test]
fn an_abort_that_fails_is_asked_for_again() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let abort = bench.call(Ask::Abort, PATIENCE);
        for code in [ErrorCode::REQUEST_TIMED_OUT, ErrorCode::UNKNOWN_SERVER_ERROR] {
            bench.reply(code);
            bench.wait(2);
            assert_eq!(ends(&bench.request()), Some(false));
        }
        bench.reply(OK);
        assert_eq!(bench.result(abort), ABORTED);
    }
}

//= type=test F94
#[test]
fn an_abort_that_is_answered_with_abort_ends_the_producer() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let abort = bench.call(Ask::Abort, PATIENCE);
        bench.reply(ErrorCode::TRANSACTION_ABORTABLE);
        let fatal = Fatal::Refused(ErrorCode::TRANSACTION_ABORTABLE);
        assert_eq!(bench.result(abort), Some(Err(CallError::Fatal(fatal))));
    }
}

//= type=test R20
#[test]
fn after_an_abort_of_the_first_generation_sequences_begin_anew() {
    let mut bench = Bench::written(V1);
    let a = bench.send();
    bench.answer(a, ErrorCode::MESSAGE_TOO_LARGE);
    assert_eq!(bench.abort(), ABORTED);
    bench.begin();
    let b = bench.write();
    assert_eq!(bench.stamps([a, b]), [(7, 0, 1), (7, 1, 0)]);
}

//= type=test F105
#[test]
fn a_close_drains_and_aborts_an_open_transaction() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a] = bench.batches();
        let b = bench.open_batch(P, PATIENCE);
        let close = bench.call(Ask::Close, PATIENCE);
        assert_eq!((bench.told(b), ends(&bench.request())), (Told::NotWritten, None));
        bench.answer(a, OK);
        assert_eq!((ends(&bench.request()), bench.result(close)), (Some(false), None));
        bench.reply(OK);
        assert_eq!((bench.told(a), bench.result(close)), (Told::Acked, Some(Ok(Done::Closed))));
    }
}

//= type=test F105
#[test]
fn a_close_does_not_wait_for_a_coordinator_beyond_its_deadline() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a] = bench.batches();
        let close = bench.call(Ask::Close, 10);
        bench.wait(10);
        assert_eq!((bench.told(a), bench.result(close)), (Told::Unknown, Some(Ok(Done::Closed))));
        let asked = bench.asked.len();
        bench.disconnect(1);
        bench.wait(3600);
        assert!(bench.asked.len() <= asked + 1, "a closed producer asks without end");
    }
}

//= type=test F105
#[test]
fn a_close_lets_a_commit_end_that_is_under_way() {
    let (mut bench, commit) = Bench::committing(V2);
    let close = bench.call(Ask::Close, PATIENCE);
    assert_eq!((ends(&bench.request()), bench.result(close)), (Some(true), None));
    bench.reply(OK);
    assert_eq!(bench.result(commit), Some(Ok(Done::Committed)));
    assert_eq!(bench.result(close), Some(Ok(Done::Closed)));
}
