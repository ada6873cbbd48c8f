//! Transactions, told as sentences: a bench with one producer and a coordinator played by hand.

use std::time::Duration;

use klamm_wire::{Epoch, ErrorCode, ProducerId, Time};

use crate::input::{Ask, CtrlFacts};
use crate::names::{CallId, CtrlId, Group, Part, TxnTag};
use crate::outbox::Outbox;
use crate::output::{CallError, Destination, Done, Output, Reason, Request};
use crate::settings::{Generation, Mode, Settings};
use crate::stamp::Identity;

use super::{Effect, Event, Load, Transactions};

mod aborting;
mod adding;
mod anything;
mod beginning;
mod calling;
mod closing;
mod committing;
mod fencing;
mod generations;
mod offsets;

const P0: Part = Part(0);
const P1: Part = Part(1);
const GROUP: Group = Group(3);
const OFFSETS: Ask = Ask::SendOffsets { group: GROUP, offsets: 3 };
const OK: ErrorCode = ErrorCode::NONE;
const BOTH: [Generation; 2] = [Generation::V1, Generation::V2];
/// How long each call waits.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any back-off, and shorter than a call's patience.
const WHILE: Duration = Duration::from_secs(2);

/// A producer, what it asked last, and what its calls were told.
struct Bench {
    txn: Transactions,
    out: Outbox,
    now: Time,
    load: Load,
    calls: u64,
    asked: Vec<(CtrlId, Destination, Request)>,
    told: Vec<Result<Done, CallError>>,
    forgotten: u32,
}

impl Bench {
    fn new(generation: Generation) -> Self {
        let mut bench = Self {
            txn: Transactions::new(&Settings::new(Mode::Transactional)),
            out: Outbox::default(),
            now: Time(0),
            load: Load::default(),
            calls: 0,
            asked: Vec::new(),
            told: Vec::new(),
            forgotten: 0,
        };
        bench.tell(Event::Features(generation));
        bench
    }

    /// It has identity 7, epoch 0.
    fn ready(generation: Generation) -> Self {
        let mut bench = Self::new(generation);
        bench.call(Ask::InitTxn);
        bench.request();
        bench.answer(identity(7, 0));
        assert_eq!(bench.told(), Some(Ok(Done::Initialized)));
        bench.effects();
        bench
    }

    fn in_transaction(generation: Generation) -> Self {
        let mut bench = Self::ready(generation);
        bench.begin();
        bench
    }

    /// One batch was written to the first partition, and acknowledged.
    fn written(generation: Generation) -> Self {
        let mut bench = Self::in_transaction(generation);
        bench.write(P0);
        bench
    }

    /// A commit is out, and not answered.
    fn committing(generation: Generation) -> Self {
        let mut bench = Self::written(generation);
        bench.call(Ask::Commit);
        assert_eq!(bench.request(), end(true, 0, generation));
        bench
    }

    fn begin(&mut self) {
        self.call(Ask::BeginTxn);
        assert!(matches!(self.told(), Some(Ok(Done::Begun(_)))));
    }

    fn write(&mut self, part: Part) {
        self.tell(Event::Wants(part));
        if !self.txn.may_send(part) {
            self.request();
            self.answer(added(&[(part, OK)]));
        }
        assert!(self.txn.may_send(part));
        self.tell(Event::Attempted(part));
        self.effects();
    }

    fn tell(&mut self, event: Event) {
        self.txn.step(self.now, event, self.load, &mut self.out);
        while let Some(output) = self.out.pop() {
            match output {
                Output::Ctrl { ctrl, to, request } => self.asked.push((ctrl, to, request)),
                Output::CallDone { result, .. } => self.told.push(result),
                Output::ForgetCoordinator(_) => self.forgotten = self.forgotten.saturating_add(1),
                other @ (Output::Complete { .. }
                | Output::Restamp(_)
                | Output::Split(_)
                | Output::Send(_)
                | Output::Refresh(_)
                | Output::NeedConn(_)) => panic!("{other:?}"),
            }
        }
    }

    fn call(&mut self, ask: Ask) {
        self.calls = self.calls.saturating_add(1);
        let deadline = self.now.saturating_add(PATIENCE);
        self.tell(Event::Call { call: CallId(self.calls), deadline, ask });
    }

    /// What a call that is answered at once is told.
    fn ask(&mut self, ask: Ask) -> Option<Result<Done, CallError>> {
        self.call(ask);
        self.told()
    }

    fn load(&mut self, open: u32, outstanding: u32) {
        self.load = Load { open, outstanding };
        self.tell(Event::Load);
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
        self.tell(Event::Tick);
    }

    /// Answers what was asked last.
    fn answer(&mut self, facts: CtrlFacts) {
        let ctrl = ctrl_of(self);
        self.tell(Event::Answer { ctrl, facts });
    }

    fn lose(&mut self, wrote_full_frame: bool) {
        let ctrl = ctrl_of(self);
        self.tell(Event::Lost { ctrl, wrote_full_frame });
    }

    fn find_nobody(&mut self, code: ErrorCode) {
        let ctrl = ctrl_of(self);
        self.tell(Event::Refused { ctrl, code });
    }

    fn fail_send(&mut self, code: ErrorCode) {
        let reason = Reason::Refused(code);
        self.tell(Event::SendFailed { tag: tag_of(self), reason, fatal: None });
    }

    /// The one request made since the last look.
    fn request(&mut self) -> Request {
        assert_eq!(self.asked.len(), 1, "{:?}", self.asked);
        self.asked.remove(0).2
    }

    fn is_silent(&self) -> bool {
        self.asked.is_empty()
    }

    /// What the one call answered since the last look was told.
    fn told(&mut self) -> Option<Result<Done, CallError>> {
        assert!(self.told.len() < 2, "{:?}", self.told);
        self.told.pop()
    }

    fn effects(&mut self) -> Vec<Effect> {
        std::iter::from_fn(|| self.txn.take_effect()).collect()
    }
}

/// The name of the last request: they are counted from 1.
fn ctrl_of(bench: &Bench) -> CtrlId {
    CtrlId(bench.txn.last_ctrl)
}

/// The name of the last transaction: they are counted from 1.
fn tag_of(bench: &Bench) -> TxnTag {
    TxnTag(bench.txn.last_tag)
}

fn ours(epoch: i16) -> Identity {
    Identity { pid: ProducerId(7), epoch: Epoch(epoch) }
}

fn identity(pid: i64, epoch: i16) -> CtrlFacts {
    CtrlFacts::ProducerId { code: OK, pid: ProducerId(pid), epoch: Epoch(epoch) }
}

fn no_identity(code: ErrorCode) -> CtrlFacts {
    CtrlFacts::ProducerId { code, pid: ProducerId::NONE, epoch: Epoch::NONE }
}

fn added(parts: &[(Part, ErrorCode)]) -> CtrlFacts {
    CtrlFacts::PartitionsAdded { code: OK, parts: parts.to_vec() }
}

fn committed(codes: &[(u32, ErrorCode)]) -> CtrlFacts {
    CtrlFacts::OffsetsCommitted { offsets: codes.to_vec() }
}

fn ended(code: ErrorCode) -> CtrlFacts {
    CtrlFacts::TxnEnded { code, next: None }
}

/// The answer of the generation to an end that is done: the second names the next epoch.
fn ended_well(generation: Generation) -> CtrlFacts {
    let next = (generation == Generation::V2).then_some((ProducerId(7), Epoch(1)));
    CtrlFacts::TxnEnded { code: OK, next }
}

fn renewal(epoch: i16) -> Request {
    Request::InitProducerId { current: Some(ours(epoch)) }
}

fn adding(parts: &[Part]) -> Request {
    Request::AddPartitions { identity: ours(0), parts: parts.to_vec() }
}

fn end(commit: bool, epoch: i16, generation: Generation) -> Request {
    let raises_epoch = generation == Generation::V2;
    Request::EndTxn { identity: ours(epoch), commit, raises_epoch }
}

fn must_abort(code: ErrorCode) -> Option<Result<Done, CallError>> {
    Some(Err(CallError::MustAbort(Reason::Refused(code))))
}
