//! Errors as callers see them.

use std::error::Error as _;
use std::sync::Arc;

use klamm_engine::batching::slot::Why;
use klamm_engine::cluster::metadata::Gone;
use klamm_engine::cluster::sasl::{Mechanism, SaslError};
use klamm_engine::cluster::{Cause, ConnFailure, Stage};
use klamm_engine::failure::Met;
use klamm_engine::idempotence::{CallError, Fatal, Reason};
use klamm_engine::wire::WallMillis;
use klamm_engine::{Failure, TopicError};

use super::*;

fn failure(reason: Reason, fate: Fate) -> Failure {
    Failure { reason, fate, culprits: Arc::from([]), words: None, met: None }
}

fn refusal(code: i16) -> Failure {
    failure(Reason::Refused(ErrorCode(code)), Fate::NotWritten)
}

#[test]
fn every_reason_has_words_that_tell_the_fate() {
    let reasons = [
        Reason::DeadlinePassed,
        Reason::NotEncoded,
        Reason::NotSplit,
        Reason::Misused,
        Reason::Cancelled,
        Reason::Closed,
        Reason::TopicMissing,
        Reason::TopicRecreated,
        Reason::Overtaken,
        Reason::Aborted,
        Reason::NotInTransaction,
    ];
    for reason in reasons {
        for (fate, words) in [(Fate::NotWritten, "not in the log"), (Fate::Unknown, "may be in")] {
            let error = record_error(&failure(reason, fate), 0);
            assert_eq!(error.fate(), fate);
            assert!(error.to_string().contains(words), "{reason:?}: {error}");
            assert!(!error.is_fatal());
        }
    }
}

#[test]
fn a_broker_without_the_right_to_write_idempotently_names_it() {
    let error = call_error(CallError::Refused(ErrorCode(31)), Asked::InitTxn);
    assert_eq!(error.kind(), ErrorKind::Authorization);
    assert!(error.to_string().contains("IdempotentWrite"), "{error}");
    let error = record_error(&refusal(29), 0);
    assert!(error.to_string().contains("Write"), "{error}");
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Authorization, Some(29)));
}

#[test]
fn the_record_at_fault_has_the_brokers_words_and_the_others_may_come_again() {
    let culprits = Arc::from([(2, Some("no key".to_owned()))]);
    let failure = Failure { culprits, ..refusal(87) };
    let guilty = record_error(&failure, 2);
    assert_eq!((guilty.record_fault(), guilty.is_retriable()), (RecordFault::This, false));
    assert!(guilty.to_string().contains("no key"), "{guilty}");
    let innocent = record_error(&failure, 1);
    assert_eq!((innocent.record_fault(), innocent.is_retriable()), (RecordFault::Others, true));
    for (index, fault) in [(2, RecordFault::This), (1, RecordFault::Others)] {
        let alone = record_error(&narrowed(&failure, index), 0);
        assert_eq!(alone.record_fault(), fault);
        assert_eq!(alone.to_string(), record_error(&failure, index).to_string());
    }
    assert_eq!(record_error(&refusal(87), 0).record_fault(), RecordFault::NotSaid);
}

#[test]
fn a_deadline_tells_what_stood_in_the_way_and_keeps_it_as_its_source() {
    let refused = ConnFailure { stage: Stage::Connect, cause: Cause::Refused };
    let met = Some(Met::Connection(Arc::new(refused.clone())));
    let failure = Failure { met, ..failure(Reason::DeadlinePassed, Fate::Unknown) };
    let error = record_error(&failure, 0);
    assert_eq!((error.kind(), error.fate()), (ErrorKind::TimedOut, Fate::Unknown));
    assert!(error.to_string().contains("nobody listens there"), "{error}");
    assert!(error.source().unwrap().downcast_ref::<ConnFailure>() == Some(&refused));
    assert!(error.next_step().is_some());
}

#[test]
fn whoever_was_fenced_must_close_and_a_failed_record_must_abort() {
    let fenced = call_error(CallError::Fatal(Fatal::Fenced), Asked::Commit);
    assert_eq!((fenced.kind(), fenced.is_fatal()), (ErrorKind::Fenced, true));
    let must = call_error(CallError::MustAbort(Reason::DeadlinePassed), Asked::Commit);
    assert!(must.requires_abort() && !must.is_fatal(), "{must}");
    let doubt = call_error(CallError::CommitUnknown, Asked::Commit);
    assert_eq!((doubt.fate(), doubt.is_retriable()), (Fate::Unknown, true));
}

#[test]
fn what_a_slot_refuses_names_the_property() {
    let too_large = why_error(Why::TooLarge { bytes: 9, limit: 8 }, "t");
    assert!(too_large.to_string().contains("max.request.size"), "{too_large}");
    let partition = why_error(Why::NoSuchPartition { count: 3 }, "t");
    assert!(partition.to_string().contains("it has 3"), "{partition}");
    let time = why_error(Why::InvalidTimestamp(WallMillis(-5)), "t");
    assert_eq!((time.kind(), time.fate()), (ErrorKind::InvalidRecord, Fate::NotWritten));
    assert_eq!(why_error(Why::Closed, "t").kind(), ErrorKind::Closed);
}

#[test]
fn brokers_words_cannot_steer_a_terminal_and_are_bounded() {
    let words: Arc<str> = format!("\u{1b}[2J{}", "x".repeat(10_000)).into();
    let error = record_error(&Failure { words: Some(words), ..refusal(44) }, 0);
    let text = error.to_string();
    assert!(!text.contains('\u{1b}') && text.len() < 1500, "{}", text.len());
}

#[test]
fn who_is_not_believed_until_the_deadline_is_told_so() {
    let wrong = Cause::Sasl(SaslError::Refused {
        mechanism: Mechanism::Plain,
        username: Some("alice".to_owned()),
        code: Some(ErrorCode(58)),
        message: "no".to_owned(),
    });
    let failure_of = |cause| Arc::new(ConnFailure { stage: Stage::Authenticate, cause });
    let met = Some(Met::Connection(failure_of(wrong)));
    let late = Failure { met: met.clone(), ..failure(Reason::DeadlinePassed, Fate::NotWritten) };
    let error = record_error(&late, 0);
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Authentication, Fate::NotWritten));
    let error = topic_error(&TopicError::TimedOut(met), "orders");
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
}

#[test]
fn a_topic_that_nobody_heard_of_tells_why() {
    let late = |code| TopicError::TimedOut(Some(Met::Answer(ErrorCode(code))));
    for missing in [late(3), TopicError::Gone(Gone::Missing)] {
        let error = topic_error(&missing, "orders");
        assert!(error.to_string().contains("`orders` is not there"), "{error}");
        assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Topic, Some(3)));
        assert!(error.is_retriable());
    }
    let error = topic_error(&late(5), "orders");
    assert!(error.to_string().contains("LEADER_NOT_AVAILABLE"), "{error}");
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::TimedOut, Some(5)));
    assert_eq!(topic_error(&TopicError::Closed, "orders").kind(), ErrorKind::Closed);
}
