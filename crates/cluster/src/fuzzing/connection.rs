//! Bytes and deeds into a connection in any state, held to the laws of its requests.

#![allow(clippy::arithmetic_side_effects)]

mod peer;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::negotiate::Ask;
use klamm_protocol::produce::ProduceRequest;
use klamm_wire::{Now, Time, WallMillis};

use self::watch::Watch;
use crate::connection::{Connection, Input, Start};
use crate::failure::Cause;
use crate::names::RequestId;
use crate::request::{Payload, Typed};
use crate::sasl::{Credentials, Nonces, ScramHash, Token, TokenError};
use crate::secret::Secret;
use crate::settings::{ConnectionSettings, FrameLimits};

/// Does what an input tells. It returns, or a law of connections does not hold.
///
/// The first byte chooses who we say we are (two bits), whether the broker is an old one (one bit),
/// and how many answers of a well-behaved broker come first (the rest), which decides the state.
/// Then come deeds: a byte that names one, and what that needs.
pub fn connection(data: &[u8]) {
    let mut input = Reader(data);
    let choice = input.byte();
    let mut world = World::new(choice & 3, choice & 4 != 0);
    for _ in 0..choice >> 3 {
        world.friendly(0);
    }
    while !input.0.is_empty() {
        world.deed(&mut input);
    }
    world.conn.close(Cause::Unneeded);
    world.listen();
    assert!(world.watch.is_over(), "it can always be closed");
}

/// What is left of an input; zeros behind its end.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    fn bytes(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte()).min(self.0.len());
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }
}

struct World {
    conn: Connection,
    peer: peer::Peer,
    watch: Watch,
    now: Time,
    next: u64,
}

impl World {
    fn new(who: u8, is_old: bool) -> Self {
        let settings = ConnectionSettings {
            frame_limit: FrameLimits { receive: 2_000, send: 2_000 },
            max_in_flight: 4,
            max_in_flight_bytes: 600,
            request_timeout: Duration::from_secs(5),
            handshake_timeout: Duration::from_secs(8),
            ..ConnectionSettings::default()
        };
        let start = Start {
            ask: Ask::first(),
            credentials: credentials(who),
            nonces: Nonces::new([1; 32]),
            seed: 7,
        };
        let conn = Connection::open(at(Time(0)), Arc::new(settings), start);
        let (peer, watch) = (peer::Peer::new(is_old), Watch::default());
        let mut world = Self { conn, peer, watch, now: Time(0), next: 0 };
        world.listen();
        world
    }

    fn handle(&mut self, input: Input) {
        self.conn.handle(at(self.now), input);
        self.listen();
        let wake = self.conn.next_wake();
        assert!(wake.is_none_or(|wake| wake > self.now), "it would wake for ever");
    }

    fn listen(&mut self) {
        self.watch.listen(&mut self.conn);
    }

    fn receive(&mut self, bytes: impl Into<Bytes>) {
        self.handle(Input::Received(bytes.into()));
    }

    /// The writer takes so many bytes, or claims to have taken more than there are.
    fn hand(&mut self, count: usize) {
        let shown = watch::shown(&self.conn);
        self.peer.take(shown.get(..count).unwrap_or(&shown));
        self.watch.handed(count.min(shown.len()));
        self.handle(Input::Handed(count));
    }

    /// A well-behaved broker reads all there is, and answers once.
    fn friendly(&mut self, about: u8) {
        self.hand(usize::MAX);
        if let Some(answer) = self.peer.answer(about) {
            self.receive(answer);
        }
    }

    fn deed(&mut self, input: &mut Reader<'_>) {
        match input.byte() % 16 {
            0 => self.receive(input.bytes().to_vec()),
            1 => {
                let (id, body) = (input.byte(), input.bytes());
                self.receive(frame(id, body));
            }
            2 => self.hand(usize::from(input.byte())),
            3 => self.handle(Input::Flushed),
            4 => self.wait(Duration::from_millis(u64::from(input.byte()) * 50)),
            5 => {
                let wake = self.conn.next_wake().unwrap_or(self.now);
                self.wait(wake.saturating_duration_since(self.now));
            }
            6 | 7 => self.send(&Typed::new(InitProducerIdRequest::default())),
            8 => {
                let acks = i16::from(input.byte() & 1);
                let request = Typed::new(ProduceRequest { acks, ..Default::default() });
                let request = if acks == 0 { request.unanswered() } else { request };
                self.send(&request);
            }
            9 => {
                let id = RequestId(self.next.saturating_sub(u64::from(input.byte() % 8)));
                self.withdraw(id);
            }
            10 => {
                let wait = Duration::from_millis(u64::from(input.byte()) * 100);
                self.conn.mute(self.now.saturating_add(wait));
                self.listen();
            }
            11 => self.work(input.byte()),
            12 => self.handle(Input::Lost(Cause::ClosedByPeer)),
            13 => self.handle(Input::Lost(Cause::Reset)),
            _ => self.friendly(input.byte()),
        }
    }

    fn wait(&mut self, wait: Duration) {
        self.now = self.now.saturating_add(wait);
        self.handle(Input::Tick);
    }

    fn send(&mut self, payload: &dyn Payload) {
        self.next += 1;
        let id = RequestId(self.next);
        let (could, taken) = (self.conn.can_send(), self.conn.send(at(self.now), id, payload));
        if taken.is_ok() {
            self.watch.sent(id, payload.is_answered(), watch::shown(&self.conn).len());
        }
        // Between the two, time may have told it otherwise.
        assert!(taken != Err(None) || !could || !self.conn.can_send(), "it refuses what it takes");
        self.listen();
    }

    fn withdraw(&mut self, id: RequestId) {
        let before = watch::shown(&self.conn).len();
        if let Some(fate) = self.conn.withdraw(id) {
            let is_open = self.conn.versions().is_some();
            let gone = if is_open { before - watch::shown(&self.conn).len() } else { 0 };
            self.watch.withdrawn(id, fate, gone);
        }
        self.listen();
    }

    /// Brings a token, none, or what was hashed.
    fn work(&mut self, choice: u8) {
        let token = Token { value: Secret::from("a.b.c"), extensions: Vec::new() };
        match choice % 3 {
            0 => self.handle(Input::Token(Ok(token))),
            1 => self.handle(Input::Token(Err(TokenError("none".to_owned())))),
            _ => {
                if let Some(job) = self.watch.job() {
                    self.handle(Input::Hashed(job.run()));
                }
            }
        }
    }
}

fn credentials(who: u8) -> Option<Credentials> {
    let (username, password) = ("u".to_owned(), Secret::from("p"));
    match who {
        0 => None,
        1 => Some(Credentials::Plain { username, password }),
        2 => Some(Credentials::Scram { hash: ScramHash::Sha256, username, password }),
        _ => Some(Credentials::OAuthBearer),
    }
}

fn frame(id: u8, body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(body.len()).map_or(u8::MAX, |len| len).saturating_add(4);
    [&[0, 0, 0, len, 0, 0, 0, id], body].concat()
}

fn at(mono: Time) -> Now {
    Now { mono, wall: WallMillis(0) }
}
