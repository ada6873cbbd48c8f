//! What may leave, in as few requests as the connections' room allows.

use klamm_batching::Ticket;
use klamm_cluster::{Asking, ConnId, Destination};
use klamm_idempotence::{Mode, Send};
use klamm_records::{Codec, EncodedBatch, Identity, Stamp};
use klamm_wire::Now;

use super::Engine;
use crate::metrics::Sending;
use crate::open::{Produced, Purpose};
use crate::parts::Parts;
use crate::topics::Topics;
use crate::translate::answers::{Group, Sent};
use crate::translate::produce::{self, BATCH_OVERHEAD, Produce, TopicBatches};

impl Engine {
    /// Sends what there is room for; whether anything was sent.
    pub(super) fn send_out(&mut self, now: Now) -> bool {
        let mut moved = false;
        for conn in self.outbox.conns() {
            while self.cluster.has_room(conn) && self.send_one(now, conn) {
                moved = true;
            }
        }
        moved
    }

    /// Sends one request; whether there was one to send.
    fn send_one(&mut self, now: Now, conn: ConnId) -> bool {
        let Self { outbox, parts, topics, .. } = self;
        let client_id = self.cluster.client_id().map_or(0, str::len);
        let fixed = produce::overhead(&self.desk.terms).saturating_add(client_id);
        let mut room = self.settings.max_request.saturating_sub(fixed);
        let mut last = None;
        let mut sends = outbox.take(conn, |send| {
            let size = size_of_send(send, parts, topics, &mut last);
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        });
        if sends.is_empty() {
            return false;
        }
        // What has ended while it waited is not sent.
        let gone = sends.extract_if(.., |send| payload_of(send, parts).is_none());
        for send in gone.collect::<Vec<_>>() {
            self.attempt_lost(now, send.attempt, send.part, false);
        }
        let Self { parts, topics, .. } = self;
        sends.sort_by_cached_key(|send| place_of(send, parts, topics));
        if !sends.is_empty() {
            let (payload, groups) = self.request(&sends);
            let bytes = sends.iter().map(|send| self.count(now, send)).sum::<usize>();
            self.desk.meter.request_sent(self.desk.trouble.node(conn), bytes.saturating_add(fixed));
            self.hand_over(now, conn, payload, groups);
        }
        true
    }

    /// Counts a batch that becomes part of a request; how many bytes it has.
    fn count(&mut self, now: Now, send: &Send) -> usize {
        let Self { parts, topics, desk, .. } = self;
        let Some(partition) = parts.get_mut(send.part.0) else { return 0 };
        let topic = topics.get(partition.topic).map(|entry| entry.meter).unwrap_or_default();
        let Some(batch) = partition.batch_mut(Ticket(send.ticket.0)) else { return 0 };
        let waited = now.mono.saturating_duration_since(batch.opened);
        let is_first = !std::mem::replace(&mut batch.was_sent, true);
        let Some(encoded) = batch.piece(send.piece) else { return 0 };
        let (bytes, raw_bytes) = (encoded.size(), encoded.uncompressed_size());
        let (records, first_after) = (send.piece.records, is_first.then_some(waited));
        desk.meter.batch_sent(&Sending { topic, records, bytes, raw_bytes, first_after });
        bytes
    }

    fn hand_over(&mut self, now: Now, conn: ConnId, payload: Produce, groups: Vec<Group>) {
        // The connection has two time-outs of its own, one for writing and one for the answer;
        // this is for a connection that forgets.
        let wait = self.settings.machine.request_timeout.saturating_mul(3);
        let deadline = now.mono.saturating_add(wait);
        let to = Destination::Connection(conn);
        let asking = Asking { to, deadline, payload: Box::new(payload) };
        let request = self.cluster.ask(now, asking);
        let produced = Produced { groups, to: self.desk.trouble.node(conn), since: now.mono };
        self.requests.insert(request, Purpose::Produce(produced));
    }

    /// The request for batches that are sorted by topic and partition, and what it will be known
    /// by. Ids are those of this moment: the answer is read by them.
    fn request(&self, sends: &[Send]) -> (Produce, Vec<Group>) {
        let mut topics: Vec<TopicBatches> = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut has_zstd = false;
        for send in sends {
            let Some(partition) = self.parts.get(send.part.0) else { continue };
            let Some(entry) = self.topics.get(partition.topic) else { continue };
            let Some(encoded) = payload_of(send, &self.parts) else { continue };
            has_zstd |= encoded.codec() == Codec::Zstd;
            if groups.last().is_none_or(|group| group.topic != partition.topic) {
                let name = std::sync::Arc::clone(&entry.name);
                let (id, topic) = (entry.id, partition.topic);
                groups.push(Group { topic, name: name.clone(), id, sent: Vec::new() });
                topics.push(TopicBatches { name, id, batches: Vec::new() });
            }
            let records = produce::records(encoded.stamp(self.stamp(send)).into_segments());
            topics.iter_mut().last().into_iter().for_each(|topic| {
                topic.batches.push((partition.index, records.clone()));
            });
            let Send { attempt, part, ticket, piece, .. } = *send;
            let sent = Sent { partition: partition.index, attempt, part, ticket, piece };
            groups.iter_mut().last().into_iter().for_each(|group| group.sent.push(sent));
        }
        let generation = sends.first().and_then(|send| send.generation);
        let terms = std::sync::Arc::clone(&self.desk.terms);
        (Produce { terms, topics, generation, has_zstd }, groups)
    }

    fn stamp(&self, send: &Send) -> Stamp {
        let Some(stamp) = send.stamp else { return Stamp::Plain };
        let identity = Identity {
            producer_id: stamp.identity().pid,
            epoch: stamp.identity().epoch,
            base_sequence: stamp.sequence(),
        };
        if self.settings.machine.mode == Mode::Transactional {
            Stamp::Transactional(identity)
        } else {
            Stamp::Idempotent(identity)
        }
    }
}

fn payload_of<'a>(send: &Send, parts: &'a Parts) -> Option<&'a EncodedBatch> {
    parts.get(send.part.0)?.batch(Ticket(send.ticket.0))?.piece(send.piece)
}

/// What a batch takes in a request, and its topic if it is another than the last one's.
fn size_of_send(
    send: &Send,
    parts: &Parts,
    topics: &Topics,
    last: &mut Option<klamm_cluster::metadata::TopicRef>,
) -> usize {
    let topic = parts.get(send.part.0).map(|partition| partition.topic);
    let name = topic.and_then(|topic| topics.get(topic)).map_or("", |entry| &*entry.name);
    let is_another = std::mem::replace(last, topic) != topic;
    let header = if is_another { produce::topic_overhead(name) } else { 0 };
    let batch = payload_of(send, parts).map_or(0, EncodedBatch::size);
    header.saturating_add(batch).saturating_add(BATCH_OVERHEAD)
}

/// Where a batch stands in a request.
fn place_of(send: &Send, parts: &Parts, topics: &Topics) -> Option<(std::sync::Arc<str>, i32)> {
    let partition = parts.get(send.part.0)?;
    let entry = topics.get(partition.topic)?;
    Some((std::sync::Arc::clone(&entry.name), partition.index.0))
}
