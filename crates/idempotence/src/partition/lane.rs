//! The lane of a partition: one producer id and epoch, and the next position under it.

use crate::seq::Position;
use crate::stamp::{Identity, Stamp};

/// Where the next stamp comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// Nothing was ever stamped.
    #[default]
    Fresh,
    /// Stamps come from here.
    Open(Open),
    /// The old one is left behind, and there is no new one yet.
    Left(Left),
}

/// A lane that was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    pub(crate) identity: Identity,
    /// Whether it was left whole, for another producer id: its epochs run out.
    pub(crate) worn: bool,
}

/// A lane in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Open {
    identity: Identity,
    next: Position,
    /// Records before this are in the log or may be for ever, as their callers were told.
    reached: Position,
    /// Stamped batches that failed and are not known to be in the log: what comes behind one of
    /// them would be out of order.
    holes: u32,
    /// Whether the broker's picture of the lane cannot be joined to ours.
    condemned: bool,
}

impl Open {
    pub(crate) const fn new(identity: Identity, next: Position) -> Self {
        Self { identity, next, reached: Position::FIRST, holes: 0, condemned: false }
    }

    pub(crate) const fn identity(&self) -> Identity {
        self.identity
    }

    pub(crate) const fn next(&self) -> Position {
        self.next
    }

    /// Takes positions for so many records, for ever.
    //= R1 a range is taken once, in the order of the queue
    pub(crate) fn stamp(&mut self, records: u32) -> Stamp {
        let stamp = Stamp::new(self.identity, self.next);
        self.next = self.next.after(records);
        stamp
    }

    /// Whether nothing more can be stamped here.
    pub(crate) const fn is_spent(&self) -> bool {
        self.condemned || self.holes > 0
    }
}

impl Lane {
    pub(crate) const fn open(&self) -> Option<&Open> {
        match self {
            Self::Open(open) => Some(open),
            Self::Fresh | Self::Left(_) => None,
        }
    }

    pub(crate) const fn open_mut(&mut self) -> Option<&mut Open> {
        match self {
            Self::Open(open) => Some(open),
            Self::Fresh | Self::Left(_) => None,
        }
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.open().is_some_and(Open::is_spent)
    }

    /// A batch under that stamp is finished, and is in the log or may be.
    pub(crate) fn reach(&mut self, stamp: Stamp, records: u32) {
        if let Some(open) = self.open_mut().filter(|open| open.identity == stamp.identity()) {
            open.reached = open.reached.max(stamp.position().after(records));
        }
    }

    /// Whether a younger batch than that of the stamp is finished so.
    ///
    /// A broker that has forgotten the producer takes any sequence for its first, so it may refuse
    /// a batch and take the one behind it.
    pub(crate) fn has_passed(&self, stamp: Stamp) -> bool {
        self.open().is_some_and(|open| stamp.position() < open.reached)
    }

    /// A stamped batch failed without being known to be in the log.
    pub(crate) fn tear(&mut self) {
        if let Some(open) = self.open_mut() {
            open.holes = open.holes.saturating_add(1);
        }
    }

    /// A batch that had failed turned out to be in the log.
    pub(crate) fn mend(&mut self) {
        if let Some(open) = self.open_mut() {
            open.holes = open.holes.saturating_sub(1);
        }
    }

    /// Only another epoch helps.
    pub(crate) fn condemn(&mut self) {
        if let Some(open) = self.open_mut() {
            open.condemned = true;
        }
    }

    /// Leaves the lane behind; nothing stamped under it is unresolved any more.
    pub(crate) fn leave(&mut self, worn: bool) {
        if let Self::Open(Open { identity, .. }) = *self {
            *self = Self::Left(Left { identity, worn });
        }
    }
}
