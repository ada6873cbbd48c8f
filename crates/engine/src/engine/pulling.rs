//! From slots to the state machine: openings, what is pulled, and payloads by ticket.

use klamm_batching::slot::{News, Ready};
use klamm_batching::{Tag, Ticket};
use klamm_idempotence::{Input, Part, TxnTag};
use klamm_wire::Now;

use super::Engine;
use crate::Job;
use crate::parts::{Batch, Payload};

impl Engine {
    /// Reads every slot with news; whether there was one.
    pub(super) fn read_slots(&mut self, now: Now) -> bool {
        let mut slots = std::mem::take(&mut self.desk.slots);
        self.accumulator.drain(&mut slots);
        let moved = !slots.is_empty();
        for slot in slots.drain(..) {
            self.read_slot(now, slot.part().0);
        }
        self.desk.slots = slots;
        moved
    }

    /// Reads what happened in one slot, and takes what is made.
    pub(super) fn read_slot(&mut self, now: Now, part: u32) {
        let Some(partition) = self.parts.get(part) else { return };
        let mut news = std::mem::take(&mut self.desk.news);
        partition.slot.read(&mut news);
        for one in news.drain(..) {
            match one {
                News::Opened { ticket, tag, due, deadline } => {
                    let mut batch = Batch::new(now.mono, due, deadline);
                    batch.number = self.calls.tally.announce();
                    self.opened(now, (part, ticket), tag, batch);
                }
                News::Sealed { ticket, records, bytes } => {
                    self.sealed((part, ticket), records, bytes);
                }
            }
        }
        self.desk.news = news;
        self.run_jobs(part);
        self.take_ready(now, part);
    }

    /// Takes on what appenders have left to do.
    fn run_jobs(&mut self, part: u32) {
        while let Some(job) = self.parts.get(part).and_then(|one| one.slot.next_job()) {
            self.run(job);
        }
    }

    fn opened(&mut self, now: Now, (part, ticket): (u32, Ticket), tag: Option<Tag>, batch: Batch) {
        let Some(partition) = self.parts.get_mut(part) else { return };
        let (due, deadline) = (batch.due, batch.deadline);
        if !partition.announce(ticket, batch) {
            return;
        }
        let topic = partition.topic;
        self.pulls.opened(part, due);
        self.use_topic(now, topic);
        self.desk.loads.change(topic);
        let (ticket, tag) = (klamm_idempotence::Ticket(ticket.0), tag.map(|tag| TxnTag(tag.0)));
        self.tell(now, Input::Announced { part: Part(part), ticket, deadline, tag });
    }

    fn sealed(&mut self, (part, ticket): (u32, Ticket), records: u32, bytes: usize) {
        let Some(partition) = self.parts.get_mut(part) else { return };
        if partition.open == Some(ticket)
            && let Some(batch) = partition.batch(ticket)
        {
            self.pulls.closed(part, batch.due);
        }
        partition.sealed(ticket, records, bytes);
    }

    /// Takes the batches of a partition that are made, strictly by ticket.
    fn take_ready(&mut self, now: Now, part: u32) {
        while let Some(Ready { ticket, records, encoded }) =
            self.parts.get(part).and_then(|partition| partition.slot.take_ready())
        {
            let number = klamm_idempotence::Ticket(ticket.0);
            let Some(batch) = self.parts.get_mut(part).and_then(|one| one.batch_mut(ticket)) else {
                continue;
            };
            let Some(encoded) = encoded else {
                self.tell(now, Input::JobFailed { part: Part(part), ticket: number });
                continue;
            };
            let size = u32::try_from(encoded.size()).unwrap_or(u32::MAX);
            batch.records = records;
            batch.payload = Payload::Whole(encoded);
            self.tell(now, Input::Ready { part: Part(part), ticket: number, records, size });
        }
        self.pulls.look(part);
    }

    /// Pulls every batch that is due and can go; whether there was one.
    pub(super) fn pull(&mut self, now: Now) -> bool {
        self.pulls.on_time(now.mono);
        if self.accumulator.wanting_memory() {
            self.pulls.hurry();
        }
        let mut moved = false;
        for part in self.pulls.take() {
            moved |= self.pull_one(now, part);
        }
        moved
    }

    /// Pulls the open batch of a partition if it can go, or if nothing of the partition is on its
    /// way whose end would bring another look.
    fn pull_one(&mut self, now: Now, part: u32) -> bool {
        let Some(partition) = self.parts.get(part) else { return false };
        let Some(ticket) = partition.open else { return false };
        let is_first = partition.out == 0;
        if partition.unsent > 0 || !(is_first || self.machine.may_send(Part(part))) {
            return false;
        }
        let Some(job) = partition.slot.pull(ticket) else {
            self.read_slot(now, part);
            return true;
        };
        self.run(job);
        self.read_slot(now, part);
        true
    }

    /// Runs a job if that is cheaper than passing it on.
    fn run(&mut self, job: Job) {
        if job.is_small() {
            self.accumulator.run(job);
        } else {
            self.desk.jobs.push_back(job);
        }
    }
}
