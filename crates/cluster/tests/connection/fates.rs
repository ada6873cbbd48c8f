//! What may be believed of a request whose connection ended, and when that is.

#![cfg(test)]

use std::time::Duration;

use klamm_cluster::connection::Input;
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Fate};
use klamm_protocol::ApiKey;
use klamm_wire::Time;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, large, quiet, small};

fn ready() -> Rig {
    let settings =
        ConnectionSettings { request_timeout: Duration::from_secs(10), ..Default::default() };
    Rig::ready(Script::default(), Setup { settings, ..Setup::default() })
}

#[test]
fn a_frame_is_in_doubt_from_its_last_byte_on() {
    let mut rig = ready();
    rig.send(2, &small());
    let first = rig.to_write().len();
    rig.send(1, &quiet());
    let all = rig.to_write().len();
    for handed in 0..=all {
        let mut rig = ready();
        rig.send(2, &small());
        rig.send(1, &quiet());
        rig.hand(handed);
        rig.handle(Input::Lost(Cause::Reset));
        let fate = |end| if end <= handed { Fate::Unknown } else { Fate::NotWritten };
        let failed = [Told::Failed(2, fate(first)), Told::Failed(1, fate(all))];
        assert_eq!(rig.heard()[..2], failed, "{handed} of {all}");
    }
}

#[test]
fn the_timeout_of_a_request_begins_when_it_has_left() {
    let mut rig = ready();
    rig.peer.script.mute_on = vec![ApiKey::InitProducerId];
    rig.send(2, &small());
    rig.pass(Duration::from_secs(9));
    rig.write();
    rig.handle(Input::Flushed);
    let left = rig.now;
    rig.send(4, &small());
    rig.pass(Duration::from_secs(9));
    rig.write();
    rig.handle(Input::Flushed);
    assert_eq!(rig.conn.next_wake(), Some(left.saturating_add(Duration::from_secs(10))));
    rig.pass(Duration::from_secs(1));
    assert_eq!(rig.cause(), Some(&Cause::RequestTimedOut));
    let failed = [Told::Failed(2, Fate::Unknown), Told::Failed(4, Fate::Unknown)];
    assert!(failed.iter().all(|told| rig.told.contains(told)), "and all behind it");
}

#[test]
fn a_peer_that_does_not_read_is_left_in_time() {
    for handed in [0, 7] {
        let mut rig = ready();
        rig.send(2, &small());
        rig.hand(handed);
        rig.pass(Duration::from_millis(9_999));
        assert_eq!(rig.failure(), None);
        rig.pass(Duration::from_millis(1));
        assert_eq!(rig.cause(), Some(&Cause::NotFlushed));
        assert!(rig.told.contains(&Told::Failed(2, Fate::NotWritten)));
    }
    let mut rig = ready();
    rig.send(2, &small());
    rig.write();
    rig.pass(Duration::from_secs(10));
    assert_eq!(rig.cause(), Some(&Cause::NotFlushed), "taken and never let out");
    assert!(rig.told.contains(&Told::Failed(2, Fate::Unknown)));
}

#[test]
fn an_answer_that_comes_with_its_deadline_counts() {
    let mut rig = ready();
    rig.send(2, &small());
    rig.write();
    rig.handle(Input::Flushed);
    rig.now = rig.conn.next_wake().unwrap();
    rig.read(rig.towards_us.len());
    assert_eq!((rig.heard().last(), rig.failure()), (Some(&Told::Answered(2)), None));
}

#[test]
fn a_withdrawn_request_that_was_not_begun_is_never_sent() {
    let mut rig = ready();
    rig.send(2, &small());
    let first = rig.to_write();
    rig.send(4, &large(99));
    let behind = rig.to_write().len();
    rig.send(6, &small());
    let third = rig.to_write()[behind..].to_vec();
    rig.hand(3);
    assert_eq!(rig.withdraw(4), Some(Fate::NotWritten));
    assert_eq!(rig.to_write(), [&first[3..], &third].concat());
    assert_eq!((rig.withdraw(4), rig.conn.in_flight()), (None, 2));
    rig.settle();
    let heard = rig.heard();
    assert_eq!(heard, [Told::Flushed(2), Told::Flushed(6), Told::Answered(2), Told::Answered(6)]);
}

#[test]
fn a_withdrawn_request_that_was_begun_ends_the_connection() {
    let mut rig = ready();
    rig.send(2, &small());
    rig.send(4, &small());
    rig.hand(5);
    assert_eq!(rig.withdraw(2), Some(Fate::NotWritten));
    assert_eq!(rig.cause(), Some(&Cause::NotFlushed));
    assert_eq!(rig.heard()[0], Told::Failed(4, Fate::NotWritten));
}

#[test]
fn the_answer_to_a_withdrawn_request_is_dropped() {
    let mut rig = ready();
    rig.send(2, &small());
    rig.send(1, &quiet());
    rig.send(4, &small());
    rig.write();
    assert_eq!(rig.withdraw(2), Some(Fate::Unknown));
    assert_eq!(rig.withdraw(1), Some(Fate::Unknown));
    assert_eq!(rig.conn.in_flight(), 3, "the broker still has them");
    rig.settle();
    assert_eq!(rig.heard(), [Told::Flushed(4), Told::Answered(4)]);
    assert_eq!(rig.conn.in_flight(), 0);
}

#[test]
fn a_close_of_ours_tells_everybody_once() {
    let mut rig = ready();
    rig.send(2, &small());
    rig.conn.close(Cause::Unneeded);
    rig.conn.close(Cause::Idle);
    rig.listen();
    assert_eq!(rig.cause(), Some(&Cause::Unneeded));
    assert_eq!((rig.to_write(), rig.conn.in_flight()), (vec![], 0));
    assert_eq!((rig.conn.next_wake(), rig.conn.versions()), (None, None));
}

#[test]
fn life_is_seen_in_bytes_and_not_in_time() {
    let mut rig = ready();
    let last = rig.conn.last_used();
    rig.pass(Duration::from_secs(60));
    assert_eq!(rig.conn.last_used(), last);
    rig.send(2, &small());
    assert_eq!(rig.conn.last_used(), last);
    rig.hand(1);
    assert_eq!(rig.conn.last_used(), rig.now);
    rig.pass(Duration::from_secs(1));
    rig.write();
    rig.pass(Duration::from_secs(1));
    rig.read(1);
    assert_eq!(rig.conn.last_used(), rig.now);
    assert!(rig.now > Time(0));
}
