//! A cluster machine, a few servers, and a clock that only moves when there is nothing to do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::IoSlice;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_wire::{Now, Time};

use super::super::{Cluster, News};
use super::peer::{Habit, Peer, Picture, Reaction};
use crate::failure::{Cause, ConnFailure, RequestFailure, Stage};
use crate::names::{ConnId, RequestId};
use crate::sasl::Nonces;
use crate::{Address, Asking, Command, Destination, Drive, Event, HostPort, Settings, Typed};

/// So many turns without an end are a storm.
const STORM: usize = 20_000;

/// How a server behaves.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) is_down: bool,
    /// Who dials it hears nothing at all.
    pub(super) is_away: bool,
    /// Its answers wait for [`World::release`].
    pub(super) is_slow: bool,
    pub(super) habits: BTreeMap<ApiKey, Habit>,
    /// What it was asked, in order.
    pub(super) asked: Vec<ApiKey>,
    /// How often it was dialled.
    pub(super) dialled: usize,
}

/// How a request ended.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    Answered,
    Flushed,
    Failed(RequestFailure),
}

/// Everything.
pub(super) struct World {
    pub(super) now: Now,
    pub(super) cluster: Cluster,
    pub(super) picture: Picture,
    pub(super) servers: BTreeMap<HostPort, Server>,
    pub(super) conns: BTreeMap<ConnId, (HostPort, Peer)>,
    /// What servers sent, in order.
    arriving: VecDeque<(ConnId, Reaction)>,
    /// Answers of slow servers.
    held: VecDeque<(ConnId, Reaction)>,
    pub(super) ends: BTreeMap<RequestId, End>,
    pub(super) news: Vec<News>,
    /// Requests that end when they have left.
    pub(super) unanswered: BTreeSet<RequestId>,
    turns: usize,
}

impl World {
    /// Brokers 1 to `brokers`, of which the first is the bootstrap server `b1:9092`.
    pub(super) fn of(brokers: i32) -> Self {
        Self::with(brokers, |_| {})
    }

    pub(super) fn with(brokers: i32, change: impl FnOnce(&mut Settings)) -> Self {
        let at = |id: i32| (format!("b{id}"), 9092);
        let picture = Picture {
            brokers: (1..=brokers).map(|id| (id, at(id))).collect(),
            topics: [("orders".to_owned(), (1..=brokers).collect())].into(),
            coordinator: brokers,
            session_ms: 0,
            features: 9,
        };
        let mut settings = Settings::new(vec![host(1)]);
        settings.dial.max_idle = None;
        change(&mut settings);
        let now = Now::default();
        let mut servers: BTreeMap<HostPort, Server> =
            settings.bootstrap.iter().map(|host| (host.clone(), Server::default())).collect();
        servers.extend((1..=brokers).map(|id| (host(id), Server::default())));
        Self {
            now,
            cluster: Cluster::new(now, settings, Nonces::new([7; 32])),
            picture,
            servers,
            conns: BTreeMap::new(),
            arriving: VecDeque::new(),
            held: VecDeque::new(),
            ends: BTreeMap::new(),
            news: Vec::new(),
            unanswered: BTreeSet::new(),
            turns: 0,
        }
    }

    pub(super) fn server(&mut self, id: i32) -> &mut Server {
        self.servers.get_mut(&host(id)).unwrap()
    }

    /// Kills a server: nobody listens, and its connections are reset.
    pub(super) fn kill(&mut self, id: i32) {
        self.server(id).is_down = true;
        let lost: Vec<ConnId> = self.conns_of(id);
        for conn in lost {
            self.conns.remove(&conn);
            self.happens(Event::Closed { conn, cause: Cause::Reset });
        }
    }

    /// Sends the oldest answer of a slow server; false if there is none.
    pub(super) fn release(&mut self) -> bool {
        let Some(sent) = self.held.pop_front() else { return false };
        self.arriving.push_back(sent);
        self.settle();
        true
    }

    /// The server of a connection closes it.
    pub(super) fn hang_up(&mut self, conn: ConnId) {
        self.conns.remove(&conn);
        self.happens(Event::Closed { conn, cause: Cause::ClosedByPeer });
    }

    pub(super) fn conns_of(&self, id: i32) -> Vec<ConnId> {
        let of = self.conns.iter().filter(|(_, (at, _))| *at == host(id));
        of.map(|(conn, _)| *conn).collect()
    }

    pub(super) fn conns_at(&self, host: &HostPort) -> Vec<ConnId> {
        let at = self.conns.iter().filter(|(_, (at, _))| at == host);
        at.map(|(conn, _)| *conn).collect()
    }

    /// Asks for a producer id within 10 seconds.
    pub(super) fn ask(&mut self, to: Destination) -> RequestId {
        self.ask_at_once(&[to])[0]
    }

    /// The same of many, before anything comes of the first.
    pub(super) fn ask_at_once(&mut self, of: &[Destination]) -> Vec<RequestId> {
        let deadline = self.now.mono.saturating_add(Duration::from_secs(10));
        let mut ask = |to: &Destination| {
            let payload = Box::new(Typed::new(InitProducerIdRequest::default()));
            self.cluster.ask(self.now, Asking { to: to.clone(), deadline, payload })
        };
        let ids = of.iter().map(&mut ask).collect();
        self.settle();
        ids
    }

    /// Lets everything happen that needs no time.
    pub(super) fn settle(&mut self) {
        loop {
            while let Some(news) = self.cluster.next_news() {
                self.read(news);
            }
            self.turns += 1;
            assert!(self.turns < STORM, "a storm at {:?}", self.now.mono);
            if let Some(command) = self.cluster.poll(self.now) {
                self.carry_out(command);
            } else if let Some((conn, reaction)) = self.arriving.pop_front() {
                self.arrive(conn, reaction);
            } else {
                break;
            }
        }
    }

    /// Lets time pass until a request has ended.
    pub(super) fn drive(&mut self, id: RequestId) -> &End {
        self.settle();
        while !self.ends.contains_key(&id) {
            assert!(self.tick(), "nothing is left to happen, and {id} has no end");
        }
        &self.ends[&id]
    }

    /// Lets so much time pass.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now.mono.saturating_add(time);
        self.settle();
        while self.cluster.next_wake().is_some_and(|wake| wake <= until) {
            self.tick();
        }
        self.now.mono = until;
    }

    /// Goes on to the next instant at which something is due.
    fn tick(&mut self) -> bool {
        let Some(wake) = self.cluster.next_wake() else { return false };
        self.turns += 1;
        assert!(self.turns < STORM, "ticks without end at {:?}", self.now.mono);
        self.now.mono = Time(wake.0.max(self.now.mono.0));
        self.happens(Event::Tick);
        true
    }

    pub(super) fn happens(&mut self, event: Event) {
        self.cluster.handle(self.now, event);
        self.settle();
    }

    fn read(&mut self, news: News) {
        let (id, end) = match news {
            News::Answered { request, .. } => (request, End::Answered),
            News::Failed { request, failure } => (request, End::Failed(failure)),
            News::Flushed { request } if self.unanswered.contains(&request) => {
                (request, End::Flushed)
            }
            News::Flushed { .. } => return,
            other => return self.news.push(other),
        };
        assert!(self.ends.insert(id, end).is_none(), "{id} ended twice");
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Resolve { lookup, .. } => {
                let local = Address::Ip([127, 0, 0, 1].into());
                self.cluster.handle(self.now, Event::Resolved { lookup, result: Ok(vec![local]) });
            }
            Command::Connect { conn, host, .. } => self.connect(conn, host),
            Command::Write(conn) => self.write(conn),
            Command::Close(conn) => drop(self.conns.remove(&conn)),
            Command::Hash { conn, job } => {
                let salted = job.run();
                self.cluster.handle(self.now, Event::Hashed { conn, salted });
            }
            Command::FetchToken { .. } => {}
        }
    }

    fn connect(&mut self, conn: ConnId, host: HostPort) {
        let server = self.servers.entry(host.clone()).or_default();
        server.dialled += 1;
        if server.is_away {
            return;
        }
        if server.is_down {
            let failure = ConnFailure { stage: Stage::Connect, cause: Cause::Refused };
            return self.cluster.handle(self.now, Event::ConnectFailed { conn, failure });
        }
        self.conns.insert(conn, (host, Peer::default()));
        self.cluster.handle(self.now, Event::Connected { conn });
    }

    fn write(&mut self, conn: ConnId) {
        let mut slices = [IoSlice::new(&[]); 8];
        let count = self.cluster.chunks(conn, &mut slices);
        let shown: Vec<u8> = slices.iter().take(count).flat_map(|slice| slice.to_vec()).collect();
        self.cluster.handle(self.now, Event::Handed { conn, count: shown.len() });
        self.cluster.handle(self.now, Event::Flushed { conn });
        let Some((host, peer)) = self.conns.get_mut(&conn) else { return };
        let server = self.servers.get_mut(host).unwrap();
        let reactions = peer.read(Bytes::from(shown), &self.picture, &mut server.habits);
        server.asked.extend(reactions.iter().map(|(key, _)| *key));
        let sent = reactions.into_iter().filter_map(|(_, reaction)| Some((conn, reaction?)));
        let queue = if server.is_slow { &mut self.held } else { &mut self.arriving };
        queue.extend(sent);
    }

    fn arrive(&mut self, conn: ConnId, reaction: Reaction) {
        if !self.conns.contains_key(&conn) {
            return;
        }
        match reaction {
            Reaction::Answer(bytes) => {
                self.cluster.handle(self.now, Event::Received { conn, bytes });
            }
            Reaction::HangUp => {
                self.conns.remove(&conn);
                self.cluster.handle(self.now, Event::Closed { conn, cause: Cause::ClosedByPeer });
            }
        }
    }
}

pub(super) fn host(id: i32) -> HostPort {
    HostPort::new(&format!("b{id}"), 9092).unwrap()
}
