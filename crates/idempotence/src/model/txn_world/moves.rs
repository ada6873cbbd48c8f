//! Everything that can happen next among producer, brokers, coordinator and application.

use super::app::Step;
use super::{TxnSituation, TxnWorld};
use crate::input::{Answer, Input};
use crate::model::Generation;
use crate::names::Part;
use crate::settings::Generation as Spoken;

/// One thing that happens. Connections and copies are named by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TxnMove {
    /// A broker reads a batch, and answers it as it should.
    Serve(usize),
    /// A broker refuses a batch for what it is.
    Refuse(usize),
    /// The producer reads the answer to a batch.
    Hear(usize),
    /// A connection to a broker breaks, with all that was written to it.
    Cut(usize),
    /// The coordinator reads a request, and answers it as it should.
    Coordinate,
    /// The same, with a fault.
    Deny(CtrlFault),
    /// The producer reads the coordinator's answer.
    HearCoordinator,
    /// The connection to the coordinator breaks, with all that was written to it.
    CutCoordinator,
    /// The same in the middle of a request.
    CutCoordinatorShort,
    /// The coordinator reads a request from a connection that broke.
    Land(usize),
    /// The markers of a decision are written.
    Complete,
    /// The application asks for the end of its transaction.
    Decide,
    /// A back-off is over.
    Wait,
    /// The deadline of the open call passes.
    ExpireCall,
    /// The deadlines of the open batches pass.
    ExpireBatches,
    /// The transaction has lasted too long.
    TimeOut,
    /// Another instance asks for the transactional id, for the first time or again.
    Intrude,
    /// The cluster agrees on the second generation.
    Upgrade,
    /// The producer hears of that.
    Learn,
}

/// What a coordinator does instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CtrlFault {
    /// It does as it was asked, and then answers that it is no coordinator any more.
    Deposed,
    /// It does not, and answers that the transaction can only be aborted.
    Abortable,
}

impl TxnWorld {
    /// Everything that can happen.
    pub fn moves(&self, moves: &mut Vec<TxnMove>) {
        if !self.violations().is_empty() || self.app.is_over() && self.is_finished() {
            return;
        }
        self.moves_of_brokers(moves);
        self.moves_of_the_coordinator(moves);
        let mut may = |can: bool, step: TxnMove| moves.extend(can.then_some(step));
        may(self.can_decide(), TxnMove::Decide);
        may(self.can_wait(), TxnMove::Wait);
        let waits = self.app.deadline.is_some();
        may(waits && self.left.late_calls > 0, TxnMove::ExpireCall);
        may(self.left.expiries > 0 && self.history.has_open_batches(), TxnMove::ExpireBatches);
        may(self.ways.outdated, TxnMove::Learn);
        may(self.left.upgrades > 0, TxnMove::Upgrade);
    }

    fn moves_of_brokers(&self, moves: &mut Vec<TxnMove>) {
        for (at, conn) in self.network.conns().iter().enumerate() {
            let (asked, told) = (!conn.requests.is_empty(), !conn.answers.is_empty());
            let mut may = |can: bool, step: TxnMove| moves.extend(can.then_some(step));
            may(asked, TxnMove::Serve(at));
            may(asked && conn.open && self.left.refusals > 0, TxnMove::Refuse(at));
            may(told, TxnMove::Hear(at));
            may(conn.open && self.left.faults > 0 && (asked || told), TxnMove::Cut(at));
        }
    }

    fn moves_of_the_coordinator(&self, moves: &mut Vec<TxnMove>) {
        let (asked, told) = (self.errands.asked.is_some(), self.errands.told.is_some());
        let fault = self.left.faults > 0;
        moves.extend((0..self.errands.late()).map(TxnMove::Land));
        let mut may = |can: bool, step: TxnMove| moves.extend(can.then_some(step));
        may(asked, TxnMove::Coordinate);
        may(told, TxnMove::HearCoordinator);
        may(fault && (asked || told), TxnMove::CutCoordinator);
        may(fault && asked, TxnMove::CutCoordinatorShort);
        let deny = fault && asked && self.left.denials > 0;
        may(deny, TxnMove::Deny(CtrlFault::Deposed));
        may(deny && self.ends_second_generation(), TxnMove::Deny(CtrlFault::Abortable));
        may(self.is_decided(), TxnMove::Complete);
        may(self.left.timeouts > 0 && self.is_ongoing(), TxnMove::TimeOut);
        let begun = self.coordinator.identity().is_some();
        may(self.ways.intruding || self.left.intruders > 0 && begun, TxnMove::Intrude);
    }

    pub(super) fn can_decide(&self) -> bool {
        self.app.step == Step::Pause
    }

    /// Whether a back-off is what comes next, and no deadline.
    pub(super) fn can_wait(&self) -> bool {
        let Some(wake) = self.machine.next_wake() else { return false };
        let deadlines = self.app.deadline.into_iter().chain(self.ways.batches_until);
        deadlines.min().is_none_or(|deadline| wake < deadline)
    }

    /// Lets one thing happen. What cannot happen does not.
    pub fn step(&mut self, step: TxnMove) {
        match step {
            TxnMove::Serve(at) => self.serve(at, false),
            TxnMove::Refuse(at) => self.serve(at, true),
            TxnMove::Hear(at) => self.hear(at),
            TxnMove::Cut(at) => self.cut(at),
            TxnMove::Coordinate => self.coordinate(None),
            TxnMove::Deny(fault) => self.coordinate(Some(fault)),
            TxnMove::HearCoordinator => self.hear_coordinator(),
            TxnMove::CutCoordinator => self.cut_coordinator(true),
            TxnMove::CutCoordinatorShort => self.cut_coordinator(false),
            TxnMove::Land(at) => self.land(at),
            TxnMove::Complete => self.coordinator.complete(&mut self.cluster),
            TxnMove::Decide => self.decide(),
            TxnMove::Wait => self.pass_until(self.machine.next_wake()),
            TxnMove::ExpireCall => {
                spend(&mut self.left.late_calls);
                self.history.trouble();
                self.pass_until(self.app.deadline);
            }
            TxnMove::ExpireBatches => {
                spend(&mut self.left.expiries);
                self.history.trouble();
                self.pass_until(self.ways.batches_until);
            }
            TxnMove::TimeOut => {
                spend(&mut self.left.timeouts);
                self.history.timed_out();
                self.coordinator.time_out();
            }
            TxnMove::Intrude => self.intrude(),
            TxnMove::Upgrade => {
                spend(&mut self.left.upgrades);
                self.coordinator.upgrade();
                self.ways.outdated = true;
            }
            TxnMove::Learn => self.learn(),
        }
        self.network.tidy();
        self.history.judge(&self.cluster, &self.coordinator);
    }

    fn decide(&mut self) {
        if let Some(txn) = self.script.get(self.app.txn) {
            self.app.decide(txn);
            let call = self.next_call();
            self.feed(call);
        }
    }

    pub(super) fn learn(&mut self) {
        self.ways.outdated = false;
        self.ways.told = self.coordinator.generation();
        let generation = match self.ways.told {
            Generation::Tv1 => Spoken::V1,
            Generation::Tv2 => Spoken::V2,
        };
        self.feed(Some(Input::Features { generation }));
    }

    /// Another instance starts, and goes on until it has an identity.
    fn intrude(&mut self) {
        if !self.ways.intruding {
            spend(&mut self.left.intruders);
        }
        self.history.trouble();
        match self.coordinator.init_producer_id(None) {
            Ok(who) => {
                self.ways.intruding = false;
                self.history.fence(who);
            }
            Err(_) => self.ways.intruding = true,
        }
    }

    /// The producer reads one answer to a batch.
    fn hear(&mut self, at: usize) {
        let Some(conn) = self.network.get_mut(at) else { return };
        let Some(reply) = conn.answers.pop_front() else { return };
        self.history.batch_ended(reply.content);
        let answer = Answer::Present {
            code: reply.verdict.code,
            base_offset: Some(reply.verdict.base_offset),
            append_time: None,
            record_errors: Vec::new(),
        };
        self.feed(Some(Input::Answer { attempt: reply.attempt, part: Part(reply.part), answer }));
    }

    /// The producer loses a connection to a broker, which reads what was written to it sooner or
    /// later or never.
    fn cut(&mut self, at: usize) {
        let Some(conn) = self.network.get_mut(at) else { return };
        conn.open = false;
        let name = conn.name;
        let waiting = conn.answers.drain(..).map(|reply| (reply.attempt, reply.content));
        let mut lost: Vec<_> = waiting.collect();
        lost.extend(conn.requests.iter().map(|one| (one.attempt, one.produce.content)));
        spend(&mut self.left.faults);
        self.history.trouble();
        for (attempt, content) in lost {
            self.history.batch_ended(content);
            self.feed(Some(Input::AttemptLost { attempt, wrote_full_frame: true }));
        }
        self.feed(Some(Input::ConnLost { conn: name }));
    }

    fn cut_coordinator(&mut self, whole: bool) {
        spend(&mut self.left.faults);
        self.history.trouble();
        if let Some(errand) = self.errands.cut(whole) {
            self.history.unanswered(&errand, whole);
            self.feed(Some(Input::CtrlLost { ctrl: errand.ctrl, wrote_full_frame: whole }));
        }
    }

    fn hear_coordinator(&mut self) {
        let Some((errand, facts)) = self.errands.told.take() else { return };
        if self.history.heard(&errand, &facts) {
            if self.ways.held != self.ways.told {
                self.history.met(TxnSituation::Upgraded);
            }
            self.ways.held = self.ways.told;
        }
        self.feed(Some(Input::CtrlAnswer { ctrl: errand.ctrl, facts }));
    }
}

pub(super) const fn spend(left: &mut u8) {
    *left = left.saturating_sub(1);
}
