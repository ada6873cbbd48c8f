//! Getting an identity, and beginning.

use super::*;
use crate::output::Fatal;

const INIT: Request = Request::InitProducerId { current: None };

#[test]
fn the_first_request_asks_the_coordinator_for_an_identity() {
    let mut bench = Bench::new(Generation::V2);
    bench.call(Ask::InitTxn);
    let (ctrl, to, request) = bench.asked.remove(0);
    assert_eq!((ctrl, to, request), (CtrlId(1), Destination::TxnCoordinator, INIT));
    assert_eq!(bench.txn.identity(), None);
    bench.answer(identity(7, 4));
    assert_eq!(bench.told(), Some(Ok(Done::Initialized)));
    assert_eq!(bench.txn.identity(), Some(ours(4)));
    assert_eq!(bench.effects(), [Effect::IdentityChanged]);
}

//= type=test F80
//= type=test F79
#[test]
fn init_waits_while_the_transaction_of_a_crashed_instance_is_aborted() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    for _ in 0..10 {
        assert_eq!(bench.request(), INIT);
        bench.answer(no_identity(ErrorCode::CONCURRENT_TRANSACTIONS));
        assert!(bench.is_silent(), "a back-off comes first");
        bench.pass(WHILE);
    }
    assert_eq!((bench.request(), bench.told()), (INIT, None));
    bench.answer(identity(7, 0));
    assert_eq!(bench.told(), Some(Ok(Done::Initialized)));
}

//= type=test F78
#[test]
fn a_coordinator_that_moved_or_cannot_be_found_is_looked_up_until_the_deadline() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    bench.request();
    bench.answer(no_identity(ErrorCode::NOT_COORDINATOR));
    assert_eq!(bench.forgotten, 1);
    bench.pass(WHILE);
    bench.request();
    bench.find_nobody(ErrorCode::COORDINATOR_NOT_AVAILABLE);
    bench.pass(WHILE);
    bench.request();
    bench.lose(true);
    assert_eq!(bench.forgotten, 2);
    bench.pass(WHILE);
    bench.request();
    bench.answer(no_identity(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS));
    bench.pass(PATIENCE);
    assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
    assert!(bench.is_silent(), "nobody waits");
    assert_eq!(bench.txn.next_wake(), None);
}

//= type=test F104
#[test]
fn an_init_that_timed_out_goes_on_when_it_is_called_again() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    bench.request();
    bench.pass(PATIENCE);
    assert_eq!(bench.told(), Some(Err(CallError::TimedOut)));
    assert_eq!(bench.ask(Ask::BeginTxn), Some(Err(CallError::IllegalState)));
    bench.answer(identity(7, 0));
    assert_eq!(bench.told(), None);
    assert_eq!(bench.ask(Ask::BeginTxn), Some(Err(CallError::IllegalState)));
    assert_eq!(bench.ask(Ask::InitTxn), Some(Ok(Done::Initialized)));
    assert!(bench.is_silent());
    bench.begin();
}

//= type=test F102
//= type=test F101
#[test]
fn an_identity_refused_for_good_ends_the_producer() {
    for code in [
        ErrorCode::INVALID_TRANSACTION_TIMEOUT,
        ErrorCode::INVALID_PRODUCER_ID_MAPPING,
        ErrorCode::UNSUPPORTED_VERSION,
    ] {
        let mut bench = Bench::new(Generation::V1);
        bench.call(Ask::InitTxn);
        bench.answer(no_identity(code));
        let fatal = Fatal::Refused(code);
        assert_eq!(bench.told(), Some(Err(CallError::Fatal(fatal))));
        assert_eq!(bench.effects(), [Effect::Fatal(fatal)]);
        assert_eq!(bench.ask(Ask::InitTxn), Some(Err(CallError::Fatal(fatal))));
    }
}

#[test]
fn an_identity_denied_for_want_of_a_right_may_be_asked_for_again() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    bench.request();
    let code = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    bench.answer(no_identity(code));
    assert_eq!(bench.told(), Some(Err(CallError::Refused(code))));
    bench.call(Ask::InitTxn);
    assert_eq!(bench.request(), INIT);
}

#[test]
fn three_answers_to_init_that_say_nothing_are_borne_and_not_a_fourth() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    let code = ErrorCode::UNKNOWN_SERVER_ERROR;
    for _ in 0..3 {
        bench.request();
        bench.answer(no_identity(code));
        bench.pass(WHILE);
    }
    bench.request();
    bench.answer(no_identity(code));
    assert_eq!(bench.told(), Some(Err(CallError::Fatal(Fatal::Refused(code)))));
}

#[test]
fn an_identity_that_cannot_be_ours_ends_the_producer() {
    for facts in [identity(-1, 0), identity(7, -1)] {
        let mut bench = Bench::new(Generation::V1);
        bench.call(Ask::InitTxn);
        bench.answer(facts);
        assert_eq!(bench.effects(), [Effect::Fatal(Fatal::BrokerMisbehaved)]);
    }
}

//= type=test F61
#[test]
fn an_answer_to_another_request_than_the_one_that_is_out_is_not_heard() {
    let mut bench = Bench::new(Generation::V1);
    bench.call(Ask::InitTxn);
    let first = ctrl_of(&bench);
    bench.lose(true);
    bench.tell(Event::Answer { ctrl: first, facts: identity(7, 3) });
    bench.pass(WHILE);
    bench.tell(Event::Answer { ctrl: first, facts: identity(7, 3) });
    bench.tell(Event::Lost { ctrl: first, wrote_full_frame: true });
    assert_eq!(bench.told(), None);
    bench.answer(identity(7, 4));
    bench.answer(identity(7, 5));
    assert_eq!(bench.txn.identity(), Some(ours(4)));
}

#[test]
fn an_answer_that_cannot_be_read_counts_as_lost() {
    for facts in [CtrlFacts::Garbled, ended(OK)] {
        let mut bench = Bench::new(Generation::V1);
        bench.call(Ask::InitTxn);
        bench.request();
        bench.answer(facts);
        assert_eq!(bench.forgotten, 1);
        bench.pass(WHILE);
        assert_eq!(bench.request(), INIT);
    }
}

#[test]
fn transactions_have_names_of_their_own() {
    let mut bench = Bench::ready(Generation::V1);
    assert_eq!(bench.txn.writable_tag(), None);
    assert_eq!(bench.ask(Ask::BeginTxn), Some(Ok(Done::Begun(TxnTag(1)))));
    assert_eq!(bench.txn.writable_tag(), Some(TxnTag(1)));
    assert_eq!(bench.ask(Ask::Commit), Some(Ok(Done::Committed)));
    assert_eq!(bench.ask(Ask::BeginTxn), Some(Ok(Done::Begun(TxnTag(2)))));
}
