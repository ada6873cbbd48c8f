//! The whole producer as one machine.

mod acts;
mod answered;
mod asking;
mod calling;
mod ending;
mod hears;
mod picture;
mod pulling;
mod sending;
mod splitting;
mod turn;

use std::collections::VecDeque;
use std::sync::Arc;

use klamm_batching::{Slot, Tag};
use klamm_cluster::{Asking, Cluster, ConnFailure, News, RequestFailure, ResponseFrame};
use klamm_idempotence::{Acks, CallError, Done, Machine, Mode};
use klamm_wire::{Now, Time};

use crate::call::{Call, Reply};
use crate::calls::Calls;
use crate::failure::{Failure, TopicError};
use crate::loads::Loads;
use crate::metrics::{Memory, Meter, Metrics};
use crate::open::Requests;
use crate::outbox::Outbox;
use crate::parts::Parts;
use crate::pulls::Pulls;
use crate::settings::Settings;
use crate::topics::Topics;
use crate::translate::produce::Terms;
use crate::trouble::Trouble;
use crate::{Accumulator, Job, Topic};

/// The whole producer as one machine.
///
/// - For a shell: [`Drive`](klamm_cluster::Drive), and [`next_job`](Self::next_job), to be asked
///   whenever [`poll`](klamm_cluster::Drive::poll) has been. A shell polls after every call of the
///   other methods as well.
/// - For whoever produces: the [`Accumulator`] it was built with, for records; and here
///   [`topic`](Self::topic), [`call`](Self::call), [`ask`](Self::ask).
/// - For whoever watches: [`metrics`](Self::metrics), [`cluster`](Self::cluster).
pub struct Engine {
    settings: Settings,
    cluster: Cluster,
    machine: Machine,
    accumulator: Accumulator,
    topics: Topics,
    parts: Parts,
    pulls: Pulls,
    outbox: Outbox,
    requests: Requests,
    calls: Calls,
    desk: Desk,
}

/// What lies between the machines.
struct Desk {
    terms: Arc<Terms>,
    /// News that came before their turn.
    inbox: VecDeque<News>,
    /// Encoding that waits for somebody to do it.
    jobs: VecDeque<Job>,
    trouble: Trouble,
    meter: Meter,
    loads: Loads,
    /// Slots with news, and the news of one: empty between two looks, and kept for their memory.
    slots: Vec<Arc<Slot<Failure>>>,
    news: Vec<klamm_batching::News>,
    /// The instant of the last call.
    now: Now,
    /// There was more to do than a turn has time for.
    is_unfinished: bool,
    is_closed: bool,
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
        let machine = klamm_idempotence::Settings {
            // The picture has waited for it already when it says that a topic is missing.
            missing_limit: std::time::Duration::ZERO,
            ..settings.machine.clone()
        };
        let desk = Desk {
            terms: Arc::new(terms(&settings)),
            inbox: VecDeque::new(),
            jobs: VecDeque::new(),
            trouble: Trouble::default(),
            loads: Loads::default(),
            meter: Meter::new(accumulator.settings().batch_size),
            slots: Vec::new(),
            news: Vec::new(),
            now: Now::default(),
            is_unfinished: false,
            is_closed: false,
        };
        if settings.machine.mode == Mode::Transactional {
            accumulator.set_writable(Some(calling::NO_TRANSACTION));
        }
        Self {
            machine: Machine::new(machine),
            settings,
            cluster,
            accumulator,
            topics: Topics::default(),
            parts: Parts::default(),
            pulls: Pulls::default(),
            outbox: Outbox::default(),
            requests: Requests::default(),
            calls: Calls::default(),
            desk,
        }
    }

    /// Wants a topic, and says so when it can be appended to.
    pub fn topic(
        &mut self,
        now: Now,
        name: &str,
        deadline: Time,
        reply: Reply<Result<Arc<Topic>, TopicError>>,
    ) {
        self.begin(now);
        self.want_topic(now, name, deadline, reply);
    }

    /// Makes a call of the application. What it answers comes at the deadline at the latest.
    pub fn call(
        &mut self,
        now: Now,
        call: Call,
        deadline: Time,
        reply: Reply<Result<Done, CallError>>,
    ) {
        self.begin(now);
        self.make_call(now, call, deadline, reply);
    }

    /// A record of a transaction was refused before it was part of any batch: as it must not be
    /// committed without, the transaction can only be aborted from now on. Of another transaction
    /// than the open one this says nothing.
    pub fn send_refused(&mut self, now: Now, tag: Tag) {
        self.begin(now);
        self.spoil(now, tag);
    }

    /// Asks the cluster something that is no business of the producer's. A request for which no
    /// answer comes is never replied to.
    pub fn ask(
        &mut self,
        now: Now,
        asking: Asking,
        reply: Reply<Result<ResponseFrame, RequestFailure>>,
    ) {
        self.begin(now);
        self.pass_on(now, asking, reply);
    }

    /// Says when a connection to any server can be used, or that none accepts us, or what stood in
    /// the way until the deadline.
    pub fn reach(
        &mut self,
        now: Now,
        deadline: Time,
        reply: Reply<Result<(), Option<Arc<ConnFailure>>>>,
    ) {
        self.begin(now);
        self.reach_any(now, deadline, reply);
    }

    /// The next batch to encode that nobody encodes yet. It may run anywhere, and reports by
    /// itself.
    pub fn next_job(&mut self) -> Option<Job> {
        self.desk.jobs.pop_front()
    }

    /// Ends everything now: what is not sent is not written, the rest unknown. For a producer whose
    /// last handle was dropped.
    pub fn abandon(&mut self, now: Now) -> Abandoned {
        self.begin(now);
        self.give_up(now)
    }

    /// What happened so far.
    pub fn metrics(&self) -> Metrics {
        let budget = self.accumulator.budget();
        let memory = Memory::new(budget.limit(), budget.used(), budget.waiting());
        let now = self.desk.now.mono;
        let taken_at = self.cluster.metadata().taken_at();
        let age = taken_at.map(|taken_at| now.saturating_duration_since(taken_at));
        self.desk.meter.snapshot(now, memory, age)
    }

    /// The cluster, to look at.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

/// What all Produce requests say.
fn terms(settings: &Settings) -> Terms {
    // Whether an answer comes is the state machine's to know, and less than all is for plain ones.
    let acks = match settings.machine.mode {
        Mode::Plain(Acks::None) => 0,
        Mode::Plain(Acks::Leader) => {
            if settings.acks == -1 {
                -1
            } else {
                1
            }
        }
        Mode::Idempotent | Mode::Transactional => -1,
    };
    let timeout_ms = i32::try_from(settings.broker_timeout.as_millis()).unwrap_or(i32::MAX);
    let is_transactional = settings.machine.mode == Mode::Transactional;
    let transactional_id = settings.transactional_id.clone().filter(|_| is_transactional);
    Terms { acks, timeout_ms, transactional_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_replicas_are_waited_for_without_idempotence_too() {
        let asked = |mode, acks| terms(&Settings { acks, ..Settings::new(mode) }).acks;
        assert_eq!(asked(Mode::Plain(Acks::Leader), -1), -1);
        assert_eq!(asked(Mode::Plain(Acks::Leader), 1), 1);
        assert_eq!(asked(Mode::Plain(Acks::None), -1), 0);
        assert_eq!(asked(Mode::Idempotent, 1), -1);
    }
}
