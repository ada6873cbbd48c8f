//! A producer in the middle of its work, and a broker that takes every batch.

use std::time::Duration;

use klamm_idempotence::{
    Acked, Answer, AttemptId, ConnId, CtrlFacts, Input, Leader, Machine, Mode, Outcome, Output,
    Part, Settings, Ticket,
};
use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId};

const TIMEOUT: Duration = Duration::from_secs(120);
const STEP: Duration = Duration::from_micros(1);
/// Batches after which nothing is new to a partition.
const WARM: usize = 20;

/// A machine that has written to all of its partitions for a while.
pub(crate) struct Steady {
    machine: Machine,
    now: Time,
    parts: u32,
    /// The next ticket of each partition.
    ticket: Ticket,
    /// The attempts that are out, kept for the room.
    out: Vec<(Part, AttemptId)>,
}

impl Steady {
    /// A machine that has nothing more to learn.
    pub(crate) fn new(mode: Mode, parts: u32) -> Self {
        let machine = Machine::new(Settings::new(mode));
        let (now, ticket) = (Time(0), Ticket(0));
        let mut steady = Self { machine, now, parts, ticket, out: Vec::new() };
        let node = NodeId(1);
        steady.tell(Input::ConnUp { conn: ConnId(1), node });
        let leader = Leader::At { node, epoch: 0 };
        for part in (0..parts).map(Part) {
            steady.tell(Input::Leader { part, topic: TopicId::ZERO, leader });
        }
        steady.identify();
        for _ in 0..WARM {
            assert!(steady.one_after_another() && steady.all_at_once());
        }
        steady
    }

    /// A batch that comes to nothing makes the machine ask for a producer id, if it wants one.
    fn identify(&mut self) {
        let (part, ticket, deadline) = (Part(self.parts), Ticket(0), TIMEOUT);
        let deadline = self.now.saturating_add(deadline);
        let asked = self.tell(Input::Announced { part, ticket, deadline, tag: None });
        if let Some(Output::Ctrl { ctrl, .. }) = asked {
            let (code, pid, epoch) = (ErrorCode::NONE, ProducerId(7), Epoch(0));
            let facts = CtrlFacts::ProducerId { code, pid, epoch };
            self.tell(Input::CtrlAnswer { ctrl, facts });
        }
        self.tell(Input::JobFailed { part, ticket });
    }

    /// Tells the machine one thing; what it wants done then, which is one thing at the most.
    fn tell(&mut self, input: Input) -> Option<Output> {
        self.now = self.now.saturating_add(STEP);
        self.machine.handle(self.now, input);
        let output = self.machine.poll();
        assert!(output.is_none() || self.machine.poll().is_none());
        output
    }

    /// The emptiest way through both doors; whether nothing came out.
    pub(crate) fn nothing(&mut self) -> bool {
        self.tell(Input::Tick).is_none()
    }

    /// A batch to one partition, from its announcement to its acknowledgement.
    pub(crate) fn one_batch(&mut self) -> Option<Acked> {
        let part = Part(0);
        let attempt = self.send(part)?;
        self.ticket.0 += 1;
        self.acknowledge(part, attempt)
    }

    /// The same for every partition; whether all were acknowledged.
    pub(crate) fn one_after_another(&mut self) -> bool {
        let all = (0..self.parts).map(Part).all(|part| {
            let attempt = self.send(part);
            attempt.is_some_and(|attempt| self.acknowledge(part, attempt).is_some())
        });
        self.ticket.0 += 1;
        all
    }

    /// A batch to each partition, and only then the answers.
    pub(crate) fn all_at_once(&mut self) -> bool {
        let mut out = std::mem::take(&mut self.out);
        for part in (0..self.parts).map(Part) {
            out.extend(self.send(part).map(|attempt| (part, attempt)));
        }
        self.ticket.0 += 1;
        let acked =
            out.drain(..).filter(|(part, attempt)| self.acknowledge(*part, *attempt).is_some());
        let all = u32::try_from(acked.count()) == Ok(self.parts);
        self.out = out;
        all
    }

    fn send(&mut self, part: Part) -> Option<AttemptId> {
        let ticket = self.ticket;
        let deadline = self.now.saturating_add(TIMEOUT);
        let nothing = self.tell(Input::Announced { part, ticket, deadline, tag: None });
        assert!(nothing.is_none());
        match self.tell(Input::Ready { part, ticket, records: 10, size: 1_000 })? {
            Output::Send(send) => Some(send.attempt),
            Output::Complete { .. }
            | Output::Restamp(_)
            | Output::Split(_)
            | Output::Ctrl { .. }
            | Output::ForgetCoordinator(_)
            | Output::Refresh(_)
            | Output::NeedConn(_)
            | Output::CallDone { .. } => None,
        }
    }

    fn acknowledge(&mut self, part: Part, attempt: AttemptId) -> Option<Acked> {
        let (code, base_offset, append_time) = (ErrorCode::NONE, Some(42), None);
        let record_errors = Vec::new();
        let answer = Answer::Present { code, base_offset, append_time, record_errors };
        let told = self.tell(Input::Answer { attempt, part, answer });
        let Some(Output::Complete { outcome: Outcome::Whole(Ok(acked)), .. }) = told else {
            return None;
        };
        Some(acked)
    }
}
