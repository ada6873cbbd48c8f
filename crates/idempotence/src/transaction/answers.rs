//! What is heard of the request that is out: an answer, its loss, or that nobody could be asked.

use klamm_wire::{ErrorCode, Time};

use crate::fate::Evidence;
use crate::input::CtrlFacts;
use crate::names::CtrlId;
use crate::output::{Fatal, Output, Request};
use crate::stamp::Identity;
use crate::verdict::coordinator::{Asked, Rule, Verdict, verdict};

use super::errand::Errand;
use super::state::{CommitEnd, Committing, State};
use super::{Moment, Transactions};

/// How long until the first partition is asked for again while the transaction before ends.
const SOON: std::time::Duration = std::time::Duration::from_millis(20);

/// A code, and what it means to the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) verdict: Verdict,
    pub(super) code: ErrorCode,
}

impl Told {
    /// The answer leaves it out: nothing is known, and it is asked again.
    pub(super) const fn absent() -> Self {
        let verdict = Verdict { evidence: Evidence::Maybe, rule: Rule::Retry };
        Self { verdict, code: ErrorCode::UNKNOWN_SERVER_ERROR }
    }

    pub(super) const fn rule(&self) -> Rule {
        self.verdict.rule
    }

    pub(super) const fn evidence(&self) -> Evidence {
        self.verdict.evidence
    }
}

impl Transactions {
    /// Makes a request; none may be out.
    pub(super) fn ask(&mut self, request: Request, at: &mut Moment<'_>) {
        self.last_ctrl = self.last_ctrl.saturating_add(1);
        self.errand = Some(Errand::new(request, CtrlId(self.last_ctrl), at.out));
    }

    /// The request that is out under that name, which is heard of once.
    fn take_asked(&mut self, ctrl: CtrlId) -> Option<Errand> {
        self.errand.take_if(|errand| errand.is_asked_as(ctrl))
    }

    pub(super) fn forget_resting_errand(&mut self) {
        self.errand.take_if(|errand| errand.is_resting());
    }

    pub(super) fn answered(&mut self, ctrl: CtrlId, facts: &CtrlFacts, at: &mut Moment<'_>) {
        let Some(mut errand) = self.take_asked(ctrl) else { return };
        if !fits(&errand.request, facts) {
            return self.unanswered(errand, true, at);
        }
        let told = match facts {
            CtrlFacts::ProducerId { code, .. }
            | CtrlFacts::OffsetsAdded { code }
            | CtrlFacts::TxnEnded { code, .. } => {
                Told { verdict: verdict(errand.asked(), *code), code: *code }
            }
            CtrlFacts::PartitionsAdded { code, parts } => {
                self.hear_partitions(&mut errand, *code, parts)
            }
            CtrlFacts::OffsetsCommitted { offsets } => Self::hear_offsets(&mut errand, offsets),
            CtrlFacts::Garbled => Told::absent(),
        };
        self.note(&errand.request, told.evidence());
        if told.rule() == Rule::Done {
            self.reached(facts, at);
        } else {
            self.obey(errand, told, at);
        }
    }

    /// Goes on after a request had its effect.
    fn reached(&mut self, facts: &CtrlFacts, at: &mut Moment<'_>) {
        match facts {
            CtrlFacts::ProducerId { pid, epoch, .. } => {
                self.identified(Identity { pid: *pid, epoch: *epoch }, at);
            }
            CtrlFacts::OffsetsAdded { .. } => self.group_added(),
            CtrlFacts::OffsetsCommitted { .. } => self.offsets_sent(at),
            CtrlFacts::TxnEnded { next, .. } => {
                self.ended(next.map(|(pid, epoch)| Identity { pid, epoch }), at);
            }
            CtrlFacts::PartitionsAdded { .. } | CtrlFacts::Garbled => {}
        }
    }

    pub(super) fn lost(&mut self, ctrl: CtrlId, wrote_full_frame: bool, at: &mut Moment<'_>) {
        if let Some(errand) = self.take_asked(ctrl) {
            self.unanswered(errand, wrote_full_frame, at);
        }
    }

    /// Asks again, of whoever coordinates by then.
    fn unanswered(&mut self, errand: Errand, may_land: bool, at: &mut Moment<'_>) {
        if may_land {
            self.note(&errand.request, Evidence::Maybe);
            if let Some(open) = self.state.open_mut() {
                open.stale = true;
            }
        }
        at.out.push(Output::ForgetCoordinator(errand.destination()));
        self.rest(errand, None, at);
    }

    /// The look-up failed, so the request was not sent.
    pub(super) fn refused(&mut self, ctrl: CtrlId, code: ErrorCode, at: &mut Moment<'_>) {
        if let Some(errand) = self.take_asked(ctrl) {
            self.obey(errand, Told { verdict: verdict(Asked::LookUp, code), code }, at);
        }
    }

    /// Does what the verdict on a request says that had no effect, or none that is known.
    fn obey(&mut self, mut errand: Errand, told: Told, at: &mut Moment<'_>) {
        match told.rule() {
            Rule::Done => {}
            Rule::RetrySoon => {
                let first = self.state.open().is_none_or(|open| open.added.is_empty());
                self.rest(errand, first.then(|| at.now.saturating_add(SOON)), at);
            }
            Rule::Retry => self.rest(errand, None, at),
            Rule::Find => {
                at.out.push(Output::ForgetCoordinator(errand.destination()));
                self.rest(errand, None, at);
            }
            Rule::RetryCharged if errand.charge() => self.die(Fatal::Refused(told.code), at),
            Rule::RetryCharged => self.rest(errand, None, at),
            Rule::Refuse => self.refuse(told.code, at),
            Rule::NothingOpen => self.nothing_open(told.code, at),
            Rule::Abort => self.must_abort(told.code, at),
            Rule::Fenced => self.die(Fatal::Fenced, at),
            Rule::Fatal => self.die(Fatal::Refused(told.code), at),
        }
    }

    /// Keeps a request to be made again, unless its state has passed.
    fn rest(&mut self, mut errand: Errand, soon: Option<Time>, at: &Moment<'_>) {
        if self.state.keeps_errand() {
            errand.rest(at.now, &self.settings, soon);
            self.errand = Some(errand);
        }
    }

    /// Remembers what a request may have changed at the coordinator.
    //= I15 a commit in doubt stays in doubt until the coordinator says which it is
    fn note(&mut self, request: &Request, evidence: Evidence) {
        let adds = matches!(request, Request::AddPartitions { .. } | Request::AddOffsets { .. });
        let ends = matches!(request, Request::EndTxn { .. }) && evidence == Evidence::Maybe;
        if let State::Committing(Committing::End(CommitEnd { doubt, .. })) = &mut self.state {
            *doubt |= ends;
        }
        if let Some(open) = self.state.open_mut() {
            open.stale |= ends;
            open.learn(if adds { evidence } else { Evidence::Not });
        }
    }
}

/// Whether that answers the request.
const fn fits(request: &Request, facts: &CtrlFacts) -> bool {
    match request {
        Request::InitProducerId { .. } => matches!(facts, CtrlFacts::ProducerId { .. }),
        Request::AddPartitions { .. } => matches!(facts, CtrlFacts::PartitionsAdded { .. }),
        Request::AddOffsets { .. } => matches!(facts, CtrlFacts::OffsetsAdded { .. }),
        Request::CommitOffsets { .. } => matches!(facts, CtrlFacts::OffsetsCommitted { .. }),
        Request::EndTxn { .. } => matches!(facts, CtrlFacts::TxnEnded { .. }),
    }
}
