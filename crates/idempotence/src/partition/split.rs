//! A batch too large for its topic becomes two, under the same range of sequences.

use super::batch::{Stage, Stamped, Story};
use super::resolve::Failure;
use super::{Partition, Told};
use crate::names::{Piece, Ticket};
use crate::output::{Output, Reason};
use crate::proof::NeverWritten;
use crate::stamp::Stamp;
use crate::turn::Turn;

/// What became of the pieces of one batch so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Halved {
    ticket: Ticket,
    /// Records whose piece has no outcome.
    open: u32,
    outcomes: Vec<(Piece, Told)>,
}

impl Halved {
    pub(super) fn is_of(&self, ticket: Ticket) -> bool {
        self.ticket == ticket
    }

    /// Notes the outcome of a piece; whether it was the last.
    pub(super) fn tell(&mut self, piece: Piece, told: Told) -> bool {
        self.open = self.open.saturating_sub(piece.records);
        self.outcomes.push((piece, told));
        self.open == 0
    }

    /// The outcomes, in the order of the records.
    pub(super) fn into_outcomes(mut self) -> Vec<(Piece, Told)> {
        self.outcomes.sort_by_key(|(piece, _)| *piece);
        self.outcomes
    }
}

impl Partition {
    /// Asks for two halves of a batch, with the proof that it was never written.
    //= R15 only with the proof
    pub(super) fn begin_split(&mut self, at: usize, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        let Stamped { ticket, piece, story, .. } = *stamped;
        if let Some(proof) = NeverWritten::of(story.known, turn.part, ticket, piece) {
            stamped.stage = Stage::Splitting;
            turn.out.push(Output::Split(proof));
        }
    }

    /// Puts the two halves where the whole was, or fails it.
    pub(crate) fn split_done(
        &mut self,
        (ticket, piece): (Ticket, Piece),
        first_half: Option<u32>,
        turn: &mut Turn<'_>,
    ) {
        let asked = |one: &Stamped| {
            one.stage == Stage::Splitting && one.ticket == ticket && one.piece == piece
        };
        let Some(at) = self.unresolved.iter().position(asked) else { return };
        let half = first_half.filter(|half| (1..piece.records).contains(half));
        match half {
            None => self.fail(at, Failure::of(Reason::NotSplit), turn),
            Some(half) => self.halve(at, half),
        }
    }

    fn halve(&mut self, at: usize, half: u32) {
        let Some(Stamped { owed: Some(owed), ticket, piece, stamp, story, .. }) =
            self.unresolved.remove(at)
        else {
            return;
        };
        if !self.halved.iter().any(|halved| halved.is_of(ticket)) {
            self.halved.push(Halved { ticket, open: piece.records, outcomes: Vec::new() });
        }
        // The waits and charges were those of the whole; its fate was proven.
        let story = Story { known: story.known, ..Story::default() };
        let [first, second] = owed.halves(half);
        for (owed, behind) in [(second, half), (first, 0)] {
            let stamp =
                stamp.map(|stamp| Stamp::new(stamp.identity(), stamp.position().after(behind)));
            let (piece, stage) = (owed.piece, Stage::Idle);
            let owed = Some(owed);
            self.unresolved.insert(at, Stamped { owed, ticket, piece, stamp, stage, story });
        }
    }

    /// Whether a piece of a batch is unresolved: then one batch is out at a time, because pieces
    /// may be more than a broker remembers.
    //= R16 pieces go one at a time
    pub(super) fn has_pieces(&self) -> bool {
        !self.halved.is_empty()
            && self.unresolved.iter().any(|one| self.halved.iter().any(|all| all.is_of(one.ticket)))
    }
}
