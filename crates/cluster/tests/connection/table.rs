//! Every state of a connection × everything that can happen to it: what it says.

#![cfg(test)]

use std::time::Duration;

use bytes::Bytes;
use klamm_cluster::connection::Input;
use klamm_cluster::sasl::{Credentials, Salted, TokenError};
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Fate, Reason, Typed};
use klamm_protocol::ApiKey;
use klamm_protocol::end_txn::EndTxnRequest;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, plain, quiet, scram, small, token};

type State = (&'static str, fn() -> Rig);
type Happening = (&'static str, fn(&mut Rig));

const STATES: &[State] = &[
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

const INPUTS: &[Happening] = &[
    ("due", |rig| match rig.towards_us.len() {
        0 => rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x04\0\0\0\x01"))),
        all => rig.read(all),
    }),
    ("oth", |rig| rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x04\0\0\x27\x0f")))),
    ("sho", |rig| rig.handle(Input::Received(Bytes::from_static(b"\0\0\0\x02\0\0")))),
    ("ins", |rig| rig.handle(Input::Received(Bytes::from_static(&[0xff; 4])))),
    ("par", |rig| rig.handle(Input::Received(Bytes::from_static(&[0, 0, 0])))),
    ("han", |rig| rig.hand(rig.to_write().len())),
    ("flu", |rig| rig.handle(Input::Flushed)),
    ("eof", |rig| rig.handle(Input::Lost(Cause::ClosedByPeer))),
    ("rst", |rig| rig.handle(Input::Lost(Cause::Reset))),
    ("has", |rig| {
        let salted = salted();
        rig.handle(Input::Hashed(salted));
    }),
    ("tok", |rig| rig.handle(Input::Token(Ok(token())))),
    ("non", |rig| rig.handle(Input::Token(Err(TokenError("away".to_owned()))))),
    ("tic", |rig| rig.handle(Input::Tick)),
    ("wak", |rig| {
        rig.now = rig.conn.next_wake().unwrap_or(rig.now.saturating_add(Duration::from_secs(60)));
        rig.handle(Input::Tick);
    }),
    ("sen", |rig| {
        let taken = rig.try_send(6, &small());
        say(rig, outcome(&taken));
    }),
    ("ali", |rig| {
        let taken = rig.try_send(6, &Typed::new(EndTxnRequest::default()));
        say(rig, outcome(&taken));
    }),
    ("mut", |rig| {
        rig.conn.mute(rig.now.saturating_add(Duration::from_secs(9)));
        rig.listen();
    }),
    ("und", |rig| {
        let _ = rig.withdraw(2).or_else(|| rig.withdraw(1));
    }),
    ("clo", |rig| {
        rig.conn.close(Cause::Unneeded);
        rig.listen();
    }),
];

/// What is said in each cell, in letters.
///
/// `R`eady, `W`rite, `H`ash, `N`eed a token, `F`lushed, `A`nswered, `T`hrottled; a request is taken
/// (`+`), not yet (`-`) or never (`!`), ends `u`nknown or `n`ot written. The end is `x` and its
/// cause: out of `S`tep, `U`nsolicited, `F`rame, `M`alformed, `E`of, `R`eset, `T`ime, re`Q`uest
/// timed out, `N`ot flushed, sas`L`, `O`urs.
const EXPECTED: &str = "
                     due oth sho ins par han flu eof rst has tok non tic wak sen ali mut und clo
asks for versions      R  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xT   -   -   T   .  xO
asks again             R  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xT   -   -   T   .  xO
names a mechanism      W  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xT   -   -   T   .  xO
sent a token           R  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xT   -   -   T   .  xO
sent a bare token      R   R   R  xF   .   .   .  xL  xR   .   .   .   .  xT   -   -   T   .  xO
waits for a hash      xU  xU  xM  xF   .   .   .  xE  xR   W   .   .   .  xT   -   -   T   .  xO
waits for a token     xU  xU  xM  xF   .   .   .  xE  xR   .   W  xL   .  xT   -   -   T   .  xO
ready                 xU  xU  xM  xF   .   .   .  xE  xR   .   .   .   .   .  W+   !   T   .  xO
has one to write     nxU nxS nxM nxF   .   .   . nxE nxR   .   .   .   . nxN   +   !   T   . nxO
has one unflushed      . uxU uxM uxF   .   .   F uxE uxR   .   .   .   . uxN  W+   !   T   . uxO
has one in flight      A uxS uxM uxF   .   .   . uxE uxR   .   .   .   . uxQ  W+   !   T   . uxO
is full                A uxS uxM uxF   .   .   . uxE uxR   .   .   .   . uxQ   -   -   T   . uxO
is silent             xU  xU  xM  xF   .   .   .  xE  xR   .   .   .   .   R   -   -   T   .  xO
waits for its turn    xU  xU  xM  xF   .   .   .  xE  xR   .   .   .   .   W   -   -   T   .  xO
names it again         W  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xN   -   -   T   .  xO
sent one again         R  xS  xM  xF   .   .   .  xE  xR   .   .   .   .  xT   -   -   T   .  xO
closed                 .   .   .   .   .   .   .   .   .   .   .   .   .   .   !   !   .   .   .
";

fn outcome(taken: &Result<(), Option<Reason>>) -> u64 {
    match taken {
        Ok(()) => 10,
        Err(None) => 11,
        Err(Some(_)) => 12,
    }
}

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
        Cause::OutOfStep { .. } => "S",
        Cause::Unsolicited { .. } => "U",
        Cause::Frame(_) => "F",
        Cause::Malformed(_) => "M",
        Cause::ClosedByPeer => "E",
        Cause::Reset => "R",
        Cause::TimedOut => "T",
        Cause::RequestTimedOut => "Q",
        Cause::NotFlushed => "N",
        Cause::Sasl(_) => "L",
        Cause::Unneeded => "O",
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
    let mut table = format!("\n{:20}", "");
    for (input, _) in INPUTS {
        table += &format!("{input:>4}");
    }
    for (name, state) in STATES {
        table += &format!("\n{name:20}");
        for (_, input) in INPUTS {
            table += &format!("{:>4}", cell(*state, *input));
        }
    }
    table += "\n";
    println!("{table}");
    assert_eq!(table, EXPECTED, "{} cells", STATES.len() * INPUTS.len());
}
