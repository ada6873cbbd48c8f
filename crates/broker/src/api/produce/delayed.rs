//! Appends that wait until every replica in sync has them.

use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::produce::response::PartitionProduceResponse;
use klamm_wire::{ErrorCode, PartitionIndex, Time};

use super::{Item, add_hints, lacks_replicas};
use crate::api::{Outcome, ReplyTo};
use crate::cluster::State;
use crate::cluster::connection::Session;
use crate::log::Appended;

/// An answer to Produce that is not complete yet.
pub(crate) struct DelayedProduce {
    reply: ReplyTo,
    response: ProduceResponse<'static>,
    pending: Vec<Pending>,
    pub(crate) deadline: Time,
}

/// A partition whose replicas have not all got what was appended.
pub(super) struct Pending {
    topic: String,
    index: PartitionIndex,
    leader_epoch: i32,
    /// The high watermark that ends the wait.
    required: i64,
}

impl Pending {
    pub(super) fn of(state: &State, item: &Item, appended: &Appended) -> Option<Self> {
        let partition = state.topics.partition(&item.topic, item.index)?;
        Some(Self {
            topic: item.topic.to_string(),
            index: item.index,
            leader_epoch: partition.leader_epoch,
            required: appended.last_offset.saturating_add(1),
        })
    }

    /// How the wait ended, if it has: by success or with an error.
    fn outcome(&self, state: &State) -> Option<ErrorCode> {
        let Some(topic) = state.topics.get(&self.topic) else {
            return Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        };
        let Some(partition) = topic.partition(self.index) else {
            return Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        };
        if partition.leader_epoch != self.leader_epoch || partition.leader.is_none() {
            return Some(ErrorCode::NOT_LEADER_OR_FOLLOWER);
        }
        if partition.high_watermark() < self.required {
            return None;
        }
        Some(if lacks_replicas(&state.settings.defects, partition, &topic.settings) {
            ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND
        } else {
            ErrorCode::NONE
        })
    }
}

impl DelayedProduce {
    pub(super) fn new(
        reply: ReplyTo,
        response: ProduceResponse<'static>,
        pending: Vec<Pending>,
        deadline: Time,
    ) -> Self {
        Self { reply, response, pending, deadline }
    }

    /// Whether nothing is waited for any more.
    pub(crate) fn is_done(&self) -> bool {
        self.pending.is_empty()
    }

    pub(super) fn has_failed(&self) -> bool {
        let mut answers = self.response.responses.iter().flat_map(|t| &t.partition_responses);
        answers.any(|answer| answer.error_code != ErrorCode::NONE)
    }

    /// Looks at what is waited for; whether the answer is complete.
    pub(crate) fn look(&mut self, state: &State, now: Time) -> bool {
        let is_late = now >= self.deadline;
        let mut still = Vec::new();
        for pending in std::mem::take(&mut self.pending) {
            let late = is_late.then_some(ErrorCode::REQUEST_TIMED_OUT);
            match pending.outcome(state).or(late) {
                Some(ErrorCode::NONE) => {}
                Some(code) => self.fail(state, &pending, code),
                None => still.push(pending),
            }
        }
        self.pending = still;
        self.is_done()
    }

    /// The offset stays in the answer: the batch was appended, whatever became of it.
    fn fail(&mut self, state: &State, pending: &Pending, code: ErrorCode) {
        for topic in &mut self.response.responses {
            let name = state.topics.name_of(topic.topic_id).unwrap_or(&topic.name);
            if name != pending.topic {
                continue;
            }
            let is_its =
                |answer: &&mut PartitionProduceResponse<'static>| answer.index == pending.index;
            if let Some(answer) = topic.partition_responses.iter_mut().find(is_its) {
                answer.error_code = code;
            }
        }
    }

    /// The answer, as far as it is known.
    pub(crate) fn answer(mut self, state: &State, session: &Session) -> Outcome {
        add_hints(&mut self.response, state, session.listener, self.reply.version);
        self.reply.answer(&self.response)
    }
}
