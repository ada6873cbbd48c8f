//! What the shell reports, and what connections make of it.

use std::io::IoSlice;

use bytes::Bytes;
use klamm_protocol::frame::ResponseFrame;
use klamm_wire::{Now, Time};

use super::links::Link;
use super::requests::Purpose;
use super::{Cluster, News};
use crate::connection::{Connection, Input, Output, Start};
use crate::dial::Target;
use crate::drive::{Command, Drive, Event};
use crate::failure::{Cause, ConnFailure, Fate, Reason};
use crate::names::{ConnId, RequestId};

impl Drive for Cluster {
    fn handle(&mut self, now: Now, event: Event) {
        match event {
            Event::Tick if !self.known.is_closed => self.tick(now),
            Event::Tick => {}
            Event::Woken => {}
            Event::Resolved { lookup, result } => self.dial.resolved(now.mono, lookup, result),
            Event::Connected { conn } => self.opened(now, conn),
            Event::ConnectFailed { conn, failure } => {
                self.links.undialled(conn);
                self.dial.failed(now.mono, conn, failure);
            }
            Event::Received { conn, bytes } => self.received(now, conn, bytes),
            Event::Handed { conn, count } => self.tell(now, conn, Input::Handed(count)),
            Event::Flushed { conn } => self.tell(now, conn, Input::Flushed),
            Event::Closed { conn, cause } => self.tell(now, conn, Input::Lost(cause)),
            Event::Hashed { conn, salted } => self.tell(now, conn, Input::Hashed(salted)),
            Event::Token { conn, token } => self.tell(now, conn, Input::Token(token)),
        }
        self.turn(now);
    }

    fn poll(&mut self, _: Now) -> Option<Command> {
        self.commands.pop_front()
    }

    fn next_wake(&self) -> Option<Time> {
        self.wake()
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.links.get(conn).map_or(0, |link| link.connection.chunks(slices))
    }
}

impl Cluster {
    /// Time has passed.
    fn tick(&mut self, now: Now) {
        self.dial.tick(now.mono);
        for conn in self.links.names() {
            self.tell(now, conn, Input::Tick);
        }
        while let Some(id) = self.requests.overdue(now.mono) {
            let met = self.requests.get(id).and_then(|open| open.met.clone());
            let met = met.or_else(|| self.reach.failure(self.awaited(id)).cloned());
            self.expire(now, id, Reason::DeadlinePassed(met));
        }
        if let Some(max_idle) = self.settings.dial.max_idle {
            for conn in self.links.idle(now.mono, max_idle) {
                self.hang_up(now, conn, Cause::Idle);
            }
        }
        self.give_up_after_long(now);
    }

    /// A request's time is over.
    fn expire(&mut self, now: Now, id: RequestId, reason: Reason) {
        let conn = self.requests.get(id).and_then(|open| open.conn);
        let fate = conn.and_then(|conn| self.links.get_mut(conn)?.connection.withdraw(id));
        self.fail(id, reason, fate.unwrap_or(Fate::NotWritten));
        if let Some(conn) = conn {
            self.pump(now, conn);
        }
    }

    /// The transport of a connection is open.
    fn opened(&mut self, now: Now, conn: ConnId) {
        let Some((target, host)) = self.links.undialled(conn) else {
            // Given up in the meantime.
            return self.commands.push_back(Command::Close(conn));
        };
        self.dial.connected(now.mono, conn);
        let start = Start {
            ask: self.known.elders.ask(now.mono, &host),
            credentials: self.settings.sasl.clone(),
            nonces: self.known.nonces.fork(),
            seed: self.known.dice.roll(),
        };
        let connection = Connection::open(now, self.connection.clone(), start);
        self.links.opened(
            conn,
            Link {
                connection,
                target,
                host,
                was_ready: false,
                has_served: false,
                is_leaving: false,
            },
        );
        self.pump(now, conn);
    }

    fn received(&mut self, now: Now, conn: ConnId, bytes: Bytes) {
        if let Some(link) = self.links.get(conn) {
            self.known.elders.answered(&link.host);
        }
        self.tell(now, conn, Input::Received(bytes));
    }

    /// Hands something to a connection, and reads what comes of it.
    fn tell(&mut self, now: Now, conn: ConnId, input: Input) {
        if let Some(link) = self.links.get_mut(conn) {
            link.connection.handle(now, input);
            self.pump(now, conn);
        }
    }

    /// Ends a connection for a reason of ours.
    pub(super) fn hang_up(&mut self, now: Now, conn: ConnId, cause: Cause) {
        if let Some(link) = self.links.get_mut(conn) {
            link.connection.close(cause);
            self.pump(now, conn);
        }
    }

    /// Reads what a connection has to say.
    pub(super) fn pump(&mut self, now: Now, conn: ConnId) {
        while let Some(output) = self.links.get_mut(conn).and_then(|link| link.connection.poll()) {
            match output {
                Output::Ready => self.ready(conn),
                Output::Write => self.commands.push_back(Command::Write(conn)),
                Output::Hash(job) => self.commands.push_back(Command::Hash { conn, job }),
                Output::NeedToken => self.commands.push_back(Command::FetchToken { conn }),
                Output::Flushed(id) => self.flushed(id),
                Output::Answered(id, frame) => self.answered(now, conn, id, frame),
                Output::Failed(id, reason, fate) => self.lost(now, id, reason, fate),
                Output::Throttled(until) => {
                    self.is_kept_waiting(conn);
                    self.news.push_back(News::Throttled { conn, until });
                }
                Output::Closed(failure) => self.closed(now, conn, failure),
            }
        }
    }

    fn ready(&mut self, conn: ConnId) {
        let Some(link) = self.links.get_mut(conn) else { return };
        if std::mem::replace(&mut link.was_ready, true) {
            return;
        }
        let target = link.target;
        if let Some(versions) = link.connection.versions() {
            let features = std::mem::take(&mut self.known.features);
            self.known.features = features.newest(versions.features().clone());
        }
        self.known.wished.remove(&target);
        self.reach.ready(target);
        self.reaching = None;
        self.news.push_back(News::Up { conn, target });
    }

    /// A server that wants silence before it was ready is of no use to just anybody.
    fn is_kept_waiting(&mut self, conn: ConnId) {
        let target = self.links.get(conn).filter(|link| !link.was_ready).map(|link| link.target);
        if self.reaching.is_some() && self.reaching == target {
            self.reaching = None;
        }
    }

    fn flushed(&mut self, id: RequestId) {
        let Some(open) = self.requests.get(id) else { return };
        let Purpose::Asked { payload, .. } = &open.purpose else { return };
        if !payload.is_answered() {
            self.requests.end(id);
        }
        self.news.push_back(News::Flushed { request: id });
    }

    /// A server is well that answers. One that only says its versions, and then breaks off each
    /// time, is dialled less and less often.
    fn has_served(&mut self, conn: ConnId) {
        let Some(link) = self.links.get_mut(conn) else { return };
        if !std::mem::replace(&mut link.has_served, true) {
            self.dial.ready(conn);
        }
    }

    fn answered(&mut self, now: Now, conn: ConnId, id: RequestId, frame: ResponseFrame) {
        self.has_served(conn);
        let Some(open) = self.requests.end(id) else { return };
        let read = match open.purpose {
            Purpose::Asked { .. } => {
                return self.news.push_back(News::Answered { request: id, conn, frame });
            }
            Purpose::Metadata(query) => {
                let read = self.metadata.answered(now.mono, query, &frame);
                if self.metadata.is_failing() {
                    self.reach.cut_off(now.mono);
                } else {
                    self.reach.in_touch();
                }
                read
            }
            Purpose::Lookup(lookup) => self.coordinators.answered(now.mono, lookup, &frame),
        };
        if let Err(error) = read {
            self.hang_up(now, conn, Cause::Malformed(error));
        }
    }

    /// A request's connection is gone, or will not do.
    fn lost(&mut self, now: Now, id: RequestId, reason: Reason, fate: Fate) {
        let Some(open) = self.requests.get(id) else { return };
        match &open.purpose {
            Purpose::Asked { to, .. } => match (&reason, fate) {
                (Reason::Lost(met), Fate::NotWritten) if !to.is_one_connection() => {
                    let met = Some(met.clone());
                    self.requests.returned(id, met);
                }
                _ => self.fail(id, reason, fate),
            },
            Purpose::Metadata(_) | Purpose::Lookup(_) => self.lost_own(now, id),
        }
    }

    /// A connection is over: everything on it has been reported.
    fn closed(&mut self, now: Now, conn: ConnId, failure: ConnFailure) {
        let Some(link) = self.links.closed(conn) else { return };
        self.commands.push_back(Command::Close(conn));
        if link.connection.hung_up_at_once() {
            self.known.elders.hung_up(now.mono, &link.host);
        }
        self.dial.lost(now.mono, conn, &failure);
        let target = link.target;
        if link.was_ready {
            self.news.push_back(News::Down { conn, target, failure });
        } else {
            self.unreachable(now, target, failure);
        }
    }

    /// A server could not be reached, or not be agreed with.
    pub(super) fn unreachable(&mut self, now: Now, target: Target, failure: ConnFailure) {
        if self.reaching == Some(target) {
            // Another server is reached for next; this one only if somebody wants just this one.
            self.reaching = None;
        }
        if failure.is_final() {
            self.known.wished.remove(&target);
        } else if let Target::Node(node) = target {
            // It may be elsewhere, or gone, and somebody else do what it did.
            self.metadata.refresh(now.mono, None);
            self.coordinators.forget_node(node);
        }
        self.reach.failed(now.mono, target, failure.clone());
        self.news.push_back(News::Unreachable { target, failure });
    }
}
