//! What went over the wire, whether it was allowed to, and what it changed.

use klamm_wire::ErrorCode;

use super::super::app::{App, Step};
use super::super::errands::Errand;
use super::super::serve::known;
use super::{History, TxnSituation};
use crate::input::CtrlFacts;
use crate::model::{Coordinator, Generation, Identity, Stamp, TxnState};
use crate::output::Request;

/// What is known from the wire alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Wire {
    /// The identity that the producer heard of last.
    who: Option<Identity>,
    /// The next sequence of each partition under its identity.
    lanes: Vec<Lane>,
    /// Under which numbers each record was sent.
    stamps: Vec<(u32, Stamp)>,
    /// Partitions that the producer heard to be part of the transaction.
    added: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Lane {
    part: u32,
    who: Identity,
    next: i64,
}

impl Wire {
    pub(super) fn begin(&mut self) {
        self.added.clear();
    }

    /// A batch leaves under a stamp: the law that this breaks, if it does.
    fn stamp(&mut self, part: u32, content: u32, stamp: Stamp) -> Result<(), &'static str> {
        //= I19 no identity but the coordinator's
        if self.who != Some(stamp.identity()) {
            return Err("I19 a batch carries an identity that the coordinator did not give last");
        }
        if let Some((_, held)) = self.stamps.iter().find(|(known, _)| *known == content) {
            let same = *held == stamp;
            return if same { Ok(()) } else { Err("I5 a batch gets another stamp") };
        }
        self.take_sequence(part, stamp)?;
        self.stamps.push((content, stamp));
        Ok(())
    }

    //= I19 sequences begin again if the identity is another, and only then
    fn take_sequence(&mut self, part: u32, stamp: Stamp) -> Result<(), &'static str> {
        let (who, first) = (stamp.identity(), stamp.first);
        let lane = self.lanes.iter_mut().find(|lane| lane.part == part);
        let Some(lane) = lane else {
            self.lanes.push(Lane { part, who, next: first.saturating_add(1) });
            return if first == 0 { Ok(()) } else { Err("I6 a lane begins at 0") };
        };
        let same = lane.who == who;
        let expected = if same { lane.next } else { 0 };
        *lane = Lane { part, who, next: first.saturating_add(1) };
        match (same, first) {
            _ if first == expected => Ok(()),
            (true, 0) => Err("I19 sequences begin again under the same identity"),
            (true, _) => Err("I6 sequences of a lane follow each other"),
            (false, _) => Err("I19 sequences go on under another identity"),
        }
    }
}

impl History {
    /// A batch leaves the producer.
    pub(in super::super) fn sent(
        &mut self,
        app: &App,
        (part, content): (u32, u32),
        stamp: Stamp,
        spoken: Generation,
    ) {
        let added = spoken == Generation::Tv2 || self.wire.added.contains(&part);
        let Some(item) = self.item_mut(content) else { return };
        item.outs = item.outs.saturating_add(1);
        let (of, told) = (item.txn, item.told.is_some());
        let txn = self.txns.get(of).cloned().unwrap_or_default();
        if app.step == Step::Stopped {
            self.violate("I17 a producer that stopped sends a batch");
        } else if told {
            self.violate("I9 a batch is sent whose caller was told");
        } else if of != app.txn || !txn.begun {
            self.violate("I14 a batch is sent outside of its transaction");
        } else if txn.end.is_some() {
            self.violate("I18 a batch is sent after the end was asked for");
        } else if !added {
            self.violate("I14 a batch is sent to a partition that was not added");
        } else if let Err(law) = self.wire.stamp(part, content, stamp) {
            self.violate(law);
        }
        self.txn_mut(of, |txn| txn.touched = true);
    }

    /// A request to the coordinator leaves the producer.
    pub(in super::super) fn asked(&mut self, app: &App, request: &Request) {
        if app.step == Step::Stopped {
            self.violate("I17 a producer that stopped asks for something");
        }
        match request {
            Request::InitProducerId { current } => self.asked_who(app, current.map(known)),
            Request::AddPartitions { identity, .. }
            | Request::AddOffsets { identity, .. }
            | Request::CommitOffsets { identity, .. } => {
                self.asked_as(known(*identity));
                self.txn_mut(app.txn, |txn| txn.touched = true);
            }
            Request::EndTxn { identity, commit, .. } => {
                self.asked_as(known(*identity));
                self.asked_to_end(app, *commit);
            }
        }
    }

    //= I17 nobody who had an identity asks for one without naming it
    fn asked_who(&mut self, app: &App, current: Option<Identity>) {
        if current != self.wire.who {
            self.violate("I17 an identity is asked for without naming the last one");
        }
        let inside = self.txns.get(app.txn).is_some_and(|txn| txn.begun && txn.result.is_none());
        if inside {
            self.violate("I19 an identity is asked for inside a transaction");
        }
        if current.is_some() {
            self.met(TxnSituation::Renewed);
        }
    }

    fn asked_as(&mut self, who: Identity) {
        if self.wire.who != Some(who) {
            self.violate(
                "I19 a request carries an identity that the coordinator did not give last",
            );
        }
    }

    fn asked_to_end(&mut self, app: &App, commit: bool) {
        //= I18 no attempt of the transaction is out
        if self.items_of(app.txn).any(|item| item.outs > 0) {
            self.violate("I18 the end is asked for while an attempt is out");
        }
        let wanted = match app.step {
            Step::Commit => commit,
            Step::Abort | Step::Tempt => !commit,
            Step::Init | Step::Begin | Step::Offsets | Step::Pause | Step::Done | Step::Stopped => {
                false
            }
        };
        let acked = self.items_of(app.txn).all(|item| item.told == Some(super::Told::Acked));
        let doubt = self.txns.get(app.txn).is_some_and(|txn| txn.doubt && txn.end == Some(true));
        if !wanted {
            self.violate("I15 another end is asked for than the application wants");
        } else if commit && !acked {
            self.violate("I15 a commit is asked for with a send that was not acknowledged");
        } else if !commit && doubt {
            self.violate("I15 an abort is asked for while a commit is in doubt");
        }
        self.txn_mut(app.txn, |txn| (txn.end, txn.asking) = (Some(commit), true));
    }

    /// The producer hears an answer of the coordinator; whether it is who it is from then on.
    pub(in super::super) fn heard(&mut self, errand: &Errand, facts: &CtrlFacts) -> bool {
        match facts {
            CtrlFacts::ProducerId { code: ErrorCode::NONE, pid, epoch } => {
                self.wire.who = Some(Identity { pid: pid.0, epoch: i64::from(epoch.0) });
                return true;
            }
            CtrlFacts::PartitionsAdded { parts, .. } => {
                let added = parts.iter().filter(|(_, code)| *code == ErrorCode::NONE);
                self.wire.added.extend(added.map(|(part, _)| part.0));
                self.wire.added.sort_unstable();
                self.wire.added.dedup();
            }
            CtrlFacts::TxnEnded { code, next } => {
                let next = next.map(|(pid, epoch)| (pid.0, i64::from(epoch.0)));
                let next = next.map(|(pid, epoch)| Identity { pid, epoch });
                self.heard_of_the_end(errand.txn, *code, next);
            }
            CtrlFacts::ProducerId { .. }
            | CtrlFacts::OffsetsAdded { .. }
            | CtrlFacts::OffsetsCommitted { .. }
            | CtrlFacts::Garbled => {}
        }
        false
    }

    fn heard_of_the_end(&mut self, at: usize, code: ErrorCode, next: Option<Identity>) {
        let (done, denied) = (code == ErrorCode::NONE, code == ErrorCode::TRANSACTION_ABORTABLE);
        self.wire.who = next.or(self.wire.who);
        self.txn_mut(at, |txn| {
            txn.asking = false;
            txn.confirmed |= done;
            txn.doubt = !done && !denied;
        });
    }

    /// A request is lost to the producer.
    pub(in super::super) fn unanswered(&mut self, errand: &Errand, whole: bool) {
        if matches!(errand.request, Request::EndTxn { .. }) {
            self.txn_mut(errand.txn, |txn| {
                txn.asking = false;
                txn.doubt |= whole;
            });
        }
    }

    /// A broker read a batch, and may have opened a transaction by that.
    pub(in super::super) fn wrote(
        &mut self,
        content: u32,
        before: Option<TxnState>,
        after: &Coordinator,
    ) {
        let txn = self.item_mut(content).map(|item| item.txn);
        if before != Some(TxnState::Ongoing) && after.state() == Some(TxnState::Ongoing) {
            self.holder = txn;
        }
    }

    /// A batch was appended.
    //= I17 nothing is appended for a producer that was fenced
    pub(in super::super) fn appended(&mut self, who: Identity) {
        if self.is_fenced(who) {
            self.violate("I17 a batch is appended after another instance took over");
        }
    }

    /// The coordinator read a request.
    pub(in super::super) fn coordinated(
        &mut self,
        errand: &Errand,
        before: &Coordinator,
        after: &Coordinator,
    ) {
        let ongoing = |coordinator: &Coordinator| coordinator.state() == Some(TxnState::Ongoing);
        if !ongoing(before) && ongoing(after) {
            self.holder = Some(errand.txn);
        }
        let changed = before.state() != after.state() || before.identity() != after.identity();
        let Request::EndTxn { identity, .. } = &errand.request else { return };
        if !changed {
            return;
        }
        //= I16 the end of a transaction ends no other
        let holds = ongoing(before) && self.holder.is_some_and(|holder| holder > errand.txn);
        let later = self.txns.iter().skip(errand.txn.saturating_add(1));
        let renamed = before.identity() != after.identity();
        if holds || renamed && later.into_iter().any(|txn| txn.begun) {
            self.violate("I16 the end of a transaction changes a later one");
        }
        if self.is_fenced(known(*identity)) {
            self.violate("I17 a transaction is ended after another instance took over");
        }
    }

    /// A copy landed that nobody waits for.
    pub(in super::super) fn landed(&mut self, errand: &Errand, facts: &CtrlFacts) {
        let refused = matches!(
            facts,
            CtrlFacts::TxnEnded {
                code: ErrorCode::PRODUCER_FENCED | ErrorCode::INVALID_PRODUCER_ID_MAPPING,
                ..
            }
        );
        let later = self.txns.iter().skip(errand.txn.saturating_add(1)).any(|txn| txn.begun);
        if refused && later {
            self.met(TxnSituation::CopyRefused);
        }
    }
}
