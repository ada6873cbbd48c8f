//! Where the two generations of the protocol differ, and how a producer goes from one to the other.

use super::*;
use crate::output::Fatal;

//= type=test F74
//= type=test I16
#[test]
fn the_first_generation_renews_after_an_end_that_was_answered_late() {
    for commit in [true, false] {
        let mut bench = Bench::written(Generation::V1);
        bench.call(if commit { Ask::Commit } else { Ask::Abort });
        bench.lose(true);
        bench.pass(WHILE);
        bench.answer(ended(OK));
        bench.told();
        bench.asked.clear();
        bench.call(Ask::BeginTxn);
        assert_eq!(bench.request(), renewal(0));
        assert_eq!((bench.told(), bench.txn.writable_tag()), (None, None));
    }
}

//= type=test F74
#[test]
fn the_first_generation_renews_after_an_end_whose_first_answer_said_nothing() {
    let mut bench = Bench::committing(Generation::V1);
    bench.answer(ended(ErrorCode::NOT_COORDINATOR));
    bench.pass(WHILE);
    bench.answer(ended(OK));
    assert_eq!(bench.told(), Some(Ok(Done::Committed)));
    bench.asked.clear();
    bench.call(Ask::BeginTxn);
    assert_eq!(bench.request(), renewal(0));
}

#[test]
fn the_first_generation_goes_on_under_its_epoch_after_a_clean_commit() {
    let mut bench = Bench::committing(Generation::V1);
    bench.answer(ended(OK));
    bench.told();
    assert_eq!(bench.effects(), [Effect::Ended { new_identity: false }]);
    bench.begin();
    assert!(bench.is_silent());
    assert_eq!(bench.txn.identity(), Some(ours(0)));
    assert!(!bench.txn.may_send(P0), "each transaction adds its own");
}

//= type=test F74
#[test]
fn the_first_generation_renews_after_an_add_that_may_still_land() {
    let mut bench = Bench::in_transaction(Generation::V1);
    bench.tell(Event::Wants(P0));
    bench.lose(true);
    bench.pass(WHILE);
    bench.answer(added(&[(P0, OK)]));
    bench.call(Ask::Commit);
    bench.answer(ended(OK));
    assert_eq!(bench.told(), Some(Ok(Done::Committed)));
    bench.asked.clear();
    bench.call(Ask::BeginTxn);
    assert_eq!(bench.request(), renewal(0));
}

//= type=test I19
#[test]
fn the_second_generation_takes_its_next_identity_from_the_end() {
    for next in [ours(1), Identity { pid: ProducerId(8), epoch: Epoch(0) }] {
        let mut bench = Bench::committing(Generation::V2);
        bench.lose(true);
        bench.pass(WHILE);
        bench.asked.clear();
        bench.answer(CtrlFacts::TxnEnded { code: OK, next: Some((next.pid, next.epoch)) });
        bench.told();
        let effects = [Effect::IdentityChanged, Effect::Ended { new_identity: true }];
        assert_eq!(bench.effects(), effects);
        assert_eq!(bench.txn.identity(), Some(next));
        bench.begin();
        assert!(bench.is_silent(), "the epoch has moved already");
    }
}

#[test]
fn the_second_generation_accepts_no_end_without_a_next_identity() {
    let stale = (ProducerId(7), Epoch(0));
    for next in [None, Some(stale), Some((ProducerId(-1), Epoch(-1)))] {
        let mut bench = Bench::committing(Generation::V2);
        bench.answer(CtrlFacts::TxnEnded { code: OK, next });
        assert_eq!(bench.told(), Some(Err(CallError::CommitUnknown)));
        assert_eq!(bench.effects(), [Effect::Fatal(Fatal::BrokerMisbehaved)]);
    }
}

//= type=test F103
#[test]
fn a_cluster_that_changes_generation_is_followed_between_transactions() {
    for (from, to) in [(Generation::V1, Generation::V2), (Generation::V2, Generation::V1)] {
        let mut bench = Bench::written(from);
        bench.tell(Event::Features(to));
        bench.call(Ask::Commit);
        assert_eq!(bench.request(), end(true, 0, from), "it ends as it began");
        bench.answer(ended_well(from));
        bench.told();
        let epoch = bench.txn.identity().unwrap().epoch.0;
        bench.call(Ask::BeginTxn);
        assert_eq!(bench.request(), renewal(epoch));
        bench.answer(identity(7, epoch + 1));
        bench.told();
        bench.tell(Event::Wants(P0));
        assert_eq!(bench.txn.may_send(P0), to == Generation::V2);
    }
}

//= type=test F103
#[test]
fn a_generation_that_comes_and_goes_within_a_transaction_changes_nothing() {
    let mut bench = Bench::written(Generation::V1);
    bench.tell(Event::Features(Generation::V2));
    bench.tell(Event::Features(Generation::V1));
    bench.call(Ask::Commit);
    bench.answer(ended(OK));
    bench.told();
    bench.asked.clear();
    bench.begin();
    assert!(bench.is_silent());
}

#[test]
fn a_renewal_that_found_no_end_in_time_is_gone_on_with() {
    let mut bench = Bench::ready(Generation::V1);
    bench.tell(Event::Features(Generation::V2));
    bench.call(Ask::BeginTxn);
    bench.request();
    bench.pass(PATIENCE);
    assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
    bench.answer(identity(7, 1));
    assert_eq!((bench.told(), bench.txn.writable_tag()), (None, None));
    bench.begin();
    assert!(bench.is_silent(), "it is renewed already");
}

#[test]
fn a_renewal_denied_leaves_a_producer_that_may_try_again() {
    let mut bench = Bench::written(Generation::V1);
    bench.call(Ask::Abort);
    bench.answer(ended(OK));
    bench.told();
    for code in [ErrorCode::CLUSTER_AUTHORIZATION_FAILED, ErrorCode::TRANSACTION_ABORTABLE] {
        bench.asked.clear();
        bench.call(Ask::BeginTxn);
        assert_eq!(bench.request(), renewal(0));
        bench.answer(no_identity(code));
        assert_eq!(bench.told(), Some(Err(CallError::Refused(code))));
    }
    bench.call(Ask::BeginTxn);
    bench.request();
    bench.find_nobody(ErrorCode::TRANSACTION_ABORTABLE);
    assert_eq!(bench.told(), Some(Err(CallError::Refused(ErrorCode::TRANSACTION_ABORTABLE))));
}

//= type=test I19
#[test]
fn a_renewal_that_names_the_same_identity_ends_the_producer() {
    let mut bench = Bench::ready(Generation::V1);
    bench.tell(Event::Features(Generation::V2));
    bench.call(Ask::BeginTxn);
    bench.answer(identity(7, 0));
    assert_eq!(bench.effects(), [Effect::Fatal(Fatal::BrokerMisbehaved)]);
}
