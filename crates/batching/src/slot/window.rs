//! A slot's batches by ticket, from the oldest that has not ended to the newest.

use std::collections::VecDeque;

use klamm_records::{EncodedBatch, RawBatch};

use crate::completion::Completion;
use crate::names::Ticket;
use crate::notes::Notes;
use crate::slot::news::Ready;
use crate::sync::Arc;

/// Where a batch is.
#[derive(Debug)]
pub(crate) enum Stage {
    /// It takes records.
    Open,
    /// It was moved out, and its job is nobody's yet.
    Waiting(RawBatch),
    /// It was moved out, and somebody has its job.
    Assigned(RawBatch),
    /// Its job is being done.
    InJob,
    /// Its payload is made.
    Made(EncodedBatch),
    /// Its payload could not be made.
    Failed,
    /// The engine has it.
    Taken,
    /// It was settled.
    Ended,
}

/// A batch that was announced.
#[derive(Debug)]
pub(super) struct Entry<F> {
    pub(super) stage: Stage,
    pub(super) records: u32,
    /// Of one that is open, the slot's open batch has these two.
    pub(super) completion: Option<Arc<Completion<F>>>,
    pub(super) notes: Notes<F>,
}

/// A slot's batches by ticket.
#[derive(Debug)]
pub(super) struct Window<F> {
    /// The ticket of the first entry.
    first: u64,
    entries: VecDeque<Entry<F>>,
    /// The oldest ticket that the engine may still take.
    next_taken: u64,
    /// The oldest ticket of which the engine has not read that it was moved out.
    unread: u64,
    /// How many wait for somebody to take their job.
    waiting: usize,
}

impl<F> Window<F> {
    pub(super) fn new() -> Self {
        Self { first: 0, entries: VecDeque::new(), next_taken: 0, unread: 0, waiting: 0 }
    }

    /// Announces one more: its ticket.
    pub(super) fn open(&mut self) -> Ticket {
        let ticket = self.first.saturating_add(self.entries.len() as u64);
        let stage = Stage::Open;
        self.entries.push_back(Entry {
            stage,
            records: 0,
            completion: None,
            notes: Notes::default(),
        });
        Ticket(ticket)
    }

    fn index(&self, ticket: u64) -> Option<usize> {
        usize::try_from(ticket.checked_sub(self.first)?).ok()
    }

    /// The batch with that ticket, unless it has ended.
    pub(super) fn get(&mut self, ticket: Ticket) -> Option<&mut Entry<F>> {
        let index = self.index(ticket.0)?;
        self.entries.get_mut(index).filter(|entry| !matches!(entry.stage, Stage::Ended))
    }

    /// The engine has read all news: of the open batch, if there is one, that it takes records.
    pub(super) fn is_read(&mut self, open: Option<Ticket>) {
        let behind = self.first.saturating_add(self.entries.len() as u64);
        self.unread = open.map_or(behind, |open| open.0);
    }

    /// The oldest ticket that was not taken, if the engine knows that it was moved out.
    fn next_ticket(&self) -> Option<u64> {
        Some(self.next_taken.max(self.first)).filter(|ticket| *ticket < self.unread)
    }

    /// Keeps a batch until somebody takes its job.
    pub(super) fn keep(&mut self, ticket: Ticket, raw: RawBatch) {
        if let Some(entry) = self.get(ticket) {
            entry.stage = Stage::Waiting(raw);
            self.waiting = self.waiting.saturating_add(1);
        }
    }

    /// The oldest batch whose job is nobody's; from now on it is the caller's.
    pub(super) fn next_job(&mut self) -> Option<(Ticket, RawBatch)> {
        if self.waiting == 0 {
            return None;
        }
        let is_waiting = |entry: &Entry<F>| matches!(entry.stage, Stage::Waiting(_));
        let index = self.entries.iter().position(is_waiting)?;
        self.take_job(self.first.saturating_add(index as u64))
    }

    fn take_job(&mut self, ticket: u64) -> Option<(Ticket, RawBatch)> {
        let index = self.index(ticket)?;
        let entry = self.entries.get_mut(index)?;
        let raw = match std::mem::replace(&mut entry.stage, Stage::InJob) {
            Stage::Waiting(raw) => raw,
            stage @ (Stage::Open
            | Stage::Assigned(_)
            | Stage::InJob
            | Stage::Made(_)
            | Stage::Failed
            | Stage::Taken
            | Stage::Ended) => {
                entry.stage = stage;
                return None;
            }
        };
        self.waiting = self.waiting.saturating_sub(1);
        Some((Ticket(ticket), raw))
    }

    /// The batch of a job that begins; nothing when it has ended.
    pub(super) fn begin(&mut self, ticket: Ticket) -> Option<RawBatch> {
        let entry = self.get(ticket).filter(|entry| matches!(entry.stage, Stage::Assigned(_)))?;
        let stage = std::mem::replace(&mut entry.stage, Stage::InJob);
        if let Stage::Assigned(raw) = stage { Some(raw) } else { None }
    }

    /// Takes a job's result in, or gives it back when the batch has ended meanwhile.
    pub(super) fn finish(&mut self, ticket: Ticket, made: Stage) -> Option<Stage> {
        match self.get(ticket) {
            Some(entry) if matches!(entry.stage, Stage::InJob) => {
                entry.stage = made;
                None
            }
            Some(_) | None => Some(made),
        }
    }

    /// The oldest batch that was not taken, if its payload is made or cannot be.
    pub(super) fn take_ready(&mut self) -> Option<Ready> {
        loop {
            let ticket = self.next_ticket()?;
            let index = self.index(ticket)?;
            let entry = self.entries.get_mut(index)?;
            let encoded = match std::mem::replace(&mut entry.stage, Stage::Taken) {
                Stage::Made(encoded) => Some(encoded),
                Stage::Failed => None,
                Stage::Ended => {
                    entry.stage = Stage::Ended;
                    self.next_taken = ticket.saturating_add(1);
                    continue;
                }
                stage @ (Stage::Open
                | Stage::Waiting(_)
                | Stage::Assigned(_)
                | Stage::InJob
                | Stage::Taken) => {
                    entry.stage = stage;
                    return None;
                }
            };
            let records = entry.records;
            self.next_taken = ticket.saturating_add(1);
            return Some(Ready { ticket: Ticket(ticket), records, encoded });
        }
    }

    /// Ends a batch: what there was of it.
    pub(super) fn end(&mut self, ticket: Ticket) -> Option<Entry<F>> {
        let entry = self.get(ticket)?;
        let ended =
            Entry { stage: Stage::Ended, records: 0, completion: None, notes: Notes::default() };
        let entry = std::mem::replace(entry, ended);
        if matches!(entry.stage, Stage::Waiting(_)) {
            self.waiting = self.waiting.saturating_sub(1);
        }
        let is_ended = |entry: &Entry<F>| matches!(entry.stage, Stage::Ended);
        while self.entries.front().is_some_and(is_ended) {
            self.entries.pop_front();
            self.first = self.first.saturating_add(1);
        }
        Some(entry)
    }
}
