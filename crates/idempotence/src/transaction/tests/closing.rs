//! Closing.

use super::*;

const CLOSED: Option<Result<Done, CallError>> = Some(Err(CallError::Closed));
const DROP: Effect = Effect::FailUnsent { reason: Reason::Closed };

//= type=test F105
#[test]
fn a_close_aborts_the_open_transaction() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        bench.load(1, 1);
        bench.tell(Event::Close);
        assert_eq!((bench.effects(), bench.txn.is_settled()), (vec![DROP], false));
        bench.load(0, 0);
        assert_eq!(bench.request(), end(false, 0, generation));
        bench.lose(true);
        bench.pass(WHILE);
        bench.request();
        bench.answer(ended_well(generation));
        assert!(bench.txn.is_settled());
        assert_eq!(bench.ask(Ask::BeginTxn), CLOSED);
    }
}

//= type=test F105
#[test]
fn a_close_aborts_what_failed_or_was_given_up_before_its_commit() {
    let mut bench = Bench::written(Generation::V1);
    bench.fail_send(ErrorCode::INVALID_RECORD);
    bench.tell(Event::Close);
    assert_eq!(bench.request(), end(false, 0, Generation::V1));
    let mut bench = Bench::written(Generation::V1);
    bench.load(1, 1);
    bench.call(Ask::Commit);
    bench.tell(Event::Close);
    assert!(bench.effects().is_empty(), "the call may still succeed");
    bench.pass(PATIENCE);
    bench.told();
    bench.load(0, 0);
    assert_eq!(bench.request(), end(false, 0, Generation::V1));
}

//= type=test F105
#[test]
fn a_close_does_not_abort_a_commit_that_may_have_happened() {
    let mut bench = Bench::committing(Generation::V1);
    bench.lose(true);
    bench.pass(PATIENCE);
    assert_eq!(bench.told(), Some(Err(CallError::CommitUnknown)));
    bench.asked.clear();
    bench.tell(Event::Close);
    bench.pass(WHILE);
    assert_eq!(bench.request(), end(true, 0, Generation::V1));
    bench.answer(ended(OK));
    assert!(bench.txn.is_settled());
}

#[test]
fn a_close_ends_calls_that_lead_to_no_end() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    bench.tell(Event::Close);
    assert_eq!((bench.told(), bench.txn.is_settled()), (CLOSED, true));
    bench.answer(identity(7, 0));
    assert_eq!(bench.txn.identity(), None, "too late");
    let mut bench = Bench::ready(Generation::V1);
    bench.tell(Event::Features(Generation::V2));
    bench.call(Ask::BeginTxn);
    bench.tell(Event::Close);
    assert_eq!((bench.told(), bench.txn.is_settled()), (CLOSED, true));
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.call(OFFSETS);
    bench.tell(Event::Close);
    assert_eq!(bench.told(), CLOSED);
}
