//! Several producers under one transactional id: those before, those beside, those after.

use klamm_idempotence::{Ask, CallError, Done, Fatal, Reason, Request};
use klamm_wire::ErrorCode;

use super::{BOTH, OK, V1, V2};
use crate::language::{Bench, PATIENCE, Told, ends};

const FENCED: Option<Result<Done, CallError>> = Some(Err(CallError::Fatal(Fatal::Fenced)));

/// The open transaction's batch is told that its epoch is old.
fn told_of_a_newer_epoch(bench: &mut Bench) {
    let a = bench.send();
    bench.answer(a, ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(bench.told(a), Told::NotWritten);
    let reason = Reason::Refused(ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(bench.commit(), Some(Err(CallError::MustAbort(reason))));
}

//= type=test F80 F98 F99
#[test]
fn a_new_instance_waits_for_the_end_of_what_a_crashed_one_left() {
    for generation in BOTH {
        let mut bench = Bench::transactional(generation);
        let init = bench.call(Ask::InitTxn, PATIENCE);
        for _ in 0..5 {
            assert_eq!(bench.request(), Request::InitProducerId { current: None });
            bench.reply(ErrorCode::CONCURRENT_TRANSACTIONS);
            bench.wait(2);
        }
        assert_eq!(bench.result(init), None);
        bench.reply(OK);
        assert_eq!(bench.result(init), Some(Ok(Done::Initialized)));
        bench.begin();
        bench.write();
        assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
    }
}

//= type=test F81 I17
#[test]
fn an_instance_that_was_overtaken_learns_it_at_its_coordinator() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        told_of_a_newer_epoch(&mut bench);
        let abort = bench.call(Ask::Abort, PATIENCE);
        bench.reply(ErrorCode::PRODUCER_FENCED);
        assert_eq!(bench.result(abort), FENCED);
        let begin = bench.call(Ask::BeginTxn, PATIENCE);
        assert_eq!(bench.result(begin), FENCED);
    }
}

//= type=test F82 I17
#[test]
fn a_fenced_instance_never_asks_for_an_identity_again() {
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        bench.reply(ErrorCode::PRODUCER_FENCED);
        assert_eq!(bench.result(commit), FENCED);
        let asked = bench.asked.len();
        for ask in [Ask::InitTxn, Ask::BeginTxn, Ask::Commit, Ask::Abort] {
            let call = bench.call(ask, PATIENCE);
            assert_eq!(bench.result(call), FENCED);
        }
        let [a] = bench.batches();
        bench.wait(3600);
        assert_eq!((bench.told(a), bench.asked.len()), (Told::NotWritten, asked));
    }
}

//= type=test F83
#[test]
fn a_transaction_that_took_too_long_fences_in_the_first_generation() {
    let mut bench = Bench::written(V1);
    told_of_a_newer_epoch(&mut bench);
    let abort = bench.call(Ask::Abort, PATIENCE);
    assert_eq!(ends(&bench.request()), Some(false));
    bench.reply(ErrorCode::INVALID_PRODUCER_EPOCH);
    assert_eq!(bench.result(abort), FENCED);
}

//= type=test F84
#[test]
fn a_transaction_that_took_too_long_is_aborted_in_the_second_generation() {
    let mut bench = Bench::written(V2);
    told_of_a_newer_epoch(&mut bench);
    assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
    bench.begin();
    let a = bench.write();
    assert_eq!((bench.stamp(a), bench.commit()), ((7, 1, 0), Some(Ok(Done::Committed))));
}

//= type=test F101
#[test]
fn a_transactional_id_that_the_cluster_forgot_ends_the_producer() {
    let fatal = Fatal::Refused(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    for generation in BOTH {
        let (mut bench, commit) = Bench::committing(generation);
        bench.reply(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        assert_eq!(bench.result(commit), Some(Err(CallError::Fatal(fatal))));
        let mut bench = Bench::written(generation);
        let a = bench.send();
        bench.answer(a, ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        assert_eq!(bench.commit(), Some(Err(CallError::Fatal(fatal))));
    }
}

//= type=test F102
#[test]
fn a_timeout_that_the_cluster_does_not_allow_is_told_at_the_beginning() {
    let mut bench = Bench::transactional(V2);
    let init = bench.call(Ask::InitTxn, PATIENCE);
    bench.reply(ErrorCode::INVALID_TRANSACTION_TIMEOUT);
    let fatal = Fatal::Refused(ErrorCode::INVALID_TRANSACTION_TIMEOUT);
    assert_eq!(bench.result(init), Some(Err(CallError::Fatal(fatal))));
}
