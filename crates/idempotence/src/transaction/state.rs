//! The states of a transactional producer; each holds what it needs and no more.

use std::mem;

use klamm_wire::Time;

use crate::input::Ask;
use crate::output::{Done, Fatal, Reason};

use super::caller::Caller;
use super::open::{Held, Open};

/// Where a transactional producer stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) enum State {
    /// It has no identity.
    #[default]
    Uninit,
    /// It asks for its first identity.
    Initializing(Caller),
    /// It has an identity, and no transaction is open.
    Ready(Ready),
    /// A transaction begins, but first the identity is renewed.
    Renewing { held: Held, caller: Caller },
    /// A transaction is open.
    InTxn(Open),
    /// It is being committed.
    Committing(Committing),
    /// It can only be aborted.
    Abortable { open: Open, reason: Reason },
    /// It is being aborted.
    Aborting(Aborting),
    /// The producer cannot go on.
    Fatal(Fatal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Ready {
    pub(super) held: Held,
    /// Whether the identity must be renewed before anything is written.
    pub(super) renew: bool,
    /// What was reached while the caller was gone.
    pub(super) unclaimed: Option<Done>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Committing {
    /// Until every batch is finished.
    Flush { open: Open, caller: Caller },
    /// Until the coordinator has said that it is committed.
    End(CommitEnd),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CommitEnd {
    pub(super) open: Open,
    pub(super) caller: Caller,
    /// Whether a request that was not answered, or not clearly, may have committed it.
    pub(super) doubt: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Aborting {
    pub(super) open: Open,
    pub(super) caller: Caller,
    pub(super) stage: AbortStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum AbortStage {
    /// Until every attempt is answered.
    Drain,
    /// Until the coordinator has said that it is aborted.
    End,
}

impl State {
    /// Whether its errand may be made again, and belongs to it at all.
    pub(super) const fn may_ask(&self) -> bool {
        match self {
            Self::Initializing(caller)
            | Self::Renewing { caller, .. }
            | Self::Committing(Committing::End(CommitEnd { caller, .. }))
            | Self::Aborting(Aborting { caller, stage: AbortStage::End, .. }) => !caller.is_gone(),
            Self::InTxn(_) | Self::Committing(Committing::Flush { .. }) => true,
            Self::Aborting(Aborting { stage: AbortStage::Drain, .. })
            | Self::Uninit
            | Self::Ready(_)
            | Self::Abortable { .. }
            | Self::Fatal(_) => false,
        }
    }

    /// Whether an errand that failed is kept to be made again.
    pub(super) const fn keeps_errand(&self) -> bool {
        match self {
            Self::Initializing(_)
            | Self::Renewing { .. }
            | Self::InTxn(_)
            | Self::Committing(_)
            | Self::Aborting(Aborting { stage: AbortStage::End, .. }) => true,
            Self::Aborting(Aborting { stage: AbortStage::Drain, .. })
            | Self::Uninit
            | Self::Ready(_)
            | Self::Abortable { .. }
            | Self::Fatal(_) => false,
        }
    }

    /// When somebody stops waiting.
    pub(super) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Initializing(caller)
            | Self::Renewing { caller, .. }
            | Self::Committing(
                Committing::Flush { caller, .. } | Committing::End(CommitEnd { caller, .. }),
            )
            | Self::Aborting(Aborting { caller, .. }) => caller.deadline(),
            Self::InTxn(open) => open.offsets.as_ref().and_then(|it| it.caller.deadline()),
            Self::Uninit | Self::Ready(_) | Self::Abortable { .. } | Self::Fatal(_) => None,
        }
    }

    /// The call that this state is about and that may come back to it, with who waits for it.
    pub(super) const fn pending(&mut self) -> Option<(Ask, &mut Caller)> {
        match self {
            Self::Initializing(caller) => Some((Ask::InitTxn, caller)),
            Self::Renewing { caller, .. } => Some((Ask::BeginTxn, caller)),
            Self::Committing(
                Committing::Flush { caller, .. } | Committing::End(CommitEnd { caller, .. }),
            ) => Some((Ask::Commit, caller)),
            Self::Aborting(Aborting { caller, .. }) => Some((Ask::Abort, caller)),
            Self::Uninit
            | Self::Ready(_)
            | Self::InTxn(_)
            | Self::Abortable { .. }
            | Self::Fatal(_) => None,
        }
    }

    /// The identity, if there is one and it may still be used.
    pub(super) fn held(&self) -> Option<Held> {
        match self {
            Self::Ready(Ready { held, .. }) | Self::Renewing { held, .. } => Some(*held),
            Self::InTxn(_) | Self::Committing(_) | Self::Abortable { .. } | Self::Aborting(_) => {
                self.open().map(|open| open.held)
            }
            Self::Uninit | Self::Initializing(_) | Self::Fatal(_) => None,
        }
    }

    /// The transaction, if one is not over.
    pub(super) fn open(&self) -> Option<&Open> {
        match self {
            Self::InTxn(open)
            | Self::Committing(
                Committing::Flush { open, .. } | Committing::End(CommitEnd { open, .. }),
            )
            | Self::Abortable { open, .. }
            | Self::Aborting(Aborting { open, .. }) => Some(open),
            Self::Uninit
            | Self::Initializing(_)
            | Self::Ready(_)
            | Self::Renewing { .. }
            | Self::Fatal(_) => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn open_mut(&mut self) -> Option<&mut Open> {
        match self {
            Self::InTxn(open)
            | Self::Committing(
                Committing::Flush { open, .. } | Committing::End(CommitEnd { open, .. }),
            )
            | Self::Abortable { open, .. }
            | Self::Aborting(Aborting { open, .. }) => Some(open),
            Self::Uninit
            | Self::Initializing(_)
            | Self::Ready(_)
            | Self::Renewing { .. }
            | Self::Fatal(_) => None,
        }
    }

    /// Takes the transaction out, if one is not over; the state is nothing then.
    pub(super) fn take_open(&mut self) -> Option<Open> {
        self.open()?;
        match mem::take(self) {
            Self::InTxn(open)
            | Self::Committing(
                Committing::Flush { open, .. } | Committing::End(CommitEnd { open, .. }),
            )
            | Self::Abortable { open, .. }
            | Self::Aborting(Aborting { open, .. }) => Some(open),
            Self::Uninit
            | Self::Initializing(_)
            | Self::Ready(_)
            | Self::Renewing { .. }
            | Self::Fatal(_) => None,
        }
    }
}
