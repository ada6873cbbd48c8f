//! The stamp of a batch: who wrote it, in which generation, and as which record of the partition.

use klamm_wire::{Epoch, ProducerId, Sequence};

use crate::seq::Position;

/// A producer id and its epoch: whom a broker tells batches apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The producer id.
    pub pid: ProducerId,
    /// The generation of the producer id.
    pub epoch: Epoch,
}

/// What is written into the header of a batch, and what tells a broker a repetition from news.
///
/// There is no way to change one. A batch gets another stamp only as a
/// [`Restamp`](crate::Output::Restamp), when no attempt under the old one can have written it.
///
/// ```compile_fail
/// use klamm_idempotence::{Identity, Position, Stamp};
///
/// fn renumbered(stamp: Stamp, identity: Identity) -> Stamp {
///     Stamp { identity, ..stamp }
/// }
/// ```
//= R3 a stamp has no setter
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    identity: Identity,
    position: Position,
}

impl Stamp {
    pub(crate) const fn new(identity: Identity, position: Position) -> Self {
        Self { identity, position }
    }

    /// The producer id and epoch.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.identity
    }

    /// The sequence of the first record.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.position.sequence()
    }

    /// The place of the first record in its lane, which does not wrap.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}
