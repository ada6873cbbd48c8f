//! Answers come in order, numbers are checked, and there is only so much room.

#![cfg(test)]

use bytes::Bytes;
use klamm_cluster::connection::Input;
use klamm_cluster::settings::{ConnectionSettings, FrameLimits};
use klamm_cluster::{Cause, Fate, Reason};
use klamm_protocol::frame::encode_response;
use klamm_protocol::init_producer_id::InitProducerIdResponse;
use klamm_protocol::produce::ProduceResponse;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, large, metadata, quiet, small};

fn answer(id: i32) -> Input {
    let frame = encode_response(&InitProducerIdResponse::default(), 5, id).unwrap();
    Input::Received(Bytes::from(frame.to_vec()))
}

fn stray(id: i32) -> Input {
    let frame = encode_response(&ProduceResponse::default(), 12, id).unwrap();
    Input::Received(Bytes::from(frame.to_vec()))
}

fn ready(settings: ConnectionSettings) -> Rig {
    Rig::ready(Script::default(), Setup { settings, ..Setup::default() })
}

#[test]
fn several_requests_are_written_at_once_and_answered_in_order() {
    let mut rig = ready(ConnectionSettings::default());
    for id in [2, 4, 6] {
        rig.send(id, &small());
    }
    assert_eq!(rig.told, [Told::Write], "said once");
    rig.hand(rig.to_write().len());
    assert!(rig.to_write().is_empty());
    rig.handle(Input::Flushed);
    rig.read(rig.towards_us.len());
    let flushed = [2, 4, 6].map(Told::Flushed);
    assert_eq!(rig.heard(), [flushed, [2, 4, 6].map(Told::Answered)].concat());
    rig.send(8, &metadata());
    assert_eq!(rig.told, [Told::Write], "and again when there is something again");
}

#[test]
fn an_answer_out_of_order_ends_the_connection() {
    let mut rig = ready(ConnectionSettings::default());
    rig.send(2, &small());
    rig.send(4, &small());
    rig.write();
    rig.handle(answer(2));
    assert_eq!(rig.cause(), Some(&Cause::OutOfStep { expected: 1, got: 2 }));
    let failed = [Told::Failed(2, Fate::Unknown), Told::Failed(4, Fate::Unknown)];
    assert_eq!(rig.heard()[..2], failed);
}

#[test]
fn an_answer_that_comes_twice_or_unasked_ends_the_connection() {
    for id in [1, 0, -1, 77] {
        let mut rig = ready(ConnectionSettings::default());
        rig.send(2, &small());
        rig.settle();
        rig.handle(answer(id));
        assert_eq!(rig.cause(), Some(&Cause::Unsolicited { got: id }));
    }
}

#[test]
fn everything_whole_that_came_before_the_end_counts() {
    let mut rig = ready(ConnectionSettings::default());
    for id in [2, 4, 6] {
        rig.send(id, &small());
    }
    rig.write();
    let most = rig.towards_us.len() - 1;
    rig.read(most);
    rig.handle(Input::Lost(Cause::ClosedByPeer));
    let heard = rig.heard();
    assert_eq!(heard[..2], [Told::Answered(2), Told::Answered(4)]);
    assert_eq!(heard[2], Told::Failed(6, Fate::Unknown));
    rig.handle(answer(3));
    rig.handle(Input::Tick);
    assert_eq!((rig.heard(), rig.conn.poll().is_none()), (vec![], true), "nothing after the end");
}

#[test]
fn an_unanswered_request_ends_when_it_has_left() {
    let mut rig = ready(ConnectionSettings::default());
    rig.send(1, &quiet());
    rig.write();
    assert_eq!((rig.heard(), rig.conn.in_flight()), (vec![], 1));
    rig.handle(Input::Flushed);
    assert_eq!((rig.heard(), rig.conn.in_flight()), (vec![Told::Flushed(1)], 0));
    assert_eq!(rig.conn.next_wake(), None, "nothing is waited for");
}

#[test]
fn answers_that_should_not_come_are_dropped_and_counted() {
    let script = Script { answers_all: true, ..Script::default() };
    let mut rig = Rig::ready(script, Setup::default());
    for round in 0..200 {
        rig.send(4 * round + 1, &quiet());
        rig.send(4 * round + 2, &small());
        rig.send(4 * round + 3, &quiet());
        rig.settle();
    }
    assert_eq!((rig.failure(), rig.conn.strays()), (None, 400));
    let answered = rig.heard().iter().filter(|told| matches!(told, Told::Answered(_))).count();
    assert_eq!(answered, 200);
}

#[test]
fn a_stray_answer_may_come_before_and_after_and_twice() {
    let mut rig = ready(ConnectionSettings::default());
    rig.send(1, &quiet());
    rig.send(2, &small());
    rig.send(3, &quiet());
    rig.write();
    for id in [3, 1, 1] {
        rig.handle(stray(id));
    }
    rig.handle(answer(2));
    rig.handle(stray(1));
    assert_eq!((rig.failure(), rig.conn.strays()), (None, 4));
    assert_eq!(rig.heard(), [Told::Answered(2)]);
}

#[test]
fn there_is_room_for_so_many_requests() {
    let mut rig = ready(ConnectionSettings { max_in_flight: 2, ..Default::default() });
    rig.send(2, &small());
    rig.send(4, &small());
    assert_eq!(rig.try_send(6, &small()), Err(None));
    rig.write();
    rig.read(rig.towards_us.len() / 2);
    rig.send(6, &small());

    let mut rig = ready(ConnectionSettings { max_in_flight: 0, ..Default::default() });
    rig.send(2, &small());
    assert!(!rig.conn.can_send(), "one is always taken");
}

#[test]
fn there_is_room_for_so_many_bytes_and_the_request_that_crosses() {
    let settings = ConnectionSettings { max_in_flight_bytes: 5_000, ..Default::default() };
    let mut rig = ready(settings);
    rig.send(2, &large(3_000));
    rig.send(4, &large(3_000));
    assert_eq!(rig.try_send(6, &small()), Err(None));
    rig.settle();
    rig.send(6, &large(30_000));
    assert!(!rig.conn.can_send());
    rig.settle();
    assert!(rig.conn.can_send());
}

#[test]
fn a_request_that_cannot_be_sent_here_comes_back_with_the_reason() {
    let frame_limit = FrameLimits { receive: 1 << 20, send: 1_000 };
    let mut rig = ready(ConnectionSettings { frame_limit, ..Default::default() });
    assert!(matches!(rig.try_send(2, &large(1_000)), Err(Some(Reason::NotEncoded(_)))));
    assert!(matches!(
        rig.try_send(
            2,
            &klamm_cluster::Typed::new(klamm_protocol::end_txn::EndTxnRequest::default())
        ),
        Err(Some(Reason::Unsupported(_)))
    ));
    rig.send(4, &small());
    rig.settle();
    assert_eq!(rig.heard().last(), Some(&Told::Answered(4)), "no number was lost");
}

#[test]
fn an_answer_beyond_the_limit_ends_the_connection() {
    let frame_limit = FrameLimits { receive: 300, send: 1 << 20 };
    let mut rig = ready(ConnectionSettings { frame_limit, ..Default::default() });
    rig.send(2, &small());
    rig.write();
    rig.handle(Input::Received(Bytes::from_static(&[0, 0, 1, 45])));
    assert!(matches!(rig.cause(), Some(Cause::Frame(_))));
}
