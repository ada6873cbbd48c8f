//! The door of the cluster: bytes of connections in, bytes and instants out.
//!
//! A [`Cluster`] decides everything and does nothing. Whoever drives it tells it what came
//! ([`open`](Cluster::open), [`receive`](Cluster::receive), [`closed`](Cluster::closed)), when an
//! answer has left ([`sent`](Cluster::sent)) and when time has passed ([`wake`](Cluster::wake));
//! after each of these it takes what is to be done from [`poll`](Cluster::poll) until there is
//! nothing more, and comes back at [`next_wake`](Cluster::next_wake) at the latest. The same calls
//! with the same instants give the same bytes.
//!
//! As in Kafka, a node serves one request of a connection at a time: the next one is looked at
//! when the answer to the one before has left. So a client that does not read its answers costs
//! one answer and what it was allowed to send ahead.

pub(crate) mod connection;
mod faulty;
mod happenings;
mod inspect;
mod listener;
mod nodes;
mod partition;
mod progress;
mod settings;
mod sizes;
mod state;
mod topics;
mod waiting;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::Segments;
use klamm_wire::{NodeId, Now, Time};

use crate::api::{self, Arrived, Outcome};
use crate::faults::Welcome;
use crate::security::Principal;
use connection::{Connection, Session, Turn};
use waiting::Waiting;

pub use connection::ConnectionId;
pub use happenings::Danger;
pub use listener::Listener;
pub use nodes::Restart;
pub(crate) use partition::Partition;
pub use settings::{
    ClusterSettings, Limits, NodeSettings, ReplicationSettings, SecuritySettings, TopicDefaults,
};
pub(crate) use state::{Coordinates, Node, State, check_leader, transaction_rules};
pub use state::{Endpoint, Life};
pub(crate) use topics::{Ground, Layout, Refusal, Topic, is_valid_name, name_fault};

/// How often the cluster looks for what is old: connections, records, producers, laggards.
const SWEEP: Duration = Duration::from_secs(1);

/// Bytes of further requests that are taken in while one is being served.
const READ_AHEAD: usize = 64 * 1024;

/// What is to be done.
#[derive(Debug)]
#[must_use]
pub enum Output {
    /// Write these bytes, then say [`Cluster::sent`].
    Send {
        /// To whom.
        connection: ConnectionId,
        /// A frame, its length included.
        frame: Segments,
    },
    /// End the connection when what was to be written before is written.
    Close {
        /// Which one.
        connection: ConnectionId,
    },
    /// The same, by a reset.
    Reset {
        /// Which one.
        connection: ConnectionId,
    },
}

/// A cluster of nodes, their logs and coordinators, and the connections to them.
pub struct Cluster {
    pub(crate) state: State,
    connections: BTreeMap<ConnectionId, Connection>,
    waiting: BTreeMap<ConnectionId, Waiting>,
    outputs: VecDeque<Output>,
    next_connection: u64,
    next_sweep: Option<Time>,
}

impl Cluster {
    /// A cluster without topics, all of whose nodes are up.
    #[must_use]
    pub fn new(settings: ClusterSettings) -> Self {
        Self {
            state: State::new(settings.bounded()),
            connections: BTreeMap::new(),
            waiting: BTreeMap::new(),
            outputs: VecDeque::new(),
            next_connection: 0,
            next_sweep: None,
        }
    }

    /// A client has connected to a listener of a node; `None` when the node is down, or when a
    /// fault ends the connection at once.
    pub fn open(
        &mut self,
        now: Now,
        node: NodeId,
        listener: Listener,
        host: &str,
    ) -> Option<ConnectionId> {
        let known = self.state.nodes.get(&node)?;
        if known.life == Life::Down {
            return None;
        }
        let welcome = self.state.faults.script.welcome(node);
        if welcome == Some(Welcome::DropConnection) {
            return None;
        }
        self.next_connection = self.next_connection.saturating_add(1);
        let id = ConnectionId(self.next_connection);
        let session = Session::new(id, node, listener, host);
        let limit = self.state.settings.limits.of_requests(session.sasl.is_done());
        let defects = &self.state.settings.defects;
        self.connections.insert(id, Connection::new(session, limit, now.mono, defects));
        self.next_sweep.get_or_insert(now.mono.saturating_add(SWEEP));
        if welcome == Some(Welcome::Hang) {
            self.wait(id, Waiting::Hung);
        }
        Some(id)
    }

    /// The client has shown by a certificate who it is. What it proves later goes before that.
    pub fn identify(&mut self, connection: ConnectionId, principal: Principal) {
        if let Some(known) = self.connections.get_mut(&connection) {
            known.session.principal = principal;
        }
    }

    /// Bytes have come on a connection, in pieces of any size.
    pub fn receive(&mut self, now: Now, connection: ConnectionId, bytes: Bytes) {
        self.end_troubles(now);
        if let Some(known) = self.connections.get_mut(&connection) {
            known.push(bytes, now.mono);
            self.serve_all(now, connection);
            self.settle(now);
        }
    }

    /// An answer has left; the next request of that connection may be served.
    pub fn sent(&mut self, now: Now, connection: ConnectionId) {
        self.end_troubles(now);
        if self.goes_on(now, connection) {
            return;
        }
        let Some(known) = self.connections.get_mut(&connection) else { return };
        if known.turn == Turn::Sending {
            known.turn = Turn::Free;
            known.active = now.mono;
            self.serve_all(now, connection);
            self.settle(now);
        }
    }

    /// The client is gone.
    pub fn closed(&mut self, connection: ConnectionId) {
        if self.connections.remove(&connection).is_some() {
            self.forget(connection);
        }
    }

    /// Time has passed.
    pub fn wake(&mut self, now: Now) {
        self.end_troubles(now);
        self.sweep(now);
        self.unmute(now);
        self.settle(now);
    }

    /// The next thing to do; call until there is none.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to come back at the latest.
    #[must_use]
    pub fn next_wake(&self) -> Option<Time> {
        // Whoever waits at a node that does nothing is looked at when that goes on.
        let served = self.waiting.iter().filter(|(id, _)| self.is_served(**id));
        let waits = served.filter_map(|(_, waiting)| waiting.deadline()).min();
        let mutes = self.connections.values().filter_map(|known| known.muted_until).min();
        let machines = [self.state.transactions.next_wake(), self.state.groups.next_wake()];
        let troubles = self.state.faults.troubles.next_end();
        let own = [waits, mutes, troubles, self.next_sweep, self.state.next_step];
        machines.into_iter().chain(own).flatten().min()
    }

    /// Whether more bytes of a connection are welcome: it is free, or has little lying there.
    #[must_use]
    pub fn wants_bytes(&self, connection: ConnectionId) -> bool {
        let known = self.connections.get(&connection);
        known.is_none_or(|known| known.turn == Turn::Free || known.backlog() < READ_AHEAD)
    }

    /// Serves what can be served of one connection.
    fn serve_all(&mut self, now: Now, id: ConnectionId) {
        loop {
            let Some(connection) = self.connections.get_mut(&id) else { return };
            let node = self.state.nodes.get(&connection.session.node);
            if !node.is_some_and(Node::is_working) {
                return;
            }
            match connection.next_request(now.mono, &self.state.settings.defects) {
                Ok(None) => return,
                Ok(Some(frame)) => {
                    let arrived = Arrived { frame, came: now.mono, is_last: false };
                    self.set_course(id, &arrived);
                    self.serve(now, id, arrived);
                }
                Err(_) => self.hang_up(id),
            }
        }
    }

    /// Serves one request, perhaps again.
    fn serve(&mut self, now: Now, id: ConnectionId, arrived: Arrived) {
        let Some(arrived) = self.intercepted(now, id, arrived) else { return };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let outcome = api::serve(&mut self.state, &mut connection.session, now, &arrived);
        let is_known = connection.session.sasl.is_done();
        connection.set_limit(self.state.settings.limits.of_requests(is_known));
        if let Outcome::Again(until) = outcome {
            self.wait(id, Waiting::Again { arrived, until });
        } else if let Some(outcome) = self.withheld(now, id, &arrived, outcome) {
            self.follow(now, id, outcome);
        }
    }

    /// Does what became of a request.
    fn follow(&mut self, now: Now, id: ConnectionId, outcome: Outcome) {
        match outcome {
            Outcome::Answer(frame) => self.send(now, id, frame),
            Outcome::Silence => {}
            Outcome::Never => self.wait(id, Waiting::Hung),
            Outcome::Close | Outcome::Again(_) => self.hang_up(id),
            Outcome::Refused { answer, at } => self.wait(id, Waiting::Refused { answer, at }),
            Outcome::Produced(delayed) => self.wait(id, Waiting::Produce(delayed)),
            Outcome::Group(reply) => self.wait(id, Waiting::Group(reply)),
        }
    }

    fn wait(&mut self, id: ConnectionId, waiting: Waiting) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.turn = Turn::Waiting;
            self.waiting.insert(id, waiting);
        }
    }

    /// Writes an answer as it is.
    fn write(&mut self, id: ConnectionId, frame: Segments) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.turn = Turn::Sending;
            self.outputs.push_back(Output::Send { connection: id, frame });
        }
    }

    /// Ends a connection.
    fn hang_up(&mut self, id: ConnectionId) {
        self.closed(id);
        self.outputs.push_back(Output::Close { connection: id });
    }

    /// Ends a connection by a reset.
    fn reset(&mut self, id: ConnectionId) {
        self.closed(id);
        self.outputs.push_back(Output::Reset { connection: id });
    }

    fn forget(&mut self, id: ConnectionId) {
        if self.waiting.remove(&id).is_some() {
            self.state.groups.forget(crate::group::Token(id.0));
        }
    }
}
