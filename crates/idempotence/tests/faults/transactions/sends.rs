//! What is sent within a transaction, and what its failures mean for the whole.

use std::time::Duration;

use klamm_idempotence::{
    Ask, CallError, CtrlFacts, Destination, Done, Group, Input, Output, Reason, Request,
};
use klamm_wire::ErrorCode;

use super::{BOTH, OK, V1, V2};
use crate::language::{Bench, PATIENCE, Q, Told, adds_first, ends};

const OFFSETS: Ask = Ask::SendOffsets { group: Group(3), offsets: 3 };

fn must_abort(code: ErrorCode) -> Option<Result<Done, CallError>> {
    Some(Err(CallError::MustAbort(Reason::Refused(code))))
}

//= type=test F79
#[test]
fn a_transaction_that_still_ends_is_waited_for_briefly() {
    let short = Duration::from_millis(20);
    let mut bench = Bench::in_transaction(V1);
    let [a] = bench.batches();
    bench.reply(ErrorCode::CONCURRENT_TRANSACTIONS);
    bench.wait_for(short);
    assert!(adds_first(&bench.request()));
    bench.reply(OK);
    assert_eq!(bench.sends(), [a]);
    let mut bench = Bench::in_transaction(V2);
    let [b] = bench.batches();
    bench.answer(b, ErrorCode::CONCURRENT_TRANSACTIONS);
    bench.wait_for(short);
    assert_eq!(bench.sends(), [b, b]);
    bench.answer(b, OK);
    assert_eq!((bench.told(b), bench.commit()), (Told::Acked, Some(Ok(Done::Committed))));
}

//= type=test F85 I15
#[test]
fn a_commit_after_a_failed_send_is_refused_until_the_abort() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let a = bench.send();
        bench.answer(a, ErrorCode::INVALID_RECORD);
        assert_eq!(bench.told(a), Told::NotWritten);
        assert_eq!(bench.commit(), must_abort(ErrorCode::INVALID_RECORD));
        assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
        bench.begin();
        let b = bench.write();
        assert_eq!(bench.stamp(b), (7, 1, 0));
        assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
    }
}

//= type=test F86
#[test]
fn a_record_that_was_never_enqueued_spoils_the_commit() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let tag = bench.tag.unwrap();
        bench.tell(Input::SendRefused { tag });
        let refused = Some(Err(CallError::MustAbort(Reason::NotEncoded)));
        assert_eq!((bench.commit(), bench.abort()), (refused, Some(Ok(Done::Aborted))));
    }
}

//= type=test F87
#[test]
fn in_the_second_generation_even_failed_sends_are_ended() {
    let mut bench = Bench::in_transaction(V2);
    let a = bench.send();
    bench.answer(a, ErrorCode::INVALID_RECORD);
    let asked = bench.asked.len();
    assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
    assert_eq!((bench.asked.len(), ends(&bench.request())), (asked + 1, Some(false)));
}

//= type=test F89
#[test]
fn a_partition_that_is_not_allowed_spoils_the_transaction_and_no_other_partition() {
    let mut bench = Bench::written(V1);
    let a = bench.batch(Q, 1, PATIENCE);
    bench.reply(ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    bench.sends();
    assert_eq!(bench.commit(), must_abort(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
    assert_eq!((bench.told(a), ends(&bench.request())), (Told::NotWritten, Some(false)));
    assert_eq!(bench.sends(), []);
}

//= type=test F90
#[test]
fn a_partition_that_may_have_been_added_is_ended() {
    let mut bench = Bench::in_transaction(V1);
    let [a] = bench.batches();
    bench.lose_request();
    assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
    assert_eq!((ends(&bench.request()), bench.told(a)), (Some(false), Told::NotWritten));
}

//= type=test F91 I14
#[test]
fn in_the_first_generation_nothing_is_sent_before_its_partition_is_added() {
    let mut bench = Bench::in_transaction(V1);
    let [a] = bench.batches();
    let b = bench.batch(Q, 1, PATIENCE);
    bench.wait(5);
    assert!(adds_first(&bench.request()) && bench.sends().is_empty());
    bench.reply(OK);
    assert_eq!(bench.sends(), [a]);
    assert!(matches!(bench.request(), Request::AddPartitions { parts, .. } if parts == [Q]));
    bench.reply(OK);
    assert_eq!(bench.sends(), [b]);
    assert!(bench.sendings(a)[0].tag == bench.tag && bench.tag.is_some());
}

//= type=test I14
#[test]
fn without_its_open_transaction_a_batch_is_refused_unwritten() {
    let mut bench = Bench::written(V2);
    let old = bench.tag;
    assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
    let [a] = bench.batches();
    bench.begin();
    (bench.tag, bench.grants_ids) = (old, false);
    let [b] = bench.batches();
    bench.tag = None;
    let [c] = bench.batches();
    assert_eq!(bench.all_told([a, b, c]), [Told::NotWritten; 3]);
    assert_eq!(bench.reason(b), Reason::NotInTransaction);
}

//= type=test F93
#[test]
fn an_old_batchs_answer_does_not_touch_the_next_transaction() {
    for generation in BOTH {
        let mut bench = Bench::in_transaction(generation);
        let a = bench.write();
        assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
        bench.begin();
        let b = bench.write();
        bench.answer(a, ErrorCode::INVALID_PRODUCER_EPOCH);
        assert_eq!(bench.all_told([a, b]), [Told::Acked; 2]);
        assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
    }
}

//= type=test F95
#[test]
fn only_offsets_that_were_refused_are_committed_again() {
    let mut bench = Bench::in_transaction(V2);
    let call = bench.call(OFFSETS, PATIENCE);
    let busy = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    let codes = [(0, OK), (1, busy), (2, OK)];
    bench.reply_with(CtrlFacts::OffsetsCommitted { offsets: codes.to_vec() });
    bench.wait(1);
    let request = bench.request();
    assert!(matches!(request, Request::CommitOffsets { offsets, .. } if offsets == [1]));
    bench.reply(OK);
    assert_eq!(bench.result(call), Some(Ok(Done::OffsetsSent)));
    assert_eq!(bench.commit(), Some(Ok(Done::Committed)));
}

//= type=test F96
#[test]
fn a_group_that_rebalanced_spoils_the_transaction() {
    for code in [ErrorCode::ILLEGAL_GENERATION, ErrorCode::UNKNOWN_MEMBER_ID] {
        let mut bench = Bench::written(V2);
        let call = bench.call(OFFSETS, PATIENCE);
        bench.reply(code);
        assert_eq!((bench.result(call), bench.commit()), (must_abort(code), must_abort(code)));
        assert_eq!(bench.abort(), Some(Ok(Done::Aborted)));
    }
}

//= type=test F97
#[test]
fn a_groups_coordinator_is_looked_up_for_itself() {
    let mut bench = Bench::in_transaction(V1);
    let call = bench.call(OFFSETS, PATIENCE);
    bench.reply(OK);
    bench.wishes_clear();
    let group = Destination::GroupCoordinator(Group(3));
    assert_eq!(bench.asked_of(), group);
    bench.reply(ErrorCode::NOT_COORDINATOR);
    assert_eq!(bench.wishes, [Output::ForgetCoordinator(group)]);
    bench.wait(1);
    bench.reply(OK);
    assert_eq!(bench.result(call), Some(Ok(Done::OffsetsSent)));
}

//= type=test R20
#[test]
fn a_gap_within_a_transaction_is_never_closed_by_another_epoch() {
    for generation in BOTH {
        let mut bench = Bench::written(generation);
        let [a, b] = bench.batches();
        let stamps = bench.stamps([a, b]);
        bench.answer(b, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert_eq!(bench.all_told([a, b]), [Told::Nothing; 2]);
        bench.answer(a, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert_eq!(bench.told(a), Told::NotWritten);
        bench.call(Ask::Abort, PATIENCE);
        bench.answer(b, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert_eq!((bench.told(b), ends(&bench.request())), (Told::NotWritten, Some(false)));
        assert_eq!(bench.stamps([a, b]), stamps);
    }
}
