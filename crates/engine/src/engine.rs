//! The whole producer as one machine.

use std::io::IoSlice;
use std::sync::Arc;

use klamm_cluster::{
    Asking, Cluster, Command, ConnFailure, ConnId, Drive, Event, RequestFailure, ResponseFrame,
};
use klamm_idempotence::{CallError, Done, Machine};
use klamm_wire::{Now, Time};

use crate::call::{Call, Reply};
use crate::failure::TopicError;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::{Accumulator, Job, Topic};

/// The whole producer as one machine.
///
/// - For a shell: [`Drive`], and [`next_job`](Self::next_job), to be asked whenever
///   [`poll`](Drive::poll) has been.
/// - For whoever produces: the [`Accumulator`] it was built with, for records; and here
///   [`topic`](Self::topic), [`call`](Self::call), [`ask`](Self::ask).
/// - For whoever watches: [`metrics`](Self::metrics), [`cluster`](Self::cluster).
pub struct Engine {
    settings: Settings,
    cluster: Cluster,
    machine: Machine,
    accumulator: Accumulator,
}

/// How a producer that was dropped ended, in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abandoned {
    /// These are not in the log.
    pub not_written: u64,
    /// These may be.
    pub unknown: u64,
}

impl Engine {
    /// An engine over a cluster that was not dialled yet.
    pub fn new(settings: Settings, cluster: Cluster, accumulator: Accumulator) -> Self {
        let machine = Machine::new(settings.machine.clone());
        Self { settings, cluster, machine, accumulator }
    }

    /// Wants a topic, and says so when it can be appended to.
    pub fn topic(
        &mut self,
        now: Now,
        name: &str,
        deadline: Time,
        reply: Reply<Result<Arc<Topic>, TopicError>>,
    ) {
        let _ = (now, name, deadline, &self.accumulator, &self.machine);
        reply(Err(TopicError::Closed));
    }

    /// Makes a call of the application. What it answers comes at the deadline at the latest.
    pub fn call(
        &mut self,
        now: Now,
        call: Call,
        deadline: Time,
        reply: Reply<Result<Done, CallError>>,
    ) {
        let _ = (now, call, deadline, &self.settings);
        reply(Err(CallError::Closed));
    }

    /// Asks the cluster something that is no business of the producer's.
    pub fn ask(
        &mut self,
        now: Now,
        asking: Asking,
        reply: Reply<Result<ResponseFrame, RequestFailure>>,
    ) {
        let _ = (now, asking, reply);
    }

    /// Says when a connection to any server can be used, or that none accepts us, or what stood in
    /// the way until the deadline.
    pub fn reach(
        &mut self,
        now: Now,
        deadline: Time,
        reply: Reply<Result<(), Option<Arc<ConnFailure>>>>,
    ) {
        let _ = (now, deadline, reply);
    }

    /// The next batch to encode that nobody encodes yet. It may run anywhere, and reports by
    /// itself.
    pub fn next_job(&mut self) -> Option<Job> {
        None
    }

    /// Ends everything now: what is not sent is not written, the rest unknown. For a producer whose
    /// last handle was dropped.
    pub fn abandon(&mut self, now: Now) -> Abandoned {
        let _ = now;
        Abandoned::default()
    }

    /// What happened so far.
    pub fn metrics(&self) -> Metrics {
        Metrics::default()
    }

    /// The cluster, to look at.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

impl Drive for Engine {
    fn handle(&mut self, now: Now, event: Event) {
        self.cluster.handle(now, event);
    }

    fn poll(&mut self, now: Now) -> Option<Command> {
        self.cluster.poll(now)
    }

    fn next_wake(&self) -> Option<Time> {
        self.cluster.next_wake()
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.cluster.chunks(conn, slices)
    }
}
