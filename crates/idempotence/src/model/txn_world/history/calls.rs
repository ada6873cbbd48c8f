//! What the application is told, and whether it may be told so.

use super::super::app::{App, Step};
use super::{History, Item, Told, Txn, TxnSituation};
use crate::model::{Coordinator, TxnState};
use crate::output::{CallError, Done, Fatal};

impl History {
    /// The application hears the end of its call.
    pub(in super::super) fn told(
        &mut self,
        app: &App,
        result: Result<Done, CallError>,
        coordinator: &Coordinator,
    ) {
        let open = coordinator.state() == Some(TxnState::Ongoing) && self.holder == Some(app.txn);
        match result {
            Ok(Done::Committed) => self.committed(app.txn, open),
            Ok(Done::Aborted) => self.aborted(app.txn, open),
            Ok(Done::OffsetsSent) => {
                self.txn_mut(app.txn, |txn| txn.offsets.taken = true);
            }
            Err(CallError::CommitUnknown) => self.unknown(app.txn),
            Err(CallError::Fatal(fatal)) => self.stopped(app.txn, fatal),
            Err(error) => self.failed(app, error),
            Ok(Done::Initialized | Done::Begun(_) | Done::Closed | Done::Flushed { .. }) => {}
        }
    }

    pub(super) fn txn_mut(&mut self, txn: usize, act: impl FnOnce(&mut Txn)) {
        if let Some(txn) = self.txns.get_mut(txn) {
            act(txn);
        }
    }

    pub(super) fn items_of(&self, txn: usize) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.txn == txn)
    }

    //= I15 a commit is true
    fn committed(&mut self, at: usize, open: bool) {
        let acked = self.items_of(at).all(|item| item.told == Some(Told::Acked));
        let Some(txn) = self.txns.get(at) else { return };
        let (touched, unknown) = (txn.touched, txn.unknown);
        if !acked || txn.offsets.wanted && !txn.offsets.taken {
            self.violate("I15 a commit is acknowledged with a send that was not");
        } else if touched && !(txn.confirmed && txn.end == Some(true)) {
            self.violate("I15 a commit is acknowledged that the coordinator did not confirm");
        }
        if unknown {
            self.met(TxnSituation::UnknownCommitted);
        }
        self.ended(at, true, open);
    }

    fn aborted(&mut self, at: usize, open: bool) {
        if self.items_of(at).any(|item| item.told.is_none()) {
            self.violate("I9 an abort is acknowledged with a batch that is not finished");
        }
        if self.items_of(at).any(|item| matches!(item.told, Some(Told::Failed(_)))) {
            self.met(TxnSituation::AbortedAfterFailure);
        }
        if self.txns.get(at).is_some_and(|txn| txn.unknown) {
            self.met(TxnSituation::UnknownAborted);
        }
        if self.timed_out {
            self.met(TxnSituation::TimedOut);
        }
        self.ended(at, false, open);
    }

    //= I14 what is over for its caller is not open for the coordinator
    fn ended(&mut self, at: usize, commit: bool, open: bool) {
        let asked = self.txns.get(at).is_some_and(|txn| txn.end.is_some());
        if !asked {
            self.met(TxnSituation::EndedInSilence);
            if open {
                self.violate("I14 a transaction is over for its caller and open elsewhere");
            }
        }
        self.txn_mut(at, |txn| txn.result = Some(commit));
    }

    fn unknown(&mut self, at: usize) {
        self.met(TxnSituation::CommitUnknown);
        if self.txns.get(at).is_none_or(|txn| txn.end != Some(true)) {
            self.violate("I15 a commit is called unknown that was never asked for");
        }
        self.txn_mut(at, |txn| txn.unknown = true);
    }

    fn stopped(&mut self, at: usize, fatal: Fatal) {
        match fatal {
            Fatal::Refused(_) => {}
            Fatal::Fenced if self.intruder.is_some() => self.met(TxnSituation::Fenced),
            Fatal::Fenced if !self.timed_out => self.met(TxnSituation::FencedByItself),
            Fatal::Fenced => {}
            Fatal::BrokerMisbehaved => self.violate("I12 a broker's answer is called a breach"),
            Fatal::Invariant(_) => self.violate("I12 the machine breaks a law of its own"),
        }
        if self.timed_out && self.txns.get(at).is_some_and(|txn| txn.begun) {
            self.met(TxnSituation::TimedOutAndStopped);
        }
        if !self.troubled {
            self.violate("I11 the producer gives up without a cause");
        }
    }

    fn failed(&mut self, app: &App, error: CallError) {
        if matches!(error, CallError::MustAbort(_) | CallError::TimedOut) && !self.troubled {
            self.violate("I11 a call fails without a cause");
        }
        let open = self.txns.get(app.txn).is_some_and(|txn| {
            txn.end == Some(true) && (txn.asking || txn.doubt) && app.step == Step::Commit
        });
        if open && error == CallError::TimedOut {
            self.violate("I15 a commit that may have happened is not called unknown");
        }
    }
}
