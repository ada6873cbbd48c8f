//! Offsets of a transaction.

use super::*;

fn committing(offsets: &[u32], adds: bool) -> Request {
    let offsets = offsets.to_vec();
    Request::CommitOffsets { identity: ours(0), group: GROUP, offsets, adds }
}

const ADD: Request = Request::AddOffsets {
    identity: Identity { pid: ProducerId(7), epoch: Epoch(0) },
    group: GROUP,
};

const ALL_OK: [(u32, ErrorCode); 3] = [(0, OK), (1, OK), (2, OK)];

#[test]
fn the_first_generation_adds_the_group_before_its_offsets() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.call(OFFSETS);
    assert_eq!(bench.asked[0].1, Destination::TxnCoordinator);
    assert_eq!(bench.request(), ADD);
    bench.answer(CtrlFacts::OffsetsAdded { code: OK });
    assert_eq!(bench.asked[0].1, Destination::GroupCoordinator(GROUP));
    assert_eq!(bench.request(), committing(&[0, 1, 2], false));
    bench.answer(committed(&ALL_OK));
    assert_eq!(bench.told(), Some(Ok(Done::OffsetsSent)));
    bench.call(Ask::Commit);
    assert_eq!(bench.request(), end(true, 0, Generation::V1));
}

#[test]
fn the_second_generation_lets_the_broker_add_the_group() {
    let mut bench = Bench::in_transaction(Generation::V2);
    bench.call(OFFSETS);
    assert_eq!(bench.request(), committing(&[0, 1, 2], true));
    bench.answer(committed(&ALL_OK));
    assert_eq!(bench.told(), Some(Ok(Done::OffsetsSent)));
    bench.call(Ask::Commit);
    assert_eq!(bench.request(), end(true, 0, Generation::V2));
}

//= type=test F95
#[test]
fn only_the_offsets_that_failed_are_sent_again_after_a_wait() {
    let mut bench = Bench::in_transaction(Generation::V2);
    bench.call(OFFSETS);
    bench.request();
    let loading = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    bench.answer(committed(&[(0, loading), (1, OK), (9, OK)]));
    assert!(bench.is_silent());
    bench.pass(WHILE);
    assert_eq!(bench.request(), committing(&[0, 2], true));
    bench.answer(committed(&[(0, OK), (2, OK)]));
    assert_eq!(bench.told(), Some(Ok(Done::OffsetsSent)));
}

//= type=test F95
#[test]
fn offsets_that_find_no_end_spoil_the_transaction_at_their_deadline() {
    for generation in BOTH {
        let mut bench = Bench::in_transaction(generation);
        bench.call(OFFSETS);
        bench.request();
        bench.find_nobody(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        bench.pass(PATIENCE);
        let late = Some(Err(CallError::MustAbort(Reason::DeadlinePassed)));
        assert_eq!(bench.told(), late);
        assert!(bench.is_silent(), "nothing more is sent");
        assert_eq!(bench.ask(Ask::Commit), late);
        bench.call(Ask::Abort);
        assert_eq!(bench.told().is_some(), generation == Generation::V1);
    }
}

//= type=test F96
#[test]
fn a_group_that_went_on_without_us_spoils_the_transaction() {
    for code in [
        ErrorCode::ILLEGAL_GENERATION,
        ErrorCode::UNKNOWN_MEMBER_ID,
        ErrorCode::FENCED_INSTANCE_ID,
        ErrorCode::GROUP_ID_NOT_FOUND,
        ErrorCode::STALE_MEMBER_EPOCH,
    ] {
        let mut bench = Bench::in_transaction(Generation::V2);
        bench.call(OFFSETS);
        bench.answer(committed(&[(0, OK), (1, code), (2, OK)]));
        assert_eq!(bench.told(), must_abort(code));
        assert_eq!(bench.ask(Ask::Commit), must_abort(code));
    }
}

//= type=test F97
#[test]
fn the_groups_coordinator_is_looked_up_apart_from_that_of_the_transaction() {
    let mut bench = Bench::in_transaction(Generation::V2);
    bench.call(OFFSETS);
    let ctrl = ctrl_of(&bench);
    let facts = committed(&[(0, ErrorCode::NOT_COORDINATOR), (1, OK), (2, OK)]);
    let event = Event::Answer { ctrl, facts };
    bench.txn.step(bench.now, event, bench.load, &mut bench.out);
    let forgotten = Output::ForgetCoordinator(Destination::GroupCoordinator(GROUP));
    assert_eq!(bench.out.pop(), Some(forgotten));
}

#[test]
fn no_offsets_at_all_are_sent_at_once() {
    let mut bench = Bench::in_transaction(Generation::V1);
    let none = Ask::SendOffsets { group: GROUP, offsets: 0 };
    assert_eq!(bench.ask(none), Some(Ok(Done::OffsetsSent)));
    assert!(bench.is_silent());
    let absurd = Ask::SendOffsets { group: GROUP, offsets: u32::MAX };
    assert_eq!(bench.ask(absurd), Some(Err(CallError::IllegalState)));
}

#[test]
fn a_failed_send_ends_a_call_that_sends_offsets() {
    let mut bench = Bench::written(Generation::V1);
    bench.call(OFFSETS);
    bench.request();
    bench.fail_send(ErrorCode::MESSAGE_TOO_LARGE);
    assert_eq!(bench.told(), must_abort(ErrorCode::MESSAGE_TOO_LARGE));
    bench.call(Ask::Abort);
    assert!(bench.is_silent(), "the request that is out comes first");
    bench.answer(CtrlFacts::OffsetsAdded { code: OK });
    assert_eq!(bench.request(), end(false, 0, Generation::V1));
}
