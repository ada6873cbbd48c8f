//! How batches end, and how the whole does.

use std::sync::Arc;

use klamm_batching::{Resolution, Ticket, Written};
use klamm_cluster::dial::Target;
use klamm_cluster::metadata::{Gone, TopicRef};
use klamm_idempotence::{
    Acked, Ask, CallError, CallId, Failed, Fate, Input, Outcome, Part, Piece, Reason,
};
use klamm_wire::{ErrorCode, Now, Time, WallMillis};

use super::{Abandoned, Engine};
use crate::Job;
use crate::failure::{Failure, Met, TopicError};
use crate::metrics::Ended;
use crate::open::Purpose;
use crate::parts::Batch;

/// The name of the call by which a producer ends that nobody waits for.
const LAST_CALL: CallId = CallId(u64::MAX);

impl Engine {
    /// A batch has ended: whoever waits for it is told.
    pub(super) fn complete(&mut self, part: u32, ticket: Ticket, outcome: Outcome) {
        let Some(partition) = self.parts.get_mut(part) else { return };
        let was_open = partition.open == Some(ticket);
        let Some(batch) = partition.take(ticket) else { return };
        let slot = Arc::clone(&partition.slot);
        self.desk.loads.change(partition.topic);
        if was_open {
            self.pulls.closed(part, batch.due);
        }
        let (acked, number, opened) = (acked(&batch, &outcome), batch.number, batch.opened);
        let resolution = self.resolution(part, &batch, outcome);
        let records = slot.settle(ticket, resolution, batch.into_payload()).unwrap_or_default();
        let failed = records.saturating_sub(acked);
        self.calls.tally.ended(number, acked, failed);
        self.count_end(part, opened, (acked, failed));
        self.pulls.look(part);
    }

    fn count_end(&mut self, part: u32, opened: Time, (acked, failed): (u32, u32)) {
        let topic = self.parts.get(part).and_then(|one| self.topics.get(one.topic));
        let age = self.desk.now.mono.saturating_duration_since(opened);
        if let Some(topic) = topic.map(|entry| entry.meter) {
            self.desk.meter.batch_ended(&Ended { topic, acked, failed, age });
        }
    }

    fn resolution(&self, part: u32, batch: &Batch, outcome: Outcome) -> Resolution<Failure> {
        let told = |piece: Piece, result: Result<Acked, Failed>| {
            result.map(written).map_err(|failed| self.failure(part, batch, piece, failed))
        };
        match outcome {
            Outcome::Whole(result) => Resolution::Whole(told(Piece::whole(batch.records), result)),
            Outcome::Pieces(pieces) => {
                let each = pieces.into_iter();
                let each = each.map(|(piece, result)| (piece.first, told(piece, result)));
                Resolution::Pieces(each.collect())
            }
        }
    }

    fn failure(&self, part: u32, batch: &Batch, piece: Piece, failed: Failed) -> Failure {
        let Failed { reason, fate, culprits } = failed;
        tracing::debug!(target: "klamm::produce", part, ?reason, ?fate, "a batch failed");
        let words = batch.words_of(piece);
        let words_for = |index: u32| {
            let within = index.checked_sub(piece.first)?;
            words?.records.get(&within).cloned()
        };
        let culprits = culprits.into_iter().map(|index| (index, words_for(index))).collect();
        let met = match reason {
            Reason::DeadlinePassed | Reason::TopicMissing | Reason::Closed => self.met(part, batch),
            Reason::Refused(_)
            | Reason::NotEncoded
            | Reason::NotSplit
            | Reason::Misused
            | Reason::Cancelled
            | Reason::TopicRecreated
            | Reason::Overtaken
            | Reason::Aborted
            | Reason::NotInTransaction
            | Reason::ProducerClosed(_) => None,
        };
        Failure { reason, fate, culprits, words: words.and_then(|one| one.whole.clone()), met }
    }

    /// What stood in a batch's way.
    fn met(&self, part: u32, batch: &Batch) -> Option<Met> {
        let partition = self.parts.get(part)?;
        match self.topics.get(partition.topic).and_then(|entry| entry.gone) {
            Some(Gone::Refused(code)) => return Some(Met::Answer(code)),
            Some(Gone::Missing) => return Some(Met::Answer(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)),
            Some(Gone::Idle) | None => {}
        }
        let leader = self.cluster.metadata().leader(partition.topic, partition.index);
        let failure = match leader {
            Some(leader) => self.desk.trouble.between(Target::Node(leader.node)),
            None => self.desk.trouble.with_all(),
        };
        let missed = || self.cluster.metadata().missed(partition.topic);
        let said = || batch.said.or_else(missed).map(Met::Answer);
        let nobody = || leader.is_none().then_some(Met::NoLeader);
        failure.map(Met::Connection).or_else(said).or_else(nobody)
    }

    /// What stood in the way of a topic that nobody has heard of.
    pub(super) fn met_by_topic(&self, topic: TopicRef) -> Option<Met> {
        let failure = self.desk.trouble.with_all().map(Met::Connection);
        failure.or_else(|| self.cluster.metadata().missed(topic).map(Met::Answer))
    }

    /// Ends everything.
    pub(super) fn give_up(&mut self, now: Now) -> Abandoned {
        self.accumulator.close();
        self.read_slots(now);
        // A job that is dropped has failed, which is no reason to tell.
        let jobs: Vec<Job> = self.parts.numbers().filter_map(|part| self.seal(now, part)).collect();
        let mut abandoned = Abandoned::default();
        let (call, ask, deadline) = (LAST_CALL, Ask::Close, now.mono);
        self.tell(now, Input::Call { call, deadline, ask });
        self.tell(now, Input::Tick);
        while let Some(output) = self.machine.poll() {
            if let klamm_idempotence::Output::Complete { part, ticket, outcome } = output {
                self.abandon_one((part, Ticket(ticket.0)), outcome, &mut abandoned);
            }
        }
        drop(jobs);
        self.calls.fail_all(CallError::Closed);
        self.end(now);
        abandoned
    }

    /// Moves the open batch of a partition out, so that it is known how many records it has.
    fn seal(&mut self, now: Now, part: u32) -> Option<Job> {
        let partition = self.parts.get(part)?;
        let job = partition.slot.pull(partition.open?);
        self.read_slot(now, part);
        job
    }

    fn abandon_one(
        &mut self,
        (part, ticket): (Part, Ticket),
        outcome: Outcome,
        abandoned: &mut Abandoned,
    ) {
        let batch = self.parts.get(part.0).and_then(|partition| partition.batch(ticket));
        let records = batch.map_or(0, |batch| batch.records);
        let mut count = |records: u32, fate: Fate| {
            let counter = match fate {
                Fate::NotWritten => &mut abandoned.not_written,
                Fate::Unknown => &mut abandoned.unknown,
                Fate::Written => return,
            };
            *counter = counter.saturating_add(u64::from(records));
        };
        match &outcome {
            Outcome::Whole(Err(failed)) => count(records, failed.fate),
            Outcome::Whole(Ok(_)) => {}
            Outcome::Pieces(pieces) => {
                for (piece, result) in pieces {
                    if let Err(failed) = result {
                        count(piece.records, failed.fate);
                    }
                }
            }
        }
        self.complete(part.0, ticket, outcome);
    }

    /// Nothing is done any more: connections are closed, and whoever waits is told.
    pub(super) fn end(&mut self, now: Now) {
        self.accumulator.close();
        self.desk.is_closed = true;
        for wanted in self.topics.give_up() {
            wanted(Err(TopicError::Closed));
        }
        self.cluster.close(now);
        self.hear(now);
        for purpose in self.requests.give_up() {
            if let Purpose::Reach(reply) = purpose {
                reply(Err(None));
            }
        }
    }
}

/// How many records of a batch ended well.
fn acked(batch: &Batch, outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Whole(Ok(_)) => batch.records,
        Outcome::Whole(Err(_)) => 0,
        Outcome::Pieces(pieces) => {
            let acked = pieces.iter().filter(|(_, told)| told.is_ok());
            acked.map(|(piece, _)| piece.records).fold(0, u32::saturating_add)
        }
    }
}

fn written(acked: Acked) -> Written {
    Written { offset: acked.offset, append_time: acked.append_time.map(WallMillis) }
}
