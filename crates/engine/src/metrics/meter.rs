//! Counts what happens, batch by batch and request by request; records cost nothing by themselves.

use std::sync::Arc;
use std::time::Duration;

use klamm_wire::{NodeId, Time};

use super::table::Slot;
use super::{Memory, Metrics, NodeMetrics};
use crate::calls::Kind;

/// Counts what happens.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    so_far: Metrics,
    /// How large a batch becomes, before compression.
    batch_size: u64,
}

/// One sending of one batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) topic: Slot,
    pub(crate) records: u32,
    /// Header included.
    pub(crate) bytes: usize,
    /// Before compression, header included.
    pub(crate) raw_bytes: usize,
    /// How long the batch was open and waited, if it was not sent before.
    pub(crate) first_after: Option<Duration>,
}

/// The end of one batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) topic: Slot,
    /// Records that were acknowledged.
    pub(crate) acked: u32,
    /// Records that failed.
    pub(crate) failed: u32,
    /// How long ago it was opened.
    pub(crate) age: Duration,
}

impl Meter {
    /// Nothing has happened.
    pub(crate) fn new(batch_size: usize) -> Self {
        Self { batch_size: wide(batch_size), ..Self::default() }
    }

    /// Where a topic's numbers go: to be asked for once, and kept.
    pub(crate) fn topic(&mut self, name: Arc<str>) -> Slot {
        self.so_far.topics.slot(name)
    }

    /// A batch became part of a request.
    pub(crate) fn batch_sent(&mut self, batch: &Sending) {
        let (records, bytes) = (u64::from(batch.records), wide(batch.bytes));
        let raw = wide(batch.raw_bytes);
        let is_first = batch.first_after.is_some();
        let all = &mut self.so_far.batches;
        add(&mut all.sent, 1);
        add(&mut all.bytes, bytes);
        add(&mut all.raw_bytes, raw);
        if let Some(waited) = batch.first_after {
            all.queue_time.record_time(waited);
            all.size.record(bytes);
            all.records.record(records);
            let fill = raw.saturating_mul(1000).checked_div(self.batch_size);
            all.fill.record(fill.unwrap_or(0));
        } else {
            add(&mut all.retried, 1);
        }
        let topic = self.so_far.topics.at(batch.topic);
        add(&mut topic.bytes, bytes);
        add(&mut topic.raw_bytes, raw);
        for counts in [&mut topic.records, &mut self.so_far.records] {
            add(&mut counts.sent, records);
            add(&mut counts.retried, if is_first { 0 } else { records });
        }
    }

    /// A batch ended.
    pub(crate) fn batch_ended(&mut self, batch: &Ended) {
        self.so_far.batches.latency.record_time(batch.age);
        let topic = self.so_far.topics.at(batch.topic);
        for counts in [&mut topic.records, &mut self.so_far.records] {
            add(&mut counts.acked, u64::from(batch.acked));
            add(&mut counts.failed, u64::from(batch.failed));
        }
    }

    /// A batch, or a piece of one, was split.
    pub(crate) fn batch_split(&mut self) {
        add(&mut self.so_far.batches.split, 1);
    }

    /// A Produce request of so many bytes was handed to a connection.
    pub(crate) fn request_sent(&mut self, node: NodeId, bytes: usize) {
        let all = &mut self.so_far.requests;
        add(&mut all.sent, 1);
        add(&mut all.in_flight, 1);
        all.size.record(wide(bytes));
        self.node(node).requests.record(wide(bytes));
    }

    /// A Produce request was answered with so many bytes.
    pub(crate) fn answered(&mut self, node: NodeId, bytes: usize, after: Duration) {
        let all = &mut self.so_far.requests;
        add(&mut all.answered, 1);
        all.in_flight = all.in_flight.saturating_sub(1);
        all.latency.record_time(after);
        let node = self.node(node);
        node.responses.record(wide(bytes));
        node.latency.record_time(after);
    }

    /// A Produce request needs no answer and left the writer.
    pub(crate) fn flushed(&mut self) {
        let all = &mut self.so_far.requests;
        all.in_flight = all.in_flight.saturating_sub(1);
    }

    /// A Produce request ended without an answer.
    pub(crate) fn request_lost(&mut self, node: NodeId, timed_out: bool) {
        let all = &mut self.so_far.requests;
        add(&mut all.lost, 1);
        add(&mut all.timed_out, u64::from(timed_out));
        all.in_flight = all.in_flight.saturating_sub(1);
        add(&mut self.node(node).lost, 1);
    }

    /// Part of an answer belongs to nothing that was asked.
    pub(crate) fn odd_answer(&mut self) {
        add(&mut self.so_far.requests.odd_answers, 1);
    }

    /// A broker asked for a pause.
    pub(crate) fn throttled(&mut self, pause: Duration) {
        self.so_far.requests.throttle.record_time(pause);
    }

    /// A connection can be used.
    pub(crate) fn connected(&mut self) {
        let all = &mut self.so_far.network;
        add(&mut all.opened, 1);
        add(&mut all.connections, 1);
    }

    /// A connection that could be used is gone.
    pub(crate) fn disconnected(&mut self) {
        let all = &mut self.so_far.network;
        add(&mut all.closed, 1);
        all.connections = all.connections.saturating_sub(1);
    }

    /// A server could not be reached; or one of the two sides did not accept the other.
    pub(crate) fn unreachable(&mut self, was_refused: bool) {
        let all = &mut self.so_far.network;
        add(&mut all.failed, 1);
        add(&mut all.refused, u64::from(was_refused));
    }

    /// So many bytes were written.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        add(&mut self.so_far.network.bytes_out, wide(bytes));
    }

    /// So many bytes were read.
    pub(crate) fn read(&mut self, bytes: usize) {
        add(&mut self.so_far.network.bytes_in, wide(bytes));
    }

    /// A call was answered.
    pub(crate) fn call_ended(&mut self, kind: Kind, after: Duration) {
        let all = &mut self.so_far.calls;
        let tally = match kind {
            Kind::Flush => &mut all.flush,
            Kind::Close => &mut all.close,
            Kind::InitTxn => &mut all.init,
            Kind::BeginTxn => &mut all.begin,
            Kind::SendOffsets => &mut all.send_offsets,
            Kind::Commit => &mut all.commit,
            Kind::Abort => &mut all.abort,
        };
        tally.record_time(after);
    }

    /// Somebody waited so long for a topic.
    pub(crate) fn topic_waited(&mut self, time: Duration) {
        self.so_far.calls.topic.record_time(time);
    }

    /// What happened so far, with what holds at present.
    pub(crate) fn snapshot(
        &self,
        at: Time,
        memory: Memory,
        metadata_age: Option<Duration>,
    ) -> Metrics {
        Metrics { at, memory, metadata_age, ..self.so_far.clone() }
    }

    fn node(&mut self, node: NodeId) -> &mut NodeMetrics {
        let slot = self.so_far.nodes.slot(node);
        self.so_far.nodes.at(slot)
    }
}

impl Memory {
    /// So much, so much of it in use, and so many waiting. How long callers waited is known to who
    /// let them wait.
    pub(crate) fn new(limit: usize, used: usize, waiting: usize) -> Self {
        let (limit, used, waiting) = (wide(limit), wide(used), wide(waiting));
        Self { limit, used, waiting, ..Self::default() }
    }
}

fn add(counter: &mut u64, more: u64) {
    *counter = counter.saturating_add(more);
}

fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
