//! A connection, its peer, and the clock: what a test says, and what it looks at.

use std::collections::BTreeMap;
use std::io::IoSlice;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use klamm_cluster::connection::{Connection, Input, Output, Start};
use klamm_cluster::sasl::{Credentials, HashJob, Nonces, Salted, ScramHash, Token};
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, ConnFailure, Fate, Payload, Reason, RequestId, Secret, Typed};
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::negotiate::Ask;
use klamm_protocol::produce::ProduceRequest;
use klamm_wire::{Now, Time, WallMillis};

use crate::peer::{Peer, Script};
use crate::scram::PASSWORD;

/// Something that a connection said, without what tests do not compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Ready,
    Write,
    Hash,
    NeedToken,
    Flushed(u64),
    Answered(u64),
    Failed(u64, Fate),
    Throttled(Time),
    Closed(ConnFailure),
}

/// How a connection is set up.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) settings: ConnectionSettings,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) ask: Ask,
}

/// Everything.
pub(crate) struct Rig {
    pub(crate) conn: Connection,
    pub(crate) peer: Peer,
    pub(crate) now: Time,
    pub(crate) told: Vec<Told>,
    /// What the peer said and we have not read.
    pub(crate) towards_us: Vec<u8>,
    pub(crate) hash: Option<HashJob>,
    /// Whether a token is waited for.
    pub(crate) needs_token: bool,
    /// Requests that were taken, and how often each ended.
    ends: BTreeMap<u64, usize>,
    /// Where in our stream each request ends; and how far the stream was handed over.
    fully: BTreeMap<u64, usize>,
    handed: usize,
    over: Option<ConnFailure>,
}

pub(crate) fn plain() -> Option<Credentials> {
    Some(Credentials::Plain { username: "alice".to_owned(), password: Secret::from(PASSWORD) })
}

pub(crate) fn scram() -> Option<Credentials> {
    let (username, password) = ("alice".to_owned(), Secret::from(PASSWORD));
    Some(Credentials::Scram { hash: ScramHash::Sha256, username, password })
}

pub(crate) fn token() -> Token {
    Token { value: Secret::from("a.b.c"), extensions: Vec::new() }
}

pub(crate) fn small() -> Typed<InitProducerIdRequest<'static>> {
    Typed::new(InitProducerIdRequest::default())
}

pub(crate) fn metadata() -> Typed<MetadataRequest<'static>> {
    Typed::new(MetadataRequest::default())
}

/// A request that no answer is due for.
pub(crate) fn quiet() -> Typed<ProduceRequest<'static>> {
    Typed::new(ProduceRequest { acks: 0, ..Default::default() }).unanswered()
}

/// A request of at least so many bytes.
pub(crate) fn large(bytes: usize) -> Typed<InitProducerIdRequest<'static>> {
    let transactional_id = Some("x".repeat(bytes).into());
    Typed::new(InitProducerIdRequest { transactional_id, ..Default::default() })
}

impl Rig {
    pub(crate) fn open(script: Script, setup: Setup) -> Self {
        let start = Start {
            ask: setup.ask,
            credentials: setup.credentials,
            nonces: Nonces::new([9; 32]),
            seed: 1,
        };
        let now = Time(1_000);
        let conn = Connection::open(at(now), Arc::new(setup.settings), start);
        let mut rig = Self {
            conn,
            peer: Peer::new(script),
            now,
            told: Vec::new(),
            towards_us: Vec::new(),
            hash: None,
            needs_token: false,
            ends: BTreeMap::new(),
            fully: BTreeMap::new(),
            handed: 0,
            over: None,
        };
        rig.listen();
        rig
    }

    /// A connection on which requests can be sent.
    pub(crate) fn ready(script: Script, setup: Setup) -> Self {
        let mut rig = Self::open(script, setup);
        rig.settle();
        assert!(rig.conn.can_send(), "{:?}", rig.told);
        rig.told.clear();
        rig
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.conn.handle(at(self.now), input);
        self.listen();
    }

    /// Reads what the connection says, and holds it to its laws.
    pub(crate) fn listen(&mut self) {
        while let Some(output) = self.conn.poll() {
            assert!(self.failure().is_none(), "it spoke after its end: {output:?}");
            let told = match output {
                Output::Ready => Told::Ready,
                Output::Write => Told::Write,
                Output::Hash(job) => {
                    self.hash = Some(job);
                    Told::Hash
                }
                Output::NeedToken => {
                    self.needs_token = true;
                    Told::NeedToken
                }
                Output::Flushed(id) => self.flushed(id),
                Output::Answered(id, _) => {
                    self.ended(id);
                    Told::Answered(id.0)
                }
                Output::Failed(id, reason, fate) => self.failed(id, &reason, fate),
                Output::Throttled(until) => Told::Throttled(until),
                Output::Closed(failure) => {
                    let open: Vec<_> = self.ends.iter().filter(|(_, ends)| **ends == 0).collect();
                    assert!(open.is_empty(), "without an end: {open:?}");
                    self.over = Some(failure.clone());
                    Told::Closed(failure)
                }
            };
            self.told.push(told);
        }
    }

    fn ended(&mut self, id: RequestId) {
        let ends = self.ends.get_mut(&id.0).unwrap();
        *ends += 1;
        assert_eq!(*ends, 1, "{id} ended again");
    }

    fn flushed(&mut self, id: RequestId) -> Told {
        // Of those that no answer is due for, this is the end; their ids are odd in these tests.
        if id.0 % 2 == 1 {
            self.ended(id);
        }
        Told::Flushed(id.0)
    }

    fn failed(&mut self, id: RequestId, reason: &Reason, fate: Fate) -> Told {
        assert!(matches!(reason, Reason::Lost(_)), "{reason}");
        self.ended(id);
        let was_handed = self.fully[&id.0] <= self.handed;
        assert_eq!(fate == Fate::Unknown, was_handed, "what was never handed over is not in doubt");
        Told::Failed(id.0, fate)
    }

    /// The bytes that the connection wants written.
    pub(crate) fn to_write(&self) -> Vec<u8> {
        let mut slices = [IoSlice::new(&[]); 64];
        let filled = self.conn.chunks(&mut slices);
        slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect()
    }

    /// The writer takes so many bytes, which reach the peer.
    pub(crate) fn hand(&mut self, count: usize) {
        let bytes = self.to_write();
        self.peer.take(&bytes[..count]);
        self.handed += count;
        self.handle(Input::Handed(count));
        while let Some(answer) = self.peer.answer() {
            self.towards_us.extend(answer);
        }
    }

    /// The writer takes everything.
    pub(crate) fn write(&mut self) {
        while !self.to_write().is_empty() {
            self.hand(self.to_write().len());
        }
    }

    /// We read so many bytes of what the peer said.
    pub(crate) fn read(&mut self, count: usize) {
        let bytes: Vec<u8> = self.towards_us.drain(..count).collect();
        self.handle(Input::Received(Bytes::from(bytes)));
    }

    /// Does the work that the connection asked for.
    pub(crate) fn work(&mut self) {
        if let Some(job) = self.hash.take() {
            // Salt and password are always the same, and hashing takes most of the time.
            static SALTED: OnceLock<Salted> = OnceLock::new();
            self.handle(Input::Hashed(SALTED.get_or_init(|| job.run()).clone()));
        }
        if std::mem::take(&mut self.needs_token) {
            self.handle(Input::Token(Ok(token())));
        }
    }

    /// Lets everything happen that needs no time.
    pub(crate) fn settle(&mut self) {
        for _ in 0..1000 {
            let before = self.told.len();
            self.write();
            self.handle(Input::Flushed);
            self.read(self.towards_us.len());
            self.work();
            if self.told.len() == before && self.to_write().is_empty() {
                return;
            }
        }
        panic!("it never ends");
    }

    /// Lets time pass, and the connection wake when it wants to; without bytes moving.
    pub(crate) fn pass(&mut self, wait: Duration) {
        let until = self.now.saturating_add(wait);
        while let Some(wake) = self.conn.next_wake().filter(|wake| *wake <= until) {
            self.now = wake.max(self.now);
            self.handle(Input::Tick);
            assert!(self.conn.next_wake() != Some(wake), "it wakes for nothing at {wake:?}");
        }
        self.now = until;
    }

    /// Sends a request; even ids only, or odd ones for what no answer is due for.
    pub(crate) fn try_send(
        &mut self,
        id: u64,
        payload: &dyn Payload,
    ) -> Result<(), Option<Reason>> {
        assert_eq!(id.is_multiple_of(2), payload.is_answered());
        let could = self.conn.can_send();
        let sent = self.conn.send(at(self.now), RequestId(id), payload);
        if sent.is_ok() {
            assert!(could, "it takes what it said that it would not");
            self.ends.insert(id, 0);
            self.fully.insert(id, self.handed + self.to_write().len());
        }
        self.listen();
        sent
    }

    pub(crate) fn send(&mut self, id: u64, payload: &dyn Payload) {
        self.try_send(id, payload).unwrap();
    }

    /// Nobody waits for a request any more.
    pub(crate) fn withdraw(&mut self, id: u64) -> Option<Fate> {
        let before = self.to_write().len();
        let fate = self.conn.withdraw(RequestId(id));
        if fate == Some(Fate::NotWritten) && self.conn.versions().is_some() {
            let (gone, end) = (before - self.to_write().len(), self.fully[&id]);
            self.fully.values_mut().filter(|other| **other > end).for_each(|end| *end -= gone);
        }
        if fate.is_some() {
            self.ended(RequestId(id));
        }
        self.listen();
        fate
    }

    /// How it ended.
    pub(crate) fn failure(&self) -> Option<&ConnFailure> {
        self.over.as_ref()
    }

    pub(crate) fn cause(&self) -> Option<&Cause> {
        self.failure().map(|failure| &failure.cause)
    }

    /// What was said since the last time, but for the wish to write.
    pub(crate) fn heard(&mut self) -> Vec<Told> {
        self.told.drain(..).filter(|told| *told != Told::Write).collect()
    }
}

pub(crate) fn at(mono: Time) -> Now {
    Now { mono, wall: WallMillis(0) }
}
