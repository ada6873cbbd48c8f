//! Ends that are lost, late, unclear, or need no word at all.

use klamm_idempotence::{Ask, CallError, Destination, Done, Input, Output, Request};
use klamm_wire::ErrorCode;

use super::{BOTH, OK, V1, V2};
use crate::language::{Bench, PATIENCE, ends};

const COMMITTED: Option<Result<Done, CallError>> = Some(Ok(Done::Committed));
const ILLEGAL: Option<Result<Done, CallError>> = Some(Err(CallError::IllegalState));

//= type=test F74 I16
#[test]
fn after_a_commit_that_may_float_the_next_transaction_has_another_epoch() {
    let (mut bench, commit) = Bench::committing(V1);
    bench.lose_request();
    bench.wait(1);
    bench.reply(OK);
    assert_eq!(bench.result(commit), COMMITTED);
    bench.begin();
    assert!(matches!(bench.request(), Request::InitProducerId { current: Some(_) }));
    let a = bench.write();
    assert_eq!(bench.stamp(a), (7, 1, 0));
    assert_eq!(bench.commit(), COMMITTED);
}

//= type=test F75
#[test]
fn a_lost_answer_to_a_commit_is_asked_for_until_it_comes() {
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        let first = bench.request();
        bench.lose_request();
        assert_eq!(bench.result(commit), None);
        bench.wait(1);
        assert_eq!((bench.request(), bench.asked_of()), (first, Destination::TxnCoordinator));
        bench.reply(OK);
        assert_eq!(bench.result(commit), COMMITTED);
    }
}

//= type=test F76
#[test]
fn a_commit_in_doubt_is_resumed_and_never_aborted() {
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        let first = bench.request();
        bench.lose_request();
        bench.wait(PATIENCE);
        assert_eq!(bench.result(commit), Some(Err(CallError::CommitUnknown)));
        assert_eq!(bench.abort(), ILLEGAL);
        let again = bench.call(Ask::Commit, PATIENCE);
        assert_eq!(bench.request(), first);
        bench.reply(OK);
        assert_eq!(bench.result(again), COMMITTED);
    }
}

//= type=test F77
#[test]
fn an_unclear_answer_to_a_commit_is_neither_yes_nor_no() {
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        for code in [ErrorCode::UNKNOWN_SERVER_ERROR, ErrorCode(9999)] {
            bench.reply(code);
            assert_eq!((bench.result(commit), ends(&bench.request())), (None, Some(true)));
            bench.wait(2);
        }
        bench.reply(OK);
        assert_eq!(bench.result(commit), COMMITTED);
    }
}

//= type=test F78
#[test]
fn a_coordinator_that_moved_is_looked_up_and_asked_again() {
    let (mut bench, commit) = Bench::committing(V2);
    bench.wishes_clear();
    bench.reply(ErrorCode::NOT_COORDINATOR);
    assert_eq!(bench.wishes, [Output::ForgetCoordinator(Destination::TxnCoordinator)]);
    bench.wait(1);
    let code = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    bench.tell(Input::CoordinatorRefused { ctrl: bench.ctrl(), code });
    bench.wait(1);
    bench.reply(OK);
    assert_eq!(bench.result(commit), COMMITTED);
}

//= type=test F88
#[test]
fn an_empty_transaction_costs_no_request() {
    for generation in BOTH {
        let mut bench = Bench::in_transaction(generation);
        let asked = bench.asked.len();
        assert_eq!(bench.commit(), COMMITTED);
        bench.begin();
        assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
        assert_eq!(bench.asked.len(), asked);
    }
}

//= type=test F103
#[test]
fn a_transaction_ends_in_the_generation_it_began_in() {
    for (old, new) in [(V1, V2), (V2, V1)] {
        let mut bench = Bench::written(old);
        bench.tell(Input::Features { generation: new });
        bench.write();
        bench.call(Ask::Commit, PATIENCE);
        assert!(matches!(bench.request(), Request::EndTxn { raises_epoch, .. }
            if raises_epoch == (old == V2)));
        bench.reply(OK);
        bench.begin();
        assert!(matches!(bench.request(), Request::InitProducerId { current: Some(_) }));
        let a = bench.write();
        assert_eq!(bench.stamp(a).2, 0);
        bench.call(Ask::Commit, PATIENCE);
        assert!(matches!(bench.request(), Request::EndTxn { raises_epoch, .. }
            if raises_epoch == (new == V2)));
    }
}

//= type=test F104
#[test]
fn a_call_at_the_wrong_time_changes_nothing_at_all() {
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        let before = bench.machine.clone();
        for ask in [Ask::InitTxn, Ask::BeginTxn, Ask::Commit, Ask::Abort] {
            let call = bench.call(ask, PATIENCE);
            assert_eq!(bench.result(call), ILLEGAL, "{ask:?}");
            assert!(bench.machine == before, "{ask:?}");
        }
        bench.reply(OK);
        assert_eq!(bench.result(commit), COMMITTED);
    }
}

//= type=test I19 R20
#[test]
fn sequences_go_on_in_the_first_generation_and_begin_anew_in_the_second() {
    for (generation, stamp) in [(V1, (7, 0, 2)), (V2, (7, 1, 0))] {
        let mut bench = Bench::written(generation);
        bench.write();
        assert_eq!(bench.commit(), COMMITTED);
        bench.begin();
        let a = bench.write();
        assert_eq!(bench.stamp(a), stamp);
    }
}
