//! The application: three transactions, each over two partitions and a group's offsets.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_idempotence::{
    Ask, CallError, CallId, Done, Group, Input, Outcome, Part, Ticket, TxnTag,
};
use klamm_wire::Time;

const GROUP: Group = Group(0);
const PATIENCE: Duration = Duration::from_secs(20);
const DELIVERY: Duration = Duration::from_secs(60);

/// What the application knows of one of its transactions in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Believed {
    Committed,
    Aborted,
    Unknown,
}

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct App {
    /// How many transactions it wants.
    transactions: u32,
    /// The transaction at work, from 1.
    at: u32,
    tag: TxnTag,
    next: Step,
    waiting: Option<Ask>,
    calls: u64,
    tickets: BTreeMap<Part, u64>,
    /// What stands in each batch: its transaction.
    contents: BTreeMap<(Part, Ticket), u32>,
    pub(super) acked: BTreeMap<(Part, Ticket), bool>,
    pub(super) believed: BTreeMap<u32, Believed>,
    offsets_sent: bool,
    /// The first promise to it that was broken.
    pub(super) broken: Option<&'static str>,
}

/// What it does as soon as it can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
enum Step {
    #[default]
    Begin,
    Call(Ask),
    Write,
    Rest,
}

impl App {
    pub(super) fn new(transactions: u32) -> Self {
        Self { transactions, ..Self::default() }
    }

    fn expect(&mut self, holds: bool, law: &'static str) {
        if !holds {
            self.broken.get_or_insert(law);
        }
    }

    /// What it does next; nothing while it waits.
    pub(super) fn next(&mut self, now: Time) -> Option<Vec<Input>> {
        if self.waiting.is_some() {
            return None;
        }
        match std::mem::replace(&mut self.next, Step::Rest) {
            Step::Begin => Some(vec![self.call(Ask::InitTxn, now)]),
            Step::Call(ask) => Some(vec![self.call(ask, now)]),
            Step::Write => Some(self.write(now)),
            Step::Rest => None,
        }
    }

    fn call(&mut self, ask: Ask, now: Time) -> Input {
        self.waiting = Some(ask);
        self.calls += 1;
        Input::Call { call: CallId(self.calls), deadline: now.saturating_add(PATIENCE), ask }
    }

    /// One batch to each partition, then the offsets.
    fn write(&mut self, now: Time) -> Vec<Input> {
        let mut inputs = Vec::new();
        for part in [Part(0), Part(1)] {
            let next = self.tickets.entry(part).or_default();
            let ticket = Ticket(*next);
            *next += 1;
            self.contents.insert((part, ticket), self.at);
            let deadline = now.saturating_add(DELIVERY);
            inputs.push(Input::Announced { part, ticket, deadline, tag: Some(self.tag) });
            inputs.push(Input::Ready { part, ticket, records: 1, size: 1 });
        }
        self.next = Step::Call(Ask::SendOffsets { group: GROUP, offsets: 1 });
        inputs
    }

    /// What is written into a batch.
    pub(super) fn content(&self, part: Part, ticket: Ticket) -> u32 {
        self.contents[&(part, ticket)]
    }

    /// The offset that the transaction commits.
    pub(super) fn offset(&self) -> u32 {
        self.at
    }

    pub(super) fn completed(&mut self, part: Part, ticket: Ticket, outcome: &Outcome) {
        let acked = matches!(outcome, Outcome::Whole(Ok(_)));
        let before = self.acked.insert((part, ticket), acked);
        self.expect(before.is_none(), "I9 a batch is finished once");
    }

    pub(super) fn told(&mut self, result: Result<Done, CallError>) {
        let asked = self.waiting.take().expect("somebody waits");
        match result {
            Ok(Done::Begun(tag)) => {
                self.at += 1;
                (self.tag, self.next, self.offsets_sent) = (tag, Step::Write, false);
            }
            Ok(Done::Initialized) => self.next = Step::Call(Ask::BeginTxn),
            Ok(Done::OffsetsSent) => {
                self.offsets_sent = true;
                self.next = Step::Call(Ask::Commit);
            }
            Ok(Done::Committed) => self.over(Believed::Committed),
            Ok(Done::Aborted) => self.over(Believed::Aborted),
            Ok(Done::Flushed { .. } | Done::Closed) => panic!("not asked for"),
            Err(CallError::TimedOut) => self.next = Step::Call(asked),
            Err(CallError::CommitUnknown) => {
                self.believed.insert(self.at, Believed::Unknown);
                self.next = Step::Call(asked);
            }
            Err(CallError::MustAbort(_)) => self.next = Step::Call(Ask::Abort),
            Err(CallError::Fatal(_)) => self.die(),
            Err(error @ (CallError::IllegalState | CallError::Refused(_) | CallError::Closed)) => {
                panic!("{asked:?}: {error:?} in {self:?}")
            }
        }
    }

    fn over(&mut self, believed: Believed) {
        let all = self.contents.iter().filter(|(_, at)| **at == self.at);
        let acked = all.map(|(name, _)| self.acked.get(name)).collect::<Vec<_>>();
        let (all_known, all_acked) =
            (acked.iter().all(Option::is_some), acked.iter().all(|acked| *acked == Some(&true)));
        let complete = all_acked && self.offsets_sent;
        self.expect(complete || believed != Believed::Committed, "I15 all of it was acknowledged");
        self.expect(all_known, "I9 a transaction that is over has finished its batches");
        self.believed.insert(self.at, believed);
        let more = self.at < self.transactions;
        self.next = if more { Step::Call(Ask::BeginTxn) } else { Step::Rest };
    }

    /// A transaction that was not known to be committed is not, unless its commit was in doubt.
    fn die(&mut self) {
        if self.at > 0 {
            self.believed.entry(self.at).or_insert(Believed::Aborted);
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.waiting.is_none() && self.next == Step::Rest
    }

    pub(super) fn committed(&self) -> Vec<u32> {
        let committed = self.believed.iter().filter(|(_, how)| **how == Believed::Committed);
        committed.map(|(at, _)| *at).collect()
    }
}
