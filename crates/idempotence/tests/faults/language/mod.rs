//! The language of the tests: one machine, virtual time, and sentences that play its surroundings.

mod checks;
mod cluster;
mod scenes;
mod seen;
mod transactions;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use klamm_idempotence::{
    Answer, Ask, AttemptId, CallId, ConnId, CtrlFacts, CtrlId, Input, Machine, Part, Piece, Ticket,
    TxnTag,
};
use klamm_wire::{Epoch, ErrorCode, ProducerId, Time};

pub(crate) use seen::{Batch, Seen, Told};
pub(crate) use transactions::{adds_first, ends};

/// How long batches may take, unless a test says otherwise.
pub(crate) const PATIENCE: u64 = 120;

/// The partition of most tests.
pub(crate) const P: Part = Part(0);

/// A second partition.
pub(crate) const Q: Part = Part(1);

/// A machine, its surroundings, and what it has done so far, which [`Seen`] tells.
pub(crate) struct Bench {
    pub(crate) machine: Machine,
    pub(crate) now: Time,
    pub(crate) topic: u8,
    /// Whether producer ids are granted as soon as they are asked for.
    pub(crate) grants_ids: bool,
    pub(crate) tag: Option<TxnTag>,
    pub(crate) seen: Seen,
    tickets: BTreeMap<Part, u64>,
    conns: BTreeMap<i32, ConnId>,
    leader_epoch: i32,
    names: u64,
}

impl Deref for Bench {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl Bench {
    /// As many batches of one record for `P` as the pattern names, made at once.
    pub(crate) fn batches<const N: usize>(&mut self) -> [Batch; N] {
        [(); N].map(|()| self.batch(P, 1, PATIENCE))
    }

    /// One batch of so many records, to be finished within so many seconds.
    pub(crate) fn batch(&mut self, part: Part, records: u32, seconds: u64) -> Batch {
        let batch = self.open_batch(part, seconds);
        self.make(batch, records);
        batch
    }

    /// A batch that is still filling.
    pub(crate) fn open_batch(&mut self, part: Part, seconds: u64) -> Batch {
        let next = self.tickets.entry(part).or_default();
        let ticket = Ticket(*next);
        *next += 1;
        let deadline = self.now.saturating_add(Duration::from_secs(seconds));
        self.tell(Input::Announced { part, ticket, deadline, tag: self.tag });
        Batch { part, ticket }
    }

    /// The payload of an open batch is made.
    pub(crate) fn make(&mut self, Batch { part, ticket }: Batch, records: u32) {
        self.tell(Input::Ready { part, ticket, records, size: 100 });
    }

    /// A piece is made into two, the first of so many records.
    pub(crate) fn halve(&mut self, batch: Batch, piece: Piece, first: u32) {
        let Batch { part, ticket } = batch;
        self.tell(Input::SplitDone { part, ticket, piece, first_half: Some(first) });
    }

    /// The newest attempt of a batch is answered; its offset is its ticket.
    pub(crate) fn answer(&mut self, batch: Batch, code: ErrorCode) {
        self.answer_to(self.last_attempt(batch), code);
    }

    /// One attempt of several is answered.
    pub(crate) fn answer_to(&mut self, attempt: AttemptId, code: ErrorCode) {
        let batch = self.batch_of(attempt);
        let offset = i64::try_from(batch.ticket.0).ok().filter(|_| code == ErrorCode::NONE);
        self.hear(attempt, present(code, offset, Vec::new()));
    }

    /// One attempt is answered in those words.
    pub(crate) fn hear(&mut self, attempt: AttemptId, answer: Answer) {
        let part = self.batch_of(attempt).part;
        self.tell(Input::Answer { attempt, part, answer });
    }

    /// An application's call; its name.
    pub(crate) fn call(&mut self, ask: Ask, seconds: u64) -> CallId {
        let call = CallId(self.name());
        let deadline = self.now.saturating_add(Duration::from_secs(seconds));
        self.tell(Input::Call { call, deadline, ask });
        call
    }

    /// So many seconds pass; the machine is woken whenever it asked for that.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.wait_for(Duration::from_secs(seconds));
    }

    /// As `wait`, for any span.
    pub(crate) fn wait_for(&mut self, span: Duration) {
        let end = self.now.saturating_add(span);
        while let Some(wake) = self.machine.next_wake().filter(|wake| *wake <= end) {
            self.now = self.now.max(wake);
            self.tick();
        }
        self.now = end;
        self.tick();
    }

    fn tick(&mut self) {
        self.tell(Input::Tick);
        let wake = self.machine.next_wake();
        assert!(wake.is_none_or(|wake| wake > self.now), "{wake:?} is not after {:?}", self.now);
    }

    fn name(&mut self) -> u64 {
        self.names += 1;
        self.names
    }

    /// One thing happens.
    pub(crate) fn tell(&mut self, input: Input) {
        self.machine.handle(self.now, input);
        while let Some(output) = self.machine.poll() {
            self.seen.note(self.now, output);
        }
        while let Some(ctrl) = self.seen.next_grant().filter(|_| self.grants_ids) {
            self.grant(ctrl);
        }
    }

    /// A request for a producer id is granted: 100 + its own name, with epoch 0.
    pub(crate) fn grant(&mut self, ctrl: CtrlId) {
        self.seen.granted = ctrl;
        let pid = ProducerId(i64::try_from(ctrl.0).unwrap() + 100);
        let facts = CtrlFacts::ProducerId { code: ErrorCode::NONE, pid, epoch: Epoch(0) };
        self.tell(Input::CtrlAnswer { ctrl, facts });
    }
}

/// An answer that names the partition.
pub(crate) fn present(code: ErrorCode, base_offset: Option<i64>, at_fault: Vec<u32>) -> Answer {
    Answer::Present { code, base_offset, append_time: None, record_errors: at_fault }
}
