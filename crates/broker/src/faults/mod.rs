//! What goes wrong by order: a script of faults, and troubles of the cluster.
//!
//! A [`Fault`] meets requests on their way: it names a [`Place`] in the course of a request
//! together with what is done there, and which requests are meant. Only what makes sense at a place
//! can be said of it: a connection can be dropped anywhere, but an answer can be cut only while it
//! is written. Faults are counted, and those left to chance draw from the cluster's seed, so that
//! the same requests at the same instants meet the same faults.
//!
//! A fault concerns requests that arrive after it was injected. A request that hangs or is delayed
//! keeps its connection busy, as in Kafka, and no other connection. What was appended stays
//! appended, whatever becomes of the answer.
//!
//! What is done to the cluster itself is a method of [`Cluster`](crate::Cluster): nodes, leaders,
//! followers, coordinators, topics, disks, clocks and quotas.

mod answers;
mod asked;
mod course;
mod dice;
mod fault;
mod script;
#[cfg(test)]
mod tests;
mod text;
mod troubles;

use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

pub(crate) use answers::{
    flat, followed_by, raw, twice, with_body, with_length, with_tags, with_throttle, with_wrong_id,
};
pub use asked::{Asked, Part};
pub(crate) use course::{Course, Refusal, Rest};
pub use fault::{Afterwards, Chance, Fault, Intercept, Place, Spoil, Welcome, When, Withhold};
pub use script::FaultId;
pub(crate) use script::{Hit, Script, Stage};
pub use text::ParseFaultError;
pub use troubles::{CoordinatorKind, CoordinatorTrouble};
pub(crate) use troubles::{Spot, Troubles};

/// Everything that goes wrong by order.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) script: Script,
    pub(crate) troubles: Troubles,
    /// Of the request that is being served: what is not to be written.
    refusals: Vec<Refusal>,
    /// Of the request that is being served: how it fails.
    verdict: Option<ErrorCode>,
    /// Of the request that is being served: what was written.
    appended: Vec<Spot>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            script: Script::new(seed),
            troubles: Troubles::default(),
            refusals: Vec::new(),
            verdict: None,
            appended: Vec::new(),
        }
    }

    /// Whether anybody wants to know of requests.
    pub(crate) fn is_watching(&self) -> bool {
        !self.script.is_empty() || self.troubles.has_quota()
    }

    /// Begins to serve a request that fails so, or of which these partitions are refused.
    pub(crate) fn enter(&mut self, refusals: &[Refusal], verdict: Option<ErrorCode>) {
        self.refusals = refusals.to_vec();
        self.verdict = verdict;
        self.appended.clear();
    }

    /// Ends to serve a request; the partitions that were written.
    pub(crate) fn leave(&mut self) -> Vec<Spot> {
        self.refusals.clear();
        self.verdict = None;
        std::mem::take(&mut self.appended)
    }

    /// How the request that is being served fails by order, if it does. Asked where an API would
    /// find out by itself that it cannot be served.
    pub(crate) fn verdict(&self) -> Result<(), ErrorCode> {
        self.verdict.map_or(Ok(()), Err)
    }

    /// How a partition is refused by order before anything is looked at.
    pub(crate) fn refuses_early(
        &self,
        topic: &str,
        index: PartitionIndex,
    ) -> Result<(), ErrorCode> {
        self.refusal(topic, index, true)
    }

    /// How a partition is refused by order when it is about to be written.
    pub(crate) fn refuses_append(
        &self,
        node: NodeId,
        topic: &str,
        index: PartitionIndex,
    ) -> Result<(), ErrorCode> {
        if self.troubles.has_broken_disk(node) {
            return Err(ErrorCode::KAFKA_STORAGE_ERROR);
        }
        self.refusal(topic, index, false)
    }

    fn refusal(&self, topic: &str, index: PartitionIndex, early: bool) -> Result<(), ErrorCode> {
        let is_it = |one: &&Refusal| {
            one.is_early == early && one.part.index == index && one.part.topic == topic
        };
        self.refusals.iter().find(is_it).map_or(Ok(()), |one| Err(one.code))
    }

    /// Notes that a partition was written.
    pub(crate) fn note_appended(&mut self, topic: &str, index: PartitionIndex) {
        if self.is_watching() {
            self.appended.push((topic.to_owned(), index));
        }
    }
}
