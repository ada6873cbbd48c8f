//! Every state of a connection × everything that can happen to it: what it says.

#![cfg(test)]

use std::time::Duration;

use bytes::Bytes;
use klamm_cluster::connection::Input;
use klamm_cluster::sasl::{Credentials, Salted, TokenError};
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Fate, Typed};
use klamm_protocol::ApiKey;
use klamm_protocol::end_txn::EndTxnRequest;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, plain, quiet, scram, small, token};

const STATES: &[(&str, fn() -> Rig)] = &[
    ("asks for versions", || begun(Script::default(), None, 0)),
    ("asks again", || begun(Script::default().with(ApiKey::ApiVersions, 3), None, 1)),
    ("names a mechanism", || begun(Script::default(), plain(), 1)),
    ("sent a token", || begun(Script::default(), plain(), 2)),
    ("sent a bare token", || {
        begun(Script::default().with(ApiKey::SaslAuthenticate, -1), plain(), 2)
    }),
    ("waits for a hash", || begun(Script::default(), scram(), 3)),
    ("waits for a token", || begun(Script::default(), Some(Credentials::OAuthBearer), 2)),
    ("ready", || Rig::ready(Script::default(), Setup::default())),
    ("has one to write", || {
        let mut rig = Rig::ready(Script::default(), Setup::default());
        rig.send(2, &small());
        rig
    }),
    ("has one unflushed", || {
        let mut rig = Rig::ready(Script::default(), Setup::default());
        rig.send(1, &quiet());
        rig.write();
        rig
    }),
    ("has one in flight", || in_flight(5)),
    ("is full", || in_flight(1)),
    ("is silent", || {
        let mut rig = Rig::ready(Script::default(), Setup::default());
        rig.conn.mute(rig.now.saturating_add(Duration::from_secs(5)));
        rig.listen();
        rig
    }),
    ("waits for its turn", || again(100, 0)),
    ("names it again", || again(20_000, 0)),
    ("sent one again", || again(20_000, 1)),
    ("closed", || {
        let mut rig = Rig::ready(Script::default(), Setup::default());
        rig.conn.close(Cause::Idle);
        rig.listen();
        rig
    }),
];

const INPUTS: &[(&str, fn(&mut Rig))] = &[
    ("due", |rig| match rig.towards_us.len() {
        0 => rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x04\0\0\0\x01"))),
        all => rig.read(all),
    }),
    ("other", |rig| rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x04\0\0\x27\x0f")))),
    ("short", |rig| rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x02\0\0")))),
    ("insane", |rig| rig.handle(Input::Received(Bytes::from_static(&[0xff; 4])))),
    ("part", |rig| rig.handle(Input::Received(Bytes::from_static(&[0, 0, 0])))),
    ("handed", |rig| rig.hand(rig.to_write().len())),
    ("flushed", |rig| rig.handle(Input::Flushed)),
    ("eof", |rig| rig.handle(Input::Lost(Cause::ClosedByPeer))),
    ("reset", |rig| rig.handle(Input::Lost(Cause::Reset))),
    ("hashed", |rig| {
        let salted = salted();
        rig.handle(Input::Hashed(salted));
    }),
    ("token", |rig| rig.handle(Input::Token(Ok(token())))),
    ("none", |rig| rig.handle(Input::Token(Err(TokenError("away".to_owned()))))),
    ("tick", |rig| rig.handle(Input::Tick)),
    ("wake", |rig| {
        rig.now = rig.conn.next_wake().unwrap_or(rig.now.saturating_add(Duration::from_secs(60)));
        rig.handle(Input::Tick);
    }),
    ("send", |rig| {
        let taken = rig.try_send(6, &small());
        say(rig, if taken.is_ok() { 10 } else { 11 });
    }),
    ("alien", |rig| {
        let taken = rig.try_send(6, &Typed::new(EndTxnRequest::default()));
        say(rig, if taken == Err(None) { 11 } else { 12 });
    }),
    ("mute", |rig| {
        rig.conn.mute(rig.now.saturating_add(Duration::from_secs(9)));
        rig.listen();
    }),
    ("undo", |rig| drop(rig.withdraw(2).or_else(|| rig.withdraw(1)))),
    ("close", |rig| {
        rig.conn.close(Cause::Unneeded);
        rig.listen();
    }),
];

/// What is said in each cell, in letters:
/// `R`eady, `W`rite, `H`ash, `N`eed a token, `F`lushed, `A`nswered, `T`hrottled, `x` and a cause
/// for the end, before it `u`nknown or `n`ot written for a request; a request is taken (`+`), not
/// yet (`-`) or never (`!`).
const EXPECTED: &str = "
";

/// Notes what became of a request, where what was said stands too.
fn say(rig: &mut Rig, what: u64) {
    rig.told.push(Told::Answered(what));
}

fn salted() -> Salted {
    let mut rig = begun(Script::default(), scram(), 3);
    rig.hash.take().unwrap().run()
}

/// A connection that has read so many answers, and has written what it had to.
fn begun(script: Script, credentials: Option<Credentials>, answers: usize) -> Rig {
    let mut rig = Rig::open(script, Setup { credentials, ..Setup::default() });
    rig.write();
    for _ in 0..answers {
        rig.read(rig.towards_us.len());
        rig.write();
    }
    rig
}

fn in_flight(max_in_flight: usize) -> Rig {
    let settings = ConnectionSettings { max_in_flight, ..Default::default() };
    let mut rig = Rig::ready(Script::default(), Setup { settings, ..Setup::default() });
    rig.send(2, &small());
    rig.write();
    rig.handle(Input::Flushed);
    rig
}

/// A connection that has read so many answers to who it says it is, again.
fn again(lifetime_ms: i64, answers: usize) -> Rig {
    let script = Script { lifetime_ms, ..Script::default() };
    let mut rig = Rig::ready(script, Setup { credentials: plain(), ..Setup::default() });
    rig.pass(Duration::from_millis(lifetime_ms.unsigned_abs()));
    rig.write();
    for _ in 0..answers {
        rig.read(rig.towards_us.len());
        rig.write();
    }
    rig
}

fn letters(told: &Told) -> String {
    match told {
        Told::Ready => "R".to_owned(),
        Told::Write => "W".to_owned(),
        Told::Hash => "H".to_owned(),
        Told::NeedToken => "N".to_owned(),
        Told::Flushed(_) => "F".to_owned(),
        Told::Answered(10) => "+".to_owned(),
        Told::Answered(11) => "-".to_owned(),
        Told::Answered(12) => "!".to_owned(),
        Told::Answered(_) => "A".to_owned(),
        Told::Failed(_, Fate::Unknown) => "u".to_owned(),
        Told::Failed(_, Fate::NotWritten) => "n".to_owned(),
        Told::Throttled(_) => "T".to_owned(),
        Told::Closed(failure) => format!("x{}", cause(&failure.cause)),
    }
}

fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::OutOfStep { .. } => "Step",
        Cause::Unsolicited { .. } => "Uns",
        Cause::Frame(_) => "Fram",
        Cause::Malformed(_) => "Malf",
        Cause::ClosedByPeer => "Eof",
        Cause::Reset => "Rst",
        Cause::TimedOut => "Time",
        Cause::RequestTimedOut => "Req",
        Cause::NotFlushed => "Nfl",
        Cause::Sasl(_) => "Sasl",
        Cause::Unneeded => "Our",
        other => panic!("nothing in the table ends with {other}"),
    }
}

fn cell(state: fn() -> Rig, input: fn(&mut Rig)) -> String {
    let mut rig = state();
    rig.told.clear();
    input(&mut rig);
    let said: String = rig.told.iter().map(letters).collect();
    if rig.failure().is_some() {
        assert!(rig.conn.next_wake().is_none() && !rig.conn.can_send());
        assert!(rig.to_write().is_empty() && rig.conn.in_flight() == 0);
    }
    if said.is_empty() { ".".to_owned() } else { said }
}

#[test]
fn every_input_in_every_state_does_what_the_table_says() {
    let mut table = format!("\n{:18}", "");
    for (input, _) in INPUTS {
        table += &format!("{input:>8}");
    }
    for (name, state) in STATES {
        table += &format!("\n{name:18}");
        for (_, input) in INPUTS {
            table += &format!("{:>8}", cell(*state, *input));
        }
    }
    table += "\n";
    println!("{table}");
    assert_eq!(table, EXPECTED, "{} cells", STATES.len() * INPUTS.len());
}
