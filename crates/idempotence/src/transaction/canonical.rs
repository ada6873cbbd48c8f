//! The transactions' part in being counted by models.

use super::Transactions;
use super::caller::Caller;
use super::errand::Errand;
use super::state::{Aborting, CommitEnd, Committing, State};
use crate::canonical::{Naming, Rename};
use crate::names::CtrlId;

impl Transactions {
    /// The request whose answer is awaited.
    pub(crate) fn open_ctrl(&self) -> Option<CtrlId> {
        self.errand.as_ref().and_then(Errand::open_ctrl)
    }
}

impl Rename for Transactions {
    fn rename(&mut self, naming: &Naming<'_>) {
        self.last_ctrl = 0;
        if let Some(errand) = &mut self.errand {
            errand.rename(naming);
        }
        match &mut self.state {
            State::Initializing(caller)
            | State::Renewing { caller, .. }
            | State::Committing(
                Committing::Flush { caller, .. } | Committing::End(CommitEnd { caller, .. }),
            )
            | State::Aborting(Aborting { caller, .. }) => caller.rename(naming),
            State::InTxn(open) => {
                if let Some(offsets) = &mut open.offsets {
                    offsets.caller.rename(naming);
                }
            }
            State::Uninit | State::Ready(_) | State::Abortable { .. } | State::Fatal(_) => {}
        }
    }
}

impl Rename for Caller {
    fn rename(&mut self, naming: &Naming<'_>) {
        if let Self::Waiting { deadline, .. } = self {
            deadline.rename(naming);
        }
    }
}
