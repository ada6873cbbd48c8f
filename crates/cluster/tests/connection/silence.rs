//! Brokers ask for silence, and get it.

#![cfg(test)]

use std::time::Duration;

use klamm_cluster::connection::Input;
use klamm_cluster::{Cause, Fate};

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, metadata, plain, small};

fn throttled(throttle_ms: i32) -> Script {
    Script { throttle_ms, ..Script::default() }
}

#[test]
fn an_answer_that_asks_for_silence_is_obeyed() {
    let mut rig = Rig::ready(Script::default(), Setup::default());
    rig.peer.script.throttle_ms = 700;
    rig.send(2, &small());
    rig.send(4, &metadata());
    rig.settle();
    let until = rig.now.saturating_add(Duration::from_millis(700));
    let silent = [Told::Answered(2), Told::Throttled(until), Told::Answered(4)];
    assert_eq!(rig.heard()[2..], silent, "said once");
    assert_eq!(rig.try_send(6, &small()), Err(None));
    assert_eq!(rig.conn.next_wake(), Some(until));
    rig.pass(Duration::from_millis(699));
    assert_eq!(rig.heard(), []);
    rig.pass(Duration::from_millis(1));
    assert_eq!(rig.heard(), [Told::Ready]);
    rig.send(6, &small());
}

#[test]
fn the_first_answer_may_ask_for_silence() {
    let mut rig = Rig::open(throttled(50), Setup::default());
    rig.settle();
    assert!(matches!(rig.heard()[..], [Told::Throttled(_)]));
    assert!(!rig.conn.can_send());
    rig.pass(Duration::from_millis(50));
    assert_eq!(rig.heard(), [Told::Ready]);

    let mut rig = Rig::open(throttled(50), Setup { credentials: plain(), ..Setup::default() });
    rig.settle();
    assert_eq!(rig.peer.tokens.len(), 1, "who we are is said all the same");
    rig.pass(Duration::from_millis(50));
    assert_eq!(rig.heard().last(), Some(&Told::Ready));
}

#[test]
fn a_layer_above_may_ask_for_silence_and_the_longer_one_counts() {
    let mut rig = Rig::ready(Script::default(), Setup::default());
    let after = |rig: &Rig, millis| rig.now.saturating_add(Duration::from_millis(millis));
    rig.conn.mute(after(&rig, 500));
    rig.conn.mute(after(&rig, 300));
    rig.conn.mute(rig.now);
    rig.listen();
    assert_eq!(rig.heard(), [Told::Throttled(after(&rig, 500))]);
    rig.conn.mute(after(&rig, 800));
    rig.listen();
    assert_eq!(rig.heard(), [Told::Throttled(after(&rig, 800))]);
    rig.pass(Duration::from_millis(800));
    assert_eq!(rig.heard(), [Told::Ready]);
}

#[test]
fn a_silence_is_cut_to_an_hour() {
    let mut rig = Rig::ready(throttled(0), Setup::default());
    rig.peer.script.throttle_ms = i32::MAX;
    rig.send(2, &small());
    rig.settle();
    let hour = rig.now.saturating_add(Duration::from_secs(3600));
    assert!(rig.heard().contains(&Told::Throttled(hour)));
    rig.conn.mute(klamm_wire::Time(u64::MAX));
    rig.listen();
    assert_eq!(rig.heard(), [], "no longer than that");
}

#[test]
fn who_we_are_is_said_again_in_silence() {
    let script = Script { lifetime_ms: 10_000, ..Script::default() };
    let mut rig = Rig::ready(script, Setup { credentials: plain(), ..Setup::default() });
    rig.conn.mute(rig.now.saturating_add(Duration::from_secs(12)));
    rig.pass(Duration::from_secs(10));
    rig.settle();
    assert_eq!(rig.peer.tokens.len(), 2);
    assert!(!rig.conn.can_send(), "but it is still silent");
    rig.pass(Duration::from_secs(2));
    assert_eq!(rig.heard().last(), Some(&Told::Ready));
}

#[test]
fn deadlines_run_in_silence() {
    let mut rig = Rig::ready(Script::default(), Setup::default());
    rig.send(2, &small());
    rig.conn.mute(rig.now.saturating_add(Duration::from_secs(120)));
    rig.pass(Duration::from_secs(30));
    assert_eq!(rig.cause(), Some(&Cause::NotFlushed));
    assert!(rig.told.contains(&Told::Failed(2, Fate::NotWritten)));
    rig.conn.mute(rig.now.saturating_add(Duration::from_secs(120)));
    rig.handle(Input::Tick);
    assert!(rig.conn.poll().is_none());
}
