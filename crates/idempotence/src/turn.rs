//! What a partition may use while it handles one input: everything of the machine but its peers.

use klamm_wire::Time;

use crate::ledger::Ledger;
use crate::links::{Attempts, Links};
use crate::names::{Part, TxnTag};
use crate::outbox::Outbox;
use crate::output::{Fatal, Reason};
use crate::settings::Settings;
use crate::writer::Writer;

/// One partition's turn.
pub(crate) struct Turn<'a> {
    pub(crate) now: Time,
    pub(crate) part: Part,
    pub(crate) settings: &'a Settings,
    /// Why the producer does nothing any more, if so.
    pub(crate) dead: Option<Fatal>,
    pub(crate) writer: &'a mut Writer,
    pub(crate) links: &'a mut Links,
    pub(crate) attempts: &'a mut Attempts,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) news: &'a mut News,
    pub(crate) out: &'a mut Outbox,
}

/// What a partition's turn means beyond the partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// A batch of a transaction failed.
    pub(crate) failed: Option<(TxnTag, Reason)>,
    /// A batch of a transaction was sent.
    pub(crate) attempted: bool,
    /// A batch of a transaction waits to be let through.
    pub(crate) wanted: bool,
    /// The producer cannot go on.
    pub(crate) fatal: Option<Fatal>,
}

impl News {
    /// Whether nothing came to light that may forbid what the partition would send next.
    pub(crate) const fn allow_sending(&self) -> bool {
        self.fatal.is_none() && self.failed.is_none()
    }
}
