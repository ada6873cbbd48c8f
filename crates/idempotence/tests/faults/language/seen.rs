//! What the machine has done so far, for tests to ask about.

use std::collections::BTreeMap;

use klamm_idempotence::{
    Acked, AttemptId, CallError, CallId, ConnId, CtrlId, Destination, Done, Failed, Fate, Outcome,
    Output, Part, Piece, Reason, Request, Send, Ticket,
};
use klamm_wire::Time;

use super::checks::Checks;

/// A batch, as tests hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Batch {
    pub(crate) part: Part,
    pub(crate) ticket: Ticket,
}

/// What the caller of a batch was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing yet.
    Nothing,
    /// It is in the log.
    Acked,
    /// It failed, and is not in the log.
    NotWritten,
    /// It failed, and may be in the log.
    Unknown,
    /// It failed, and is in the log.
    Written,
    /// It ended in pieces that were not told the same.
    Mixed,
}

/// Everything that came out of the machine.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) outcomes: BTreeMap<Batch, Outcome>,
    /// Each sending, and when.
    pub(crate) sent: Vec<(Time, Send)>,
    /// Splits that were asked for.
    pub(crate) splits: Vec<(Batch, Piece)>,
    pub(crate) asked: Vec<(CtrlId, Destination, Request)>,
    pub(crate) calls: BTreeMap<CallId, Result<Done, CallError>>,
    /// Refreshes, connections, and what else is only wished for.
    pub(crate) wishes: Vec<Output>,
    /// The last request for a producer id that was granted by itself.
    pub(crate) granted: CtrlId,
    shown: usize,
    checks: Checks,
}

impl Seen {
    pub(super) fn note(&mut self, now: Time, output: Output) {
        self.checks.check(&output);
        match output {
            Output::Complete { part, ticket, outcome } => {
                let again = self.outcomes.insert(Batch { part, ticket }, outcome);
                assert_eq!(again, None, "a batch completes once");
            }
            Output::Restamp(_) => {}
            Output::Split(proof) => {
                let batch = Batch { part: proof.part(), ticket: proof.ticket() };
                self.splits.push((batch, proof.piece()));
            }
            Output::Send(send) => self.sent.push((now, send)),
            Output::Ctrl { ctrl, to, request } => self.asked.push((ctrl, to, request)),
            Output::CallDone { call, result } => {
                assert_eq!(self.calls.insert(call, result), None, "a call is answered once");
            }
            Output::ForgetCoordinator(_) | Output::Refresh(_) | Output::NeedConn(_) => {
                self.wishes.push(output);
            }
        }
    }

    /// The next request for a first producer id that was not granted.
    pub(super) fn next_grant(&self) -> Option<CtrlId> {
        let first = Request::InitProducerId { current: None };
        let mut wanted = self.asked.iter().filter(|(_, _, request)| *request == first);
        wanted.find(|(ctrl, ..)| *ctrl > self.granted).map(|(ctrl, ..)| *ctrl)
    }

    /// What the caller of a batch was told.
    pub(crate) fn told(&self, batch: Batch) -> Told {
        match self.outcomes.get(&batch) {
            None => Told::Nothing,
            Some(Outcome::Whole(result)) => told(result),
            Some(Outcome::Pieces(pieces)) => {
                let mut all = pieces.iter().map(|(_, result)| told(result));
                let first = all.next().unwrap();
                if all.all(|one| one == first) { first } else { Told::Mixed }
            }
        }
    }

    /// What the callers of some batches were told.
    pub(crate) fn all_told<const N: usize>(&self, batches: [Batch; N]) -> [Told; N] {
        batches.map(|batch| self.told(batch))
    }

    /// The offset of an acknowledged batch.
    pub(crate) fn offset(&self, batch: Batch) -> Option<i64> {
        match self.outcomes.get(&batch) {
            Some(Outcome::Whole(Ok(Acked { offset, .. }))) => *offset,
            other => panic!("{batch:?} is not acknowledged: {other:?}"),
        }
    }

    /// How a batch failed.
    pub(crate) fn failed(&self, batch: Batch) -> &Failed {
        match self.outcomes.get(&batch) {
            Some(Outcome::Whole(Err(failed))) => failed,
            other => panic!("{batch:?} did not fail: {other:?}"),
        }
    }

    /// Why a batch failed.
    pub(crate) fn reason(&self, batch: Batch) -> Reason {
        self.failed(batch).reason
    }

    /// Every sending of a batch.
    pub(crate) fn sendings(&self, batch: Batch) -> Vec<Send> {
        let of_batch = |send: &Send| send.part == batch.part && send.ticket == batch.ticket;
        self.sent.iter().map(|(_, send)| *send).filter(of_batch).collect()
    }

    /// When a batch was sent.
    pub(crate) fn sending_times(&self, batch: Batch) -> Vec<Time> {
        let of_batch =
            |(_, send): &&(Time, Send)| send.part == batch.part && send.ticket == batch.ticket;
        self.sent.iter().filter(of_batch).map(|(time, _)| *time).collect()
    }

    /// The newest attempt of a batch.
    pub(crate) fn last_attempt(&self, batch: Batch) -> AttemptId {
        self.last(batch).attempt
    }

    /// The connection of the newest attempt of a batch.
    pub(crate) fn went_to(&self, batch: Batch) -> ConnId {
        self.last(batch).conn
    }

    /// The newest stamp of a batch: producer id, epoch and sequence.
    pub(crate) fn stamp(&self, batch: Batch) -> (i64, i16, i32) {
        let stamp = self.last(batch).stamp.unwrap();
        (stamp.identity().pid.0, stamp.identity().epoch.0, stamp.sequence().0)
    }

    /// The stamps of some batches.
    pub(crate) fn stamps<const N: usize>(&self, batches: [Batch; N]) -> [(i64, i16, i32); N] {
        batches.map(|batch| self.stamp(batch))
    }

    fn last(&self, batch: Batch) -> Send {
        *self.sendings(batch).last().unwrap_or_else(|| panic!("{batch:?} was never sent"))
    }

    /// The batch of an attempt.
    pub(crate) fn batch_of(&self, attempt: AttemptId) -> Batch {
        let send = self.sent.iter().map(|(_, send)| send).find(|send| send.attempt == attempt);
        let Send { part, ticket, .. } = *send.unwrap();
        Batch { part, ticket }
    }
}

impl super::Bench {
    /// What was sent since this was last asked.
    pub(crate) fn sends(&mut self) -> Vec<Batch> {
        let new = self.seen.sent.iter().skip(self.seen.shown);
        let new = new.map(|(_, send)| Batch { part: send.part, ticket: send.ticket }).collect();
        self.seen.shown = self.seen.sent.len();
        new
    }
}

fn told(result: &Result<Acked, Failed>) -> Told {
    match result.as_ref().map_err(|failed| failed.fate) {
        Ok(_) => Told::Acked,
        Err(Fate::NotWritten) => Told::NotWritten,
        Err(Fate::Unknown) => Told::Unknown,
        Err(Fate::Written) => Told::Written,
    }
}
