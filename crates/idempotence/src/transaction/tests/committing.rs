//! Commits.

use super::*;
use crate::output::Fatal;

const UNKNOWN: Option<Result<Done, CallError>> = Some(Err(CallError::CommitUnknown));

//= type=test I15
//= type=test I18
#[test]
fn a_commit_waits_for_every_batch_and_every_attempt() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.load(2, 2);
        bench.call(Ask::Commit);
        assert_eq!(bench.txn.writable_tag(), None, "nothing new");
        assert!(bench.txn.may_send(P0), "what was announced is still written");
        bench.load(1, 0);
        bench.load(0, 1);
        assert!(bench.is_silent());
        bench.load(0, 0);
        assert_eq!(bench.request(), end(true, 0, generation));
        assert!(!bench.txn.may_send(P0));
        bench.answer(ended_well(generation));
        assert_eq!(bench.told(), Some(Ok(Done::Committed)));
    }
}

//= type=test F88
#[test]
fn an_empty_transaction_ends_without_a_word() {
    for generation in BOTH {
        let mut bench = Bench::in_transaction(generation);
        assert_eq!(bench.ask(Ask::Commit), Some(Ok(Done::Committed)));
        assert_eq!(bench.effects(), [Effect::Ended { new_identity: false }]);
        bench.begin();
        assert_eq!(bench.ask(Ask::Abort), Some(Ok(Done::Aborted)));
        assert!(bench.is_silent());
    }
}

//= type=test F85
//= type=test I15
#[test]
fn a_transaction_with_a_failed_send_is_not_committed() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.fail_send(ErrorCode::INVALID_RECORD);
        assert_eq!(bench.ask(Ask::Commit), must_abort(ErrorCode::INVALID_RECORD));
        assert_eq!(bench.ask(OFFSETS), must_abort(ErrorCode::INVALID_RECORD));
        assert!(bench.is_silent());
    }
}

//= type=test F86
#[test]
fn a_send_that_fails_while_the_commit_waits_fails_the_commit() {
    let mut bench = Bench::written(Generation::V2);
    bench.load(1, 0);
    bench.call(Ask::Commit);
    let reason = Reason::NotEncoded;
    bench.tell(Event::SendFailed { tag: tag_of(&bench), reason, fatal: None });
    assert_eq!(bench.told(), Some(Err(CallError::MustAbort(reason))));
    bench.load(0, 0);
    assert!(bench.is_silent());
}

//= type=test F75
#[test]
fn a_lost_answer_to_a_commit_is_asked_for_again_with_the_same_decision() {
    for generation in BOTH {
        let mut bench = Bench::committing(generation);
        for full in [true, false, true] {
            bench.lose(full);
            bench.pass(WHILE);
            assert_eq!(bench.request(), end(true, 0, generation));
        }
        bench.answer(ended_well(generation));
        assert_eq!(bench.told(), Some(Ok(Done::Committed)));
    }
}

//= type=test F76
#[test]
fn a_commit_without_an_answer_is_unknown_and_only_a_commit_can_find_out() {
    for generation in BOTH {
        let mut bench = Bench::committing(generation);
        bench.lose(true);
        bench.asked.clear();
        bench.pass(PATIENCE);
        assert_eq!(bench.told(), UNKNOWN);
        bench.asked.clear();
        for ask in [Ask::Abort, Ask::BeginTxn, Ask::InitTxn, OFFSETS] {
            assert_eq!(bench.ask(ask), Some(Err(CallError::IllegalState)), "{ask:?}");
            bench.pass(WHILE);
            assert!(bench.is_silent(), "{ask:?}");
        }
        bench.call(Ask::Commit);
        assert_eq!(bench.request(), end(true, 0, generation));
        bench.answer(ended_well(generation));
        assert_eq!(bench.told(), Some(Ok(Done::Committed)));
    }
}

//= type=test F76
#[test]
fn an_answer_that_comes_after_the_deadline_is_kept_for_the_call_that_comes_back() {
    for generation in BOTH {
        let mut bench = Bench::committing(generation);
        bench.pass(PATIENCE);
        assert_eq!(bench.told(), UNKNOWN);
        bench.answer(ended_well(generation));
        assert_eq!((bench.told(), bench.txn.is_settled()), (None, true));
        assert_eq!(bench.ask(Ask::BeginTxn), Some(Err(CallError::IllegalState)));
        assert_eq!(bench.ask(Ask::Commit), Some(Ok(Done::Committed)));
        assert_eq!(bench.ask(Ask::Commit), Some(Err(CallError::IllegalState)));
        assert!(bench.is_silent());
        bench.begin();
    }
}

#[test]
fn a_commit_that_was_never_asked_for_times_out_without_doubt() {
    let mut bench = Bench::written(Generation::V1);
    bench.load(1, 1);
    bench.call(Ask::Commit);
    bench.pass(PATIENCE);
    assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
    bench.load(0, 0);
    assert!(bench.is_silent(), "nobody waits");
    bench.call(Ask::Commit);
    bench.request();
    bench.answer(ended(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS));
    bench.asked.clear();
    bench.now = bench.now.saturating_add(PATIENCE);
    bench.tell(Event::Tick);
    assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
}

//= type=test F77
#[test]
fn an_answer_to_a_commit_that_says_nothing_leaves_it_in_doubt() {
    let vague = [
        ErrorCode::UNKNOWN_SERVER_ERROR,
        ErrorCode(999),
        ErrorCode::NOT_COORDINATOR,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::CONCURRENT_TRANSACTIONS,
    ];
    for code in vague {
        let mut bench = Bench::committing(Generation::V2);
        for _ in 0..10 {
            bench.answer(ended(code));
            bench.pass(WHILE);
            assert_eq!(bench.request(), end(true, 0, Generation::V2), "{code}");
        }
        bench.answer(ended(code));
        bench.now = bench.now.saturating_add(PATIENCE);
        bench.tell(Event::Tick);
        assert_eq!(bench.told(), UNKNOWN, "{code}");
    }
}

#[test]
fn a_commit_refused_for_good_did_not_happen_unless_one_was_in_doubt() {
    let code = ErrorCode::INVALID_TXN_STATE;
    for (lost, told) in
        [(false, CallError::Fatal(Fatal::Refused(code))), (true, CallError::CommitUnknown)]
    {
        let mut bench = Bench::committing(Generation::V1);
        if lost {
            bench.lose(true);
            bench.pass(WHILE);
        }
        bench.answer(ended(code));
        assert_eq!(bench.told(), Some(Err(told)));
        assert_eq!(bench.effects(), [Effect::Fatal(Fatal::Refused(code))]);
    }
}

#[test]
fn a_commit_that_cannot_be_done_leaves_a_transaction_to_abort() {
    for generation in BOTH {
        let mut bench = Bench::committing(generation);
        bench.answer(ended(ErrorCode::TRANSACTION_ABORTABLE));
        assert_eq!(bench.told(), must_abort(ErrorCode::TRANSACTION_ABORTABLE));
        bench.call(Ask::Abort);
        assert_eq!(bench.request(), end(false, 0, generation));
    }
}

#[test]
fn a_commit_in_doubt_is_never_aborted_in_the_first_generation() {
    let mut bench = Bench::committing(Generation::V1);
    bench.lose(true);
    bench.pass(WHILE);
    bench.answer(ended(ErrorCode::TRANSACTION_ABORTABLE));
    assert_eq!(bench.told(), UNKNOWN);
    assert!(matches!(bench.effects()[..], [Effect::Fatal(_)]));
}
