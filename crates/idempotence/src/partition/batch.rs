//! A batch on its way: what its caller is owed, what its attempts told, and where it stands.
//!
//! ```text
//!             payload made              stamped                  an attempt ends
//!   Queued ─────────────────▶ Queued ────────────▶ Stamped{Idle} ◀──────────────▶ Stamped{Out}
//!  (announced)                (made)     ▲             │   │ never written, too large
//!                                        │             │   └───────────▶ Stamped{Splitting}
//!                                        └─────────────┘                       │ two halves
//!                             never written, lane spent                        ▼
//!                                                                   Stamped{Idle}, Stamped{Idle}
//! ```
//!
//! What the caller is owed moves along with the batch and is consumed when it is told.

use klamm_wire::Time;

use crate::fate::Known;
use crate::names::{AttemptId, Part, Piece, Ticket, TxnTag};
use crate::proof::NeverWritten;
use crate::stamp::Stamp;

/// The promise of one completion: whoever consumes it tells the caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owed {
    pub(crate) ticket: Ticket,
    pub(crate) piece: Piece,
    pub(crate) deadline: Time,
    pub(crate) tag: Option<TxnTag>,
    /// Its number among all batches of the producer.
    pub(crate) number: u64,
}

impl Owed {
    /// Gives up the promise, to keep it at once: what it names.
    pub(crate) const fn redeem(self) -> (Ticket, Piece, Option<TxnTag>, u64) {
        (self.ticket, self.piece, self.tag, self.number)
    }

    /// The same promise, kept piece by piece: the first so many records, and the others.
    pub(crate) fn halves(self, half: u32) -> [Self; 2] {
        let Piece { first, records } = self.piece;
        let second =
            Piece { first: first.saturating_add(half), records: records.saturating_sub(half) };
        [
            Self { piece: Piece { first, records: half }, ..self.clone() },
            Self { piece: second, ..self },
        ]
    }
}

/// What the attempts so far told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Story {
    pub(crate) known: Known,
    /// Waits so far, for the back-off.
    pub(crate) tries: u32,
    /// Attempts that count towards the limit of some codes.
    pub(crate) charged: u8,
    /// Nothing is sent before.
    pub(crate) not_before: Time,
    /// Until then a copy on its way may still land.
    pub(crate) grace: Option<Time>,
}

/// A batch without a stamp: it can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Queued {
    pub(crate) owed: Owed,
    /// Whether its payload is made; until then its number of records is not known.
    pub(crate) made: bool,
    pub(crate) story: Story,
}

/// A batch with a stamp: it keeps that until its fate is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Stamped {
    /// Nothing once the caller was told, with an attempt still out.
    pub(crate) owed: Option<Owed>,
    pub(crate) ticket: Ticket,
    pub(crate) piece: Piece,
    /// Nothing in plain mode.
    pub(crate) stamp: Option<Stamp>,
    pub(crate) stage: Stage,
    pub(crate) story: Story,
}

/// Where a stamped batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// Here.
    Idle,
    /// Here, and refused as out of order with nothing older in doubt: only another epoch helps.
    Stuck,
    /// On a connection.
    Out(AttemptId),
    /// Being made into two.
    Splitting,
}

impl Queued {
    /// What stamping makes of it.
    pub(crate) fn stamped(self, stamp: Option<Stamp>) -> Stamped {
        let (ticket, piece) = (self.owed.ticket, self.owed.piece);
        let owed = Some(self.owed);
        Stamped { owed, ticket, piece, stamp, stage: Stage::Idle, story: self.story }
    }
}

impl Stamped {
    pub(crate) const fn is_out(&self) -> bool {
        matches!(self.stage, Stage::Out(_))
    }

    /// Whether it waits here for its turn.
    pub(crate) const fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    /// Whether it may leave as far as it is concerned.
    pub(crate) fn is_due(&self, now: Time) -> bool {
        let alive = self.owed.as_ref().is_some_and(|owed| owed.deadline > now);
        self.is_idle() && alive && self.story.not_before <= now
    }

    /// Whether it is here, unwritten, and the caller still waits for it.
    pub(crate) const fn is_free(&self) -> bool {
        let here = matches!(self.stage, Stage::Idle | Stage::Stuck);
        here && self.owed.is_some() && self.story.known.is_clean()
    }

    /// What another stamp makes of it: queued as before, if no attempt can have written it.
    //= R3 the way back to the queue asks for the proof
    ///
    /// The proof is made first, so that a batch without one stays as it is.
    pub(crate) fn unstamped(&mut self, part: Part) -> Option<(Queued, NeverWritten)> {
        let proof = NeverWritten::of(self.story.known, part, self.ticket, self.piece)?;
        let owed = self.owed.take()?;
        Some((Queued { owed, made: true, story: self.story }, proof))
    }
}
