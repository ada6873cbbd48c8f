//! One connection under examination, with nothing around it that would try again or elsewhere.
//!
//! It is the client's own machine for a connection, driven by the client's own shell.

use std::collections::{BTreeMap, VecDeque};
use std::io::IoSlice;
use std::sync::Arc;

use klamm_cluster::connection::{Connection, Input, Output, Start};
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{
    Address, Command, ConnFailure, ConnId, Drive, Event, Fate, HostPort, Payload, Reason,
    RequestFailure, RequestId,
};
use klamm_protocol::frame::ResponseFrame;
use klamm_protocol::negotiate::Negotiated;
use klamm_wire::{Now, Time};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::tap::{Heard, Tap};

/// The one connection there is.
const CONN: ConnId = ConnId(1);

pub(super) type Answer = Result<ResponseFrame, RequestFailure>;

/// How far the connection has come.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// Since when it is known what the broker speaks, and what that is.
    pub(super) versions: Option<(Instant, Negotiated)>,
    /// Since when requests can be sent.
    pub(super) ready: Option<Instant>,
    /// What was heard of the saying of who we are.
    pub(super) heard: Heard,
    /// How often it said again who we are.
    pub(super) renewals: u32,
    /// Whether the broker wants to be left alone.
    pub(super) is_throttled: bool,
    pub(super) ended: Option<Ended>,
}

/// How the connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) failure: ConnFailure,
    /// Whether the peer hung up right after our first bytes.
    pub(super) at_once: bool,
}

/// What the connection is opened with.
pub(super) struct Opening {
    pub(super) host: HostPort,
    pub(super) settings: Arc<ConnectionSettings>,
    pub(super) start: Start,
}

/// A machine with one connection, over a transport that the connector holds ready.
pub(super) struct Probe {
    settings: Arc<ConnectionSettings>,
    /// Taken when the transport is there.
    start: Option<Start>,
    connection: Option<Connection>,
    commands: VecDeque<Command>,
    waiting: BTreeMap<RequestId, oneshot::Sender<Answer>>,
    /// Asked for before they could be sent.
    parked: VecDeque<(RequestId, Box<dyn Payload>)>,
    last: RequestId,
    tap: Tap,
    progress: watch::Sender<Progress>,
}

impl Probe {
    pub(super) fn new(opening: Opening) -> (Self, watch::Receiver<Progress>) {
        let (progress, seen) = watch::channel(Progress::default());
        let Opening { host, settings, start } = opening;
        // The address says nothing: the transport is open already.
        let address = Address::ByName;
        let connect = Command::Connect { conn: CONN, host, address };
        let probe = Self {
            settings,
            start: Some(start),
            connection: None,
            commands: VecDeque::from([connect]),
            waiting: BTreeMap::new(),
            parked: VecDeque::new(),
            last: RequestId::default(),
            tap: Tap::new(),
            progress,
        };
        (probe, seen)
    }

    /// Sends a request as soon as it can be; the answer comes by the way that is returned.
    pub(super) fn ask(&mut self, now: Now, payload: Box<dyn Payload>) -> oneshot::Receiver<Answer> {
        let (tell, told) = oneshot::channel();
        self.last = self.last.next();
        self.waiting.insert(self.last, tell);
        self.parked.push_back((self.last, payload));
        self.unpark(now);
        self.pump(now);
        told
    }

    fn unpark(&mut self, now: Now) {
        while let Some((id, payload)) = self.parked.pop_front() {
            let Some(connection) = &mut self.connection else {
                self.end(id, Err(failed(Reason::NoSuchConnection)));
                continue;
            };
            match connection.send(now, id, &*payload) {
                Ok(()) => {}
                Err(Some(reason)) => self.end(id, Err(failed(reason))),
                Err(None) => {
                    self.parked.push_front((id, payload));
                    return;
                }
            }
        }
    }

    fn pump(&mut self, now: Now) {
        while let Some(output) = self.connection.as_mut().and_then(Connection::poll) {
            match output {
                Output::Ready => self.became_ready(now),
                Output::Write => self.commands.push_back(Command::Write(CONN)),
                Output::Hash(job) => self.commands.push_back(Command::Hash { conn: CONN, job }),
                Output::NeedToken => self.commands.push_back(Command::FetchToken { conn: CONN }),
                Output::Answered(id, frame) => self.end(id, Ok(frame)),
                Output::Failed(id, reason, fate) => {
                    self.end(id, Err(RequestFailure { reason, fate }));
                }
                Output::Throttled(_) => {
                    self.progress.send_modify(|progress| progress.is_throttled = true);
                }
                Output::Flushed(_) => {}
                Output::Closed(failure) => {
                    self.commands.push_back(Command::Close(CONN));
                    self.over(failure);
                }
            }
        }
        self.look_at_versions();
    }

    fn became_ready(&mut self, now: Now) {
        self.look_at_versions();
        self.tap.close();
        let heard = self.tap.heard();
        self.progress.send_modify(|progress| {
            let was_throttled = std::mem::take(&mut progress.is_throttled);
            if progress.ready.is_none() {
                progress.ready = Some(Instant::now());
                progress.heard = heard.clone();
            } else if !was_throttled {
                progress.renewals = progress.renewals.saturating_add(1);
            }
        });
        self.unpark(now);
    }

    fn look_at_versions(&self) {
        let versions = self.connection.as_ref().and_then(Connection::versions);
        let is_news = self.progress.borrow().versions.is_none();
        if let (Some(versions), true) = (versions, is_news) {
            let seen = Some((Instant::now(), versions.clone()));
            self.progress.send_modify(|progress| progress.versions = seen);
        }
    }

    fn over(&mut self, failure: ConnFailure) {
        let at_once = self.connection.as_ref().is_some_and(Connection::hung_up_at_once);
        for (id, _) in std::mem::take(&mut self.parked) {
            self.end(id, Err(failed(Reason::Lost(failure.clone()))));
        }
        self.look_at_versions();
        self.progress.send_modify(|progress| progress.ended = Some(Ended { failure, at_once }));
    }

    fn end(&mut self, id: RequestId, answer: Answer) {
        if let Some(waiting) = self.waiting.remove(&id) {
            // Who asked may have given up.
            let _ = waiting.send(answer);
        }
    }
}

fn failed(reason: Reason) -> RequestFailure {
    RequestFailure { reason, fate: Fate::NotWritten }
}

impl Drive for Probe {
    fn handle(&mut self, now: Now, event: Event) {
        let input = match event {
            Event::Connected { .. } => {
                if let Some(start) = self.start.take() {
                    let settings = Arc::clone(&self.settings);
                    self.connection = Some(Connection::open(now, settings, start));
                }
                self.pump(now);
                return;
            }
            Event::ConnectFailed { failure, .. } => return self.over(failure),
            Event::Received { bytes, .. } => Input::Received(bytes),
            Event::Handed { count, .. } => Input::Handed(count),
            Event::Flushed { .. } => Input::Flushed,
            Event::Closed { cause, .. } => Input::Lost(cause),
            Event::Hashed { salted, .. } => Input::Hashed(salted),
            Event::Token { token, .. } => Input::Token(token),
            Event::Tick => Input::Tick,
            Event::Resolved { .. } | Event::Woken => return,
        };
        let came = if let Input::Received(bytes) = &input { Some(bytes.clone()) } else { None };
        if let Some(connection) = &mut self.connection {
            connection.handle(now, input);
            if let Some(bytes) = came {
                self.tap.listen(&bytes, connection.versions());
            }
        }
        self.pump(now);
    }

    fn poll(&mut self, _: Now) -> Option<Command> {
        self.commands.pop_front()
    }

    fn next_wake(&self) -> Option<Time> {
        self.connection.as_ref().and_then(Connection::next_wake)
    }

    fn chunks<'a>(&'a self, _: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.connection.as_ref().map_or(0, |connection| connection.chunks(slices))
    }
}
