//! Everything that a driver has to do with the world, without the machine that it serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_cluster::sasl::{HashJob, TokenError};
use klamm_cluster::{Cause, Command, ConnId, Drive, Event};
use klamm_wire::Now;

use super::conn::{Conn, Did};
use super::errand::{Errands, Outcome};
use super::inlet::Inlet;
use super::leaving::Leaving;
use super::signal::Bell;
use crate::dial::Connector;
use crate::settings::ShellSettings;

/// How many errands are reported in a turn.
const ERRANDS_PER_TURN: usize = 64;

/// Connections, and what is on its way to become one.
pub(super) struct Shell {
    connector: Arc<dyn Connector>,
    settings: ShellSettings,
    bell: Arc<Bell>,
    conns: BTreeMap<ConnId, Conn>,
    errands: Errands,
    leaving: Leaving,
    inlet: Inlet,
}

impl Shell {
    pub(super) fn new(
        connector: Arc<dyn Connector>,
        settings: ShellSettings,
        bell: Arc<Bell>,
    ) -> Self {
        Self {
            connector,
            settings,
            bell,
            conns: BTreeMap::new(),
            errands: Errands::default(),
            leaving: Leaving::default(),
            inlet: Inlet::default(),
        }
    }

    /// Whether a connection has more to do without being woken.
    pub(super) fn is_busy(&self) -> bool {
        self.conns.values().any(Conn::is_busy)
    }

    /// Whether a connection has bytes that were not reported.
    pub(super) fn has_unread(&self) -> bool {
        self.conns.values().any(Conn::has_unread)
    }

    /// Carries out one command.
    pub(super) fn carry_out(&mut self, command: Command) {
        match command {
            Command::Write(conn) => {
                // One that has just gone is reported as gone.
                if let Some(conn) = self.conns.get_mut(&conn) {
                    conn.want_write();
                }
            }
            Command::Close(conn) => self.close(conn),
            Command::Resolve { lookup, host, how } => {
                let answer = self.connector.resolve(&host, how);
                let report =
                    async move { Outcome::Event(Event::Resolved { lookup, result: answer.await }) };
                self.errands.push(None, Box::pin(report), &self.bell);
            }
            Command::Connect { conn, host, address } => {
                let dialled = self.connector.connect(&host, address);
                let report = async move { Outcome::Dialled(conn, dialled.await) };
                self.errands.push(Some(conn), Box::pin(report), &self.bell);
            }
            Command::Hash { conn, job } => self.hash(conn, job),
            Command::FetchToken { conn } => self.fetch_token(conn),
        }
    }

    fn close(&mut self, conn: ConnId) {
        self.errands.forget(conn);
        if let Some(conn) = self.conns.remove(&conn) {
            self.leaving.push(conn.into_transport(), &self.bell);
        }
    }

    fn hash(&mut self, conn: ConnId, job: HashJob) {
        let work = tokio::task::spawn_blocking(move || job.run());
        let report = async move {
            match work.await {
                Ok(salted) => Outcome::Event(Event::Hashed { conn, salted }),
                Err(_) => Outcome::Died(conn, "the password could not be hashed"),
            }
        };
        self.errands.push(Some(conn), Box::pin(report), &self.bell);
    }

    fn fetch_token(&mut self, conn: ConnId) {
        let answer = self.settings.tokens.as_ref().map(|tokens| tokens.token());
        let report = async move {
            let token = match answer {
                Some(answer) => answer.await,
                None => Err(TokenError("no provider of tokens was given".to_owned())),
            };
            Outcome::Event(Event::Token { conn, token })
        };
        self.errands.push(Some(conn), Box::pin(report), &self.bell);
    }

    /// Reports what came back of what was sent for.
    pub(super) fn report_errands<D: Drive>(&mut self, now: Now, drive: &mut D) -> bool {
        for reported in 0..ERRANDS_PER_TURN {
            let Some(outcome) = self.errands.poll() else { return reported > 0 };
            match outcome {
                Outcome::Event(event) => drive.handle(now, event),
                Outcome::Dialled(conn, Ok(io)) => {
                    self.conns.insert(conn, Conn::new(conn, io, &self.bell));
                    drive.handle(now, Event::Connected { conn });
                }
                Outcome::Dialled(conn, Err(failure)) => {
                    drive.handle(now, Event::ConnectFailed { conn, failure });
                }
                Outcome::Died(conn, why) => {
                    self.close(conn);
                    drive.handle(now, Event::Closed { conn, cause: Cause::Internal(why) });
                }
            }
        }
        true
    }

    /// Reports bytes that came, and connections that ended.
    pub(super) fn read<D: Drive>(&mut self, now: Now, drive: &mut D) -> bool {
        let (inlet, mut moved) = (&mut self.inlet, false);
        let mut ended = Vec::new();
        for (id, conn) in &mut self.conns {
            match conn.read(now, drive, inlet) {
                Did::Nothing => {}
                Did::Moved => moved = true,
                Did::End(cause) => ended.push((*id, cause)),
            }
        }
        for (conn, cause) in ended {
            moved = true;
            self.conns.remove(&conn);
            self.errands.forget(conn);
            drive.handle(now, Event::Closed { conn, cause });
        }
        moved
    }

    /// Writes what there is to write, and reports what was taken and what has left.
    pub(super) fn write<D: Drive>(&mut self, now: Now, drive: &mut D) -> bool {
        let mut moved = false;
        for conn in self.conns.values_mut() {
            moved |= conn.write(now, drive);
        }
        moved
    }

    /// Gets on with closing what is being closed.
    pub(super) fn see_off(&mut self) {
        self.leaving.poll(&mut self.inlet);
    }

    /// Closes everything, as far as it can be done at once.
    pub(super) fn end(&mut self) {
        while let Some((_, conn)) = self.conns.pop_first() {
            self.leaving.push(conn.into_transport(), &self.bell);
            self.see_off();
        }
        self.see_off();
    }
}
