//! The proof that no attempt can have written a piece, without which nothing is stamped again.

use crate::fate::Known;
use crate::names::{Part, Piece, Ticket};

/// A piece of a batch that is not in the log and never will be under its present stamp.
///
/// Only the machine makes one, from what all attempts told.
///
/// ```compile_fail
/// use klamm_idempotence::{NeverWritten, Part, Piece, Ticket};
///
/// fn forged() -> NeverWritten {
///     NeverWritten { part: Part(0), ticket: Ticket(0), piece: Piece::whole(1) }
/// }
/// ```
//= R3 only what was never written gets another stamp or another size
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NeverWritten {
    part: Part,
    ticket: Ticket,
    piece: Piece,
}

impl NeverWritten {
    /// The proof, if that is what is known.
    pub(crate) fn of(known: Known, part: Part, ticket: Ticket, piece: Piece) -> Option<Self> {
        known.is_clean().then_some(Self { part, ticket, piece })
    }

    /// Its partition.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// Its batch.
    #[must_use]
    pub const fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// The piece.
    #[must_use]
    pub const fn piece(&self) -> Piece {
        self.piece
    }
}
