//! Calls find their way back, and nothing is kept longer than somebody may ask for it.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use klamm_idempotence::{Ask, CallError, CallId, Done, Group, Reason, TxnTag};
use klamm_wire::Time;

use super::{Answer, Calls, Kind};
use crate::call::{Call, GroupMember, Offset, Reply};

fn reply() -> (Reply<Answer>, Receiver<Answer>) {
    let (sender, receiver) = channel();
    (Box::new(move |answer| sender.send(answer).expect("invariant: the test waits")), receiver)
}

fn member(group: &str) -> GroupMember {
    let (generation, member) = (3, "m".to_owned());
    GroupMember { group: group.to_owned(), generation, member, instance: None }
}

fn offset(partition: i32) -> Offset {
    let (topic, offset) = ("t".to_owned(), 10 + i64::from(partition));
    Offset { topic, partition, offset, leader_epoch: -1, metadata: None }
}

fn send_offsets(calls: &mut Calls, group: &str) -> (CallId, Group, Receiver<Answer>) {
    let (reply, answer) = reply();
    let call = Call::SendOffsets { group: member(group), offsets: vec![offset(0), offset(1)] };
    let (id, ask) = calls.begin(Time(0), call, reply);
    let Ask::SendOffsets { group, offsets: 2 } = ask else { panic!("not {ask:?}") };
    (id, group, answer)
}

#[test]
fn an_answer_goes_to_its_own_call_and_once() {
    let mut calls = Calls::default();
    let (first, first_answer) = reply();
    let (second, second_answer) = reply();
    let (flush, ask) = calls.begin(Time(5), Call::Flush, first);
    assert_eq!(ask, Ask::Flush);
    let (commit, ask) = calls.begin(Time(5), Call::Commit, second);
    assert_eq!(ask, Ask::Commit);

    let spent = calls.done(Time(9), commit, Ok(Done::Committed));
    assert_eq!(spent, Some((Kind::Commit, Duration::from_nanos(4))));
    assert_eq!(second_answer.try_recv(), Ok(Ok(Done::Committed)));
    assert_eq!(calls.done(Time(9), commit, Ok(Done::Committed)), None);
    assert!(first_answer.try_recv().is_err());

    calls.fail_all(CallError::Closed);
    assert_eq!(first_answer.try_recv(), Ok(Err(CallError::Closed)));
    assert_eq!(calls.done(Time(9), flush, Err(CallError::Closed)), None);
    assert!(calls.open.is_empty());
}

#[test]
fn each_call_has_its_word() {
    let asks = [
        (Call::Flush, Ask::Flush),
        (Call::Close, Ask::Close),
        (Call::InitTxn, Ask::InitTxn),
        (Call::BeginTxn, Ask::BeginTxn),
        (Call::Commit, Ask::Commit),
        (Call::Abort, Ask::Abort),
    ];
    let mut calls = Calls::default();
    for (call, ask) in asks {
        assert_eq!(calls.begin(Time(0), call, reply().0).1, ask);
    }
}

#[test]
fn a_group_is_known_until_its_offsets_are_sent() {
    let mut calls = Calls::default();
    let (id, group, answer) = send_offsets(&mut calls, "g");
    assert_eq!(calls.group(group), Some(&member("g")));
    assert_eq!(calls.offset(group, 1), Some(&offset(1)));
    assert_eq!(calls.offset(group, 2), None);
    assert_eq!(calls.offset(Group(group.0 + 1), 0), None);

    calls.done(Time(0), id, Ok(Done::OffsetsSent));
    assert_eq!(answer.try_recv(), Ok(Ok(Done::OffsetsSent)));
    assert_eq!(calls.group(group), None);
}

#[test]
fn a_call_that_is_refused_takes_nothing_from_the_one_at_work() {
    let mut calls = Calls::default();
    let (_, group, _answer) = send_offsets(&mut calls, "g");
    let (again, other, _refused) = send_offsets(&mut calls, "g");
    assert_ne!(group, other);
    calls.done(Time(0), again, Err(CallError::IllegalState));
    assert_eq!(calls.group(other), None);
    assert_eq!(calls.offset(group, 0), Some(&offset(0)));
}

#[test]
fn what_a_failed_call_left_behind_is_known_until_another_transaction_begins() {
    let mut calls = Calls::default();
    let failed = Err(CallError::MustAbort(Reason::DeadlinePassed));
    let (id, group, _answer) = send_offsets(&mut calls, "g");
    calls.done(Time(0), id, failed);
    for _ in 0..100 {
        let (id, _, _answer) = send_offsets(&mut calls, "g");
        calls.done(Time(0), id, failed);
    }
    assert_eq!(calls.parts.len(), 1);
    assert_eq!(calls.group(group), Some(&member("g")));

    let (reply, _begun) = reply();
    let (id, _) = calls.begin(Time(0), Call::BeginTxn, reply);
    calls.done(Time(0), id, Ok(Done::Begun(TxnTag(2))));
    assert_eq!(calls.parts.len(), 0);
}

#[test]
fn a_flush_is_told_of_records_that_were_there_before_it() {
    let mut calls = Calls::default();
    let (early, late) = (calls.tally.announce(), calls.tally.announce());
    calls.tally.ended(early, 5, 0);
    let (reply, answer) = reply();
    let (flush, _) = calls.begin(Time(0), Call::Flush, reply);
    let after = calls.tally.announce();
    calls.tally.ended(after, 100, 100);
    calls.tally.ended(late, 7, 2);
    calls.done(Time(0), flush, Ok(Done::Flushed { acked: 0, failed: 1 }));
    assert_eq!(answer.try_recv(), Ok(Ok(Done::Flushed { acked: 7, failed: 2 })));
}
