//! What lies between the engine and the brokers: commands one way, bytes the other.

use std::io::IoSlice;

use bytes::Bytes;
use klamm_broker::Output;
use klamm_broker::cluster::Listener;
use klamm_cluster::{Address, Cause, Command, ConnFailure, ConnId, Drive, Event, HostPort, Stage};
use klamm_wire::NodeId;

use super::{STORM, World};

impl World {
    /// Lets everything happen that needs no time.
    pub(crate) fn settle(&mut self) {
        loop {
            self.steps += 1;
            assert!(self.steps < STORM, "a storm at {:?}", self.now.mono);
            if let Some(command) = self.engine.poll(self.now) {
                self.carry_out(command);
            } else if !self.run_a_job() && !self.serve() {
                return;
            }
        }
    }

    fn run_a_job(&mut self) -> bool {
        let job = if self.holds_jobs { None } else { self.engine.next_job() };
        let is_some = job.is_some();
        job.into_iter().for_each(|job| self.accumulator.run(job));
        is_some
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Resolve { lookup, .. } => {
                let local = Address::Ip([127, 0, 0, 1].into());
                self.engine.handle(self.now, Event::Resolved { lookup, result: Ok(vec![local]) });
            }
            Command::Connect { conn, host, .. } => self.connect(conn, &host),
            Command::Write(conn) => self.write(conn),
            Command::Close(conn) => {
                if let Some((_, id)) = self.conns.remove(&conn) {
                    self.brokers.closed(id);
                }
            }
            Command::Hash { .. } | Command::FetchToken { .. } => {}
        }
    }

    fn connect(&mut self, conn: ConnId, host: &HostPort) {
        let number = host.host().trim_start_matches('b').parse().unwrap();
        let node = NodeId(number);
        let opened = match self.away.contains(&node) {
            true => None,
            false => self.brokers.open(self.now, node, Listener::Plain, "client"),
        };
        let event = match opened {
            Some(id) => {
                self.conns.insert(conn, (node, id));
                Event::Connected { conn }
            }
            None => {
                let failure = ConnFailure { stage: Stage::Connect, cause: Cause::Refused };
                Event::ConnectFailed { conn, failure }
            }
        };
        self.engine.handle(self.now, event);
    }

    fn write(&mut self, conn: ConnId) {
        loop {
            let mut slices = [IoSlice::new(&[]); 16];
            let count = self.engine.chunks(conn, &mut slices);
            let shown: Vec<u8> =
                slices.iter().take(count).flat_map(|slice| slice.to_vec()).collect();
            if shown.is_empty() {
                return;
            }
            let taken = self.cut_after.map_or(shown.len(), |left| left.min(shown.len()));
            self.engine.handle(self.now, Event::Handed { conn, count: taken });
            let Some((_, id)) = self.conns.get(&conn).copied() else { return };
            self.brokers.receive(self.now, id, Bytes::copy_from_slice(&shown[..taken]));
            if let Some(left) = &mut self.cut_after {
                *left -= taken;
                if *left == 0 {
                    self.cut_after = None;
                    return self.cut(conn);
                }
            }
            self.engine.handle(self.now, Event::Flushed { conn });
        }
    }

    /// Breaks a connection.
    pub(crate) fn cut(&mut self, conn: ConnId) {
        if let Some((_, id)) = self.conns.remove(&conn) {
            self.brokers.closed(id);
            self.engine.handle(self.now, Event::Closed { conn, cause: Cause::Reset });
        }
    }

    /// Breaks all connections to a broker.
    pub(crate) fn cut_all_to(&mut self, node: i32) {
        let to = self.conns.iter().filter(|(_, (of, _))| *of == NodeId(node));
        for conn in to.map(|(conn, _)| *conn).collect::<Vec<_>>() {
            self.cut(conn);
        }
    }

    /// Passes on what the brokers did; whether there was anything.
    pub(super) fn serve(&mut self) -> bool {
        let mut moved = false;
        while let Some(output) = self.brokers.poll() {
            moved = true;
            let (Output::Send { connection, .. }
            | Output::Close { connection }
            | Output::Reset { connection }) = &output;
            let connection = *connection;
            let of = self.conns.iter().find(|(_, (_, id))| *id == connection);
            let Some(conn) = of.map(|(conn, _)| *conn) else { continue };
            if let Output::Send { frame, .. } = output {
                let bytes = Bytes::from(frame.to_vec());
                self.engine.handle(self.now, Event::Received { conn, bytes });
                self.brokers.sent(self.now, connection);
            } else {
                self.conns.remove(&conn);
                let cause = Cause::ClosedByPeer;
                self.engine.handle(self.now, Event::Closed { conn, cause });
            }
        }
        moved
    }
}
