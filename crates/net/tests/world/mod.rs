//! A machine that follows a script, and transports that behave as they are told.
#![cfg(test)]
#![allow(dead_code, unreachable_pub, unused_imports)]

mod chops;

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::io::IoSlice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use klamm_cluster::{Address, Command, ConnFailure, ConnId, Drive, Event, HostPort};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Connector, Driver, Remote, ShellSettings, Transport};
use klamm_wire::{Now, Time};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use chops::{Endless, chopped};

/// A machine that does as it is told and remembers what it heard.
#[derive(Default)]
pub struct Script {
    pub log: Vec<String>,
    pub commands: VecDeque<Command>,
    pub outgoing: BTreeMap<ConnId, VecDeque<Bytes>>,
    pub received: BTreeMap<ConnId, Vec<u8>>,
    pub handed: BTreeMap<ConnId, usize>,
    pub wake: Option<Time>,
    pub polls: usize,
}

impl Script {
    pub fn dial(&mut self, conn: u64) {
        let host = HostPort::new("somewhere", 1).unwrap();
        let address = Address::ByName;
        self.commands.push_back(Command::Connect { conn: ConnId(conn), host, address });
    }

    pub fn send(&mut self, conn: u64, bytes: &[u8]) {
        let queue = self.outgoing.entry(ConnId(conn)).or_default();
        queue.push_back(Bytes::copy_from_slice(bytes));
        self.commands.push_back(Command::Write(ConnId(conn)));
    }

    fn taken(&mut self, conn: ConnId, mut count: usize) {
        *self.handed.entry(conn).or_default() += count;
        let queue = self.outgoing.get_mut(&conn).unwrap();
        while count > 0 {
            let first = queue.front_mut().unwrap();
            let part = count.min(first.len());
            first.advance(part);
            count -= part;
            if first.is_empty() {
                queue.pop_front();
            }
        }
    }
}

impl Drive for Script {
    fn handle(&mut self, now: Now, event: Event) {
        let line = match event {
            Event::Tick => {
                assert!(self.wake.take().unwrap() <= now.mono, "a tick before its time");
                let had: usize = self.received.values().map(Vec::len).sum();
                format!("tick after {had}")
            }
            Event::Woken => "woken".to_owned(),
            Event::Resolved { lookup, result } => format!("resolved {lookup} {result:?}"),
            Event::Connected { conn } => format!("connected {conn}"),
            Event::ConnectFailed { conn, failure } => format!("no {conn}: {failure}"),
            Event::Received { conn, bytes } => {
                assert!(!bytes.is_empty());
                self.received.entry(conn).or_default().extend_from_slice(&bytes);
                return;
            }
            Event::Handed { conn, count } => return self.taken(conn, count),
            Event::Flushed { conn } => format!("flushed {conn} at {}", self.handed[&conn]),
            Event::Closed { conn, cause } => {
                let had = self.received.get(&conn).map_or(0, Vec::len);
                format!("closed {conn} after {had}: {cause}")
            }
            Event::Hashed { conn, .. } => format!("hashed {conn}"),
            Event::Token { conn, token } => format!("token {conn} {token:?}"),
        };
        self.log.push(line);
    }

    fn poll(&mut self, _: Now) -> Option<Command> {
        self.polls += 1;
        self.commands.pop_front()
    }

    fn next_wake(&self) -> Option<Time> {
        self.wake
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        let queue = self.outgoing.get(&conn).into_iter().flatten();
        let mut filled = 0;
        for (slice, bytes) in slices.iter_mut().zip(queue) {
            *slice = IoSlice::new(bytes);
            filled += 1;
        }
        filled
    }
}

/// What comes of the next dial.
pub enum Plan {
    Open(Box<dyn Transport>),
    Fail(ConnFailure),
    /// Never ends; says when it is given up.
    Hang(Arc<()>),
}

/// A connector that follows a plan.
#[derive(Default)]
pub struct Plans(Mutex<VecDeque<Plan>>);

impl Connector for Plans {
    fn connect(&self, _: &HostPort, _: Address) -> BoxFuture<Dialled> {
        let plan = self.0.lock().unwrap().pop_front().expect("invariant: a dial was planned");
        Box::pin(async move {
            match plan {
                Plan::Open(io) => Ok(io),
                Plan::Fail(failure) => Err(failure),
                Plan::Hang(held) => {
                    pending::<()>().await;
                    drop(held);
                    unreachable!()
                }
            }
        })
    }
}

/// A driver of a script that runs on a task of its own.
pub struct World {
    pub remote: Remote<Script>,
    pub plans: Arc<Plans>,
    pub driver: JoinHandle<Script>,
}

impl World {
    pub fn new() -> Self {
        let plans = Arc::new(Plans::default());
        let connector = Arc::clone(&plans) as Arc<dyn Connector>;
        let (driver, remote) = Driver::new(Script::default(), connector, ShellSettings::default());
        Self { remote, plans, driver: tokio::spawn(driver.run()) }
    }

    /// A world with connection 1 open over this transport.
    pub async fn over(io: impl Transport + 'static) -> Self {
        let world = Self::new();
        world.open(1, io).await;
        world
    }

    pub async fn open(&self, conn: u64, io: impl Transport + 'static) {
        self.plan(Plan::Open(Box::new(io)));
        self.with(move |script| script.dial(conn)).await;
        settle().await;
    }

    pub fn plan(&self, plan: Plan) {
        self.plans.0.lock().unwrap().push_back(plan);
    }

    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Script) -> T + Send + 'static,
    ) -> T {
        self.remote.with(|script, _| work(script)).await.unwrap()
    }

    pub async fn send(&self, conn: u64, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.with(move |script| script.send(conn, &bytes)).await;
        settle().await;
    }

    /// What was heard since this was asked last.
    pub async fn heard(&self) -> Vec<String> {
        settle().await;
        self.with(|script| std::mem::take(&mut script.log)).await
    }

    pub async fn received(&self, conn: u64) -> Vec<u8> {
        settle().await;
        self.with(move |script| script.received.remove(&ConnId(conn)).unwrap_or_default()).await
    }

    /// Ends the driver and gives back the machine.
    pub async fn end(self) -> Script {
        self.remote.shut_down();
        self.driver.await.unwrap()
    }
}

/// Lets everything happen that happens without time: a paused clock moves only when all tasks
/// rest.
pub async fn settle() {
    pass(Duration::from_millis(1)).await;
}

/// Lets a clock that is paused go on: nobody waits for real.
pub async fn pass(duration: Duration) {
    let _ = timeout(duration, pending::<()>()).await;
}
