//! The first exchange: which versions are spoken, and what a peer can get wrong in it.

#![cfg(test)]

use std::time::Duration;

use bytes::Bytes;
use klamm_cluster::connection::Input;
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Stage};
use klamm_protocol::ApiKey;
use klamm_protocol::negotiate::{Ask, NegotiationError};

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, small};

#[test]
fn a_connection_asks_for_versions_before_anything_else() {
    let mut rig = Rig::open(Script::default(), Setup::default());
    assert_eq!(rig.told, [Told::Write]);
    assert!(rig.conn.versions().is_none() && !rig.conn.can_send());
    assert_eq!(rig.try_send(2, &small()), Err(None));
    rig.settle();
    assert_eq!(rig.told, [Told::Write, Told::Ready]);
    assert_eq!(rig.peer.asked[0].version, 4);
    let theirs = rig.conn.versions().and_then(|versions| versions.theirs(ApiKey::Metadata));
    assert_eq!(theirs.map(|range| range.max), Some(13));
}

#[test]
fn an_older_broker_is_asked_again_at_its_own_version() {
    for (newest, asked) in [(4, vec![4]), (3, vec![4, 3]), (2, vec![4, 2]), (0, vec![4, 0])] {
        let mut rig =
            Rig::open(Script::default().with(ApiKey::ApiVersions, newest), Setup::default());
        rig.settle();
        assert!(rig.conn.can_send());
        let versions: Vec<i16> = rig.peer.asked.iter().map(|asked| asked.version).collect();
        assert_eq!(versions, asked);
    }
}

#[test]
fn a_connection_can_begin_with_the_oldest_question() {
    let mut rig = Rig::open(Script::default().with(ApiKey::ApiVersions, 0), Setup::default());
    rig.handle(Input::Lost(Cause::Reset));
    assert!(!rig.conn.hung_up_at_once(), "nothing was handed over");

    let mut rig = Rig::open(Script::default(), Setup::default());
    rig.hand(1);
    rig.handle(Input::Lost(Cause::ClosedByPeer));
    assert!(rig.conn.hung_up_at_once());
    let first = Ask::first();
    assert_eq!(first.version(), 4);
}

#[test]
fn a_peer_that_said_something_did_not_hang_up_at_once() {
    let mut rig = Rig::open(Script::default(), Setup::default());
    rig.write();
    rig.read(1);
    rig.handle(Input::Lost(Cause::Reset));
    assert!(!rig.conn.hung_up_at_once());
    assert_eq!(rig.failure().map(|failure| failure.stage), Some(Stage::Versions));
}

#[test]
fn whoever_does_not_answer_in_time_is_left() {
    let settings =
        ConnectionSettings { handshake_timeout: Duration::from_secs(3), ..Default::default() };
    let mut rig = Rig::open(Script::default(), Setup { settings, ..Setup::default() });
    rig.write();
    rig.pass(Duration::from_millis(2_999));
    assert_eq!(rig.failure(), None);
    rig.pass(Duration::from_millis(1));
    assert_eq!(rig.cause(), Some(&Cause::TimedOut));
    assert_eq!(rig.conn.next_wake(), None);
}

type Case = (&'static [u8], fn(&Cause) -> bool);

#[test]
fn what_is_no_answer_ends_the_connection_with_a_cause() {
    let cases: [Case; 7] = [
        (b"\xff\xff\xff\xff", |cause| matches!(cause, Cause::Frame(_))),
        (b"HTTP/1.1 400 Bad Request", |cause| cause.to_string().contains("HTTP")),
        (b"\x15\x03\x03\x00\x02\x02\x28", |cause| cause.to_string().contains("TLS")),
        (b"\0\0\0\x02\0\0", |cause| matches!(cause, Cause::Malformed(_))),
        (b"\0\0\0\0", |cause| matches!(cause, Cause::Malformed(_))),
        (b"\0\0\0\x06\0\0\0\x01\0\0", |cause| *cause == Cause::OutOfStep { expected: 0, got: 1 }),
        (b"\0\0\0\x05\0\0\0\0\0", |cause| {
            matches!(cause, Cause::Negotiation(NegotiationError::Malformed(_)))
        }),
    ];
    for (bytes, expected) in cases {
        let mut rig = Rig::open(Script::default(), Setup::default());
        rig.write();
        rig.handle(Input::Received(Bytes::from_static(bytes)));
        let cause = rig.cause().unwrap_or_else(|| panic!("{bytes:?} is taken"));
        assert!(expected(cause), "{bytes:?}: {cause}");
        assert_eq!(rig.failure().unwrap().stage, Stage::Versions);
    }
}

#[test]
fn an_answer_to_what_was_not_handed_over_is_a_lie() {
    let mut rig = Rig::open(Script::default(), Setup::default());
    let all = rig.to_write().len();
    rig.hand(all - 1);
    rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x06\0\0\0\0\0\0")));
    assert_eq!(rig.cause(), Some(&Cause::Unsolicited { got: 0 }));
}

#[test]
fn software_that_brokers_would_refuse_is_respelt() {
    for software in [("my app", "1.0+7"), ("", "-")] {
        let software = (software.0.to_owned(), software.1.to_owned());
        let settings = ConnectionSettings { software, ..Default::default() };
        let rig = Rig::ready(Script::default(), Setup { settings, ..Setup::default() });
        assert!(rig.conn.can_send());
    }
}

#[test]
fn a_name_too_long_for_any_request_ends_it_at_once() {
    let client_id = Some("x".repeat(40_000));
    let settings = ConnectionSettings { client_id, ..Default::default() };
    let rig = Rig::open(Script::default(), Setup { settings, ..Setup::default() });
    assert!(matches!(rig.cause(), Some(Cause::Internal(_))));
    assert!(rig.to_write().is_empty());
}
