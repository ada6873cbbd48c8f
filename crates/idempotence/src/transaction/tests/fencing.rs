//! Another instance, or a transaction that took too long.

use super::*;
use crate::output::Fatal;

const FENCED: Option<Result<Done, CallError>> = Some(Err(CallError::Fatal(Fatal::Fenced)));
const CODES: [ErrorCode; 2] = [ErrorCode::INVALID_PRODUCER_EPOCH, ErrorCode::PRODUCER_FENCED];

//= type=test F81
//= type=test I17
#[test]
fn whoever_meets_a_newer_instance_at_the_coordinator_is_finished() {
    for code in CODES {
        let mut bench = Bench::committing(Generation::V1);
        bench.answer(ended(code));
        assert_eq!(bench.told(), FENCED, "and so the commit did not happen");
        assert_eq!(bench.effects(), [Effect::Fatal(Fatal::Fenced)]);
        for ask in [Ask::InitTxn, Ask::BeginTxn, Ask::Commit, Ask::Abort, OFFSETS] {
            assert_eq!(bench.ask(ask), FENCED);
        }
        bench.tell(Event::Wants(P1));
        bench.pass(WHILE);
        assert!(bench.is_silent() && !bench.txn.may_send(P0));
        assert_eq!((bench.txn.identity(), bench.txn.next_wake()), (None, None));
    }
}

//= type=test F81
#[test]
fn every_request_finds_out_about_a_newer_instance() {
    for code in CODES {
        let mut bench = Bench::in_transaction(Generation::V1);
        bench.tell(Event::Wants(P0));
        bench.answer(added(&[(P0, code)]));
        assert_eq!(bench.effects(), [Effect::Fatal(Fatal::Fenced)]);
        let mut bench = Bench::in_transaction(Generation::V1);
        bench.call(OFFSETS);
        bench.answer(CtrlFacts::OffsetsAdded { code });
        assert_eq!(bench.told(), FENCED);
        let mut bench = Bench::in_transaction(Generation::V2);
        bench.call(OFFSETS);
        bench.answer(committed(&[(0, OK), (1, code), (2, OK)]));
        assert_eq!(bench.told(), FENCED);
        let mut bench = Bench::ready(Generation::V1);
        bench.tell(Event::Features(Generation::V2));
        bench.call(Ask::BeginTxn);
        bench.answer(no_identity(code));
        assert_eq!(bench.told(), FENCED);
    }
}

//= type=test F82
#[test]
fn a_fenced_producer_does_not_ask_for_an_identity_by_itself() {
    let mut bench = Bench::committing(Generation::V2);
    bench.answer(ended(ErrorCode::PRODUCER_FENCED));
    for _ in 0..10 {
        bench.pass(WHILE);
        bench.call(Ask::InitTxn);
    }
    assert!(bench.is_silent());
}

//= type=test F83
#[test]
fn the_first_generation_learns_of_its_timeout_when_it_aborts() {
    let mut bench = Bench::written(Generation::V1);
    bench.fail_send(ErrorCode::INVALID_PRODUCER_EPOCH);
    bench.call(Ask::Abort);
    bench.answer(ended(ErrorCode::PRODUCER_FENCED));
    assert_eq!(bench.told(), FENCED);
}

//= type=test F84
#[test]
fn the_second_generation_survives_its_timeout_by_an_abort() {
    let mut bench = Bench::written(Generation::V2);
    bench.fail_send(ErrorCode::INVALID_PRODUCER_EPOCH);
    let told = bench.ask(Ask::Commit);
    assert_eq!(told, must_abort(ErrorCode::INVALID_PRODUCER_EPOCH));
    bench.call(Ask::Abort);
    bench.answer(ended_well(Generation::V2));
    assert_eq!(bench.told(), Some(Ok(Done::Aborted)));
    bench.begin();
}

#[test]
fn a_batch_that_ends_the_producer_ends_its_calls() {
    let fatal = Some(Fatal::Refused(ErrorCode::CLUSTER_AUTHORIZATION_FAILED));
    let reason = Reason::Refused(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    let mut bench = Bench::written(Generation::V2);
    bench.load(1, 1);
    bench.call(Ask::Commit);
    bench.tell(Event::SendFailed { tag: tag_of(&bench), reason, fatal });
    assert_eq!(bench.told(), fatal.map(|fatal| Err(CallError::Fatal(fatal))));
    bench.tell(Event::SendFailed { tag: tag_of(&bench), reason, fatal: Some(Fatal::Fenced) });
    assert_eq!(bench.effects(), fatal.map(Effect::Fatal).as_slice(), "once");
    bench.load(0, 0);
    assert!(bench.is_silent());
}

//= type=test F101
#[test]
fn a_producer_id_that_the_coordinator_forgot_ends_the_producer() {
    let code = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.answer(added(&[(P0, code)]));
    assert_eq!(bench.effects(), [Effect::Fatal(Fatal::Refused(code))]);
}
