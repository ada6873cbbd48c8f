//! One partition: what waits, what is in doubt, and the order in which it all leaves.
//!
//! Two queues hold its batches, in the order of their tickets: those without a stamp, which may
//! be taken back, and those with one, which are *unresolved* until their fate is known. A
//! batch moves from the first to the second when it is sent, and back only when no attempt can
//! have written it and its lane is spent.
//!
//! How much may be out at a time is the [`Flow`]:
//!
//! ```text
//!            every attempt ended                 a success
//!  Draining ────────────────────▶ Gated ────────────────────▶ Open
//!   ▲  nothing leaves              │ one at a time, the head   │ all, up to the window
//!   └──────────────────────────────┴───────────────────────────┘
//!     an answer that is no success; a connection lost; another leader
//! ```
//!
//! Reading order: [`batch`] (what moves), [`lane`] (where stamps come from), [`flow`] (what may
//! leave), [`answers`] (what an attempt told), [`resolve`] (how a batch ends), [`time`]
//! (deadlines), [`route`] (leaders and connections), [`split`], [`laws`] (what must always hold).

pub(crate) mod batch;
pub(crate) mod lane;

mod answers;
#[cfg(feature = "model")]
mod canonical;
mod flow;
mod laws;
mod resolve;
mod route;
mod split;
mod time;

use std::collections::VecDeque;

use klamm_wire::Time;

use crate::links::Links;
use crate::names::{Piece, Ticket, TxnTag};
use crate::output::{Acked, Failed, Output, Reason};
use crate::proof::NeverWritten;
use crate::settings::Settings;
use crate::turn::Turn;
use crate::writer::Writer;
use batch::{Owed, Queued, Stamped, Story};
use flow::Flow;
use lane::Lane;
use route::{Detached, Route};
use split::Halved;

pub(crate) use answers::Heard;

/// The state of one partition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Partition {
    /// Batches without a stamp, in the order of their tickets.
    queue: VecDeque<Queued>,
    /// Batches with one, in the order of their positions.
    unresolved: VecDeque<Stamped>,
    /// Batches that were made into pieces, and what became of those so far.
    halved: Vec<Halved>,
    /// Attempts on connections that the partition has turned away from.
    detached: Vec<Detached>,
    lane: Lane,
    flow: Flow,
    route: Route,
    /// Tickets below this were announced.
    announced: u64,
}

/// What became of a piece.
pub(crate) type Told = Result<Acked, Failed>;

impl Partition {
    /// Takes a batch that was opened.
    pub(crate) fn announce(
        &mut self,
        ticket: Ticket,
        deadline: Time,
        tag: Option<TxnTag>,
        turn: &mut Turn<'_>,
    ) {
        // The last number of all has none behind it, so it could be announced again and again.
        let Some(behind) = ticket.0.checked_add(1) else { return };
        if ticket.0 < self.announced {
            return;
        }
        self.announced = behind;
        let number = turn.ledger.announce(tag);
        let owed = Owed { ticket, piece: Piece::whole(0), deadline, tag, number };
        if let Some(reason) = self.refusal(tag, turn) {
            self.fail_unwritten(owed, reason, turn);
        } else {
            self.queue.push_back(Queued { owed, made: false, story: Story::default() });
        }
    }

    /// Why no batch can be taken at all.
    fn refusal(&self, tag: Option<TxnTag>, turn: &Turn<'_>) -> Option<Reason> {
        if let Some(fatal) = turn.dead {
            Some(Reason::ProducerClosed(fatal))
        } else if !turn.ledger.takes_work() {
            Some(Reason::Closed)
        } else if tag != turn.writer.writable_tag() {
            Some(Reason::NotInTransaction)
        } else if self.route.is_gone(turn) {
            Some(Reason::TopicMissing)
        } else {
            None
        }
    }

    /// The payload of a batch is made.
    pub(crate) fn ready(&mut self, ticket: Ticket, records: u32, turn: &mut Turn<'_>) {
        let Some(at) = self.making(ticket) else { return };
        if records == 0 || i32::try_from(records).is_err() {
            return self.take_back(at, Reason::Misused, turn);
        }
        if let Some(queued) = self.queue.get_mut(at) {
            queued.made = true;
            queued.owed.piece = Piece::whole(records);
        }
    }

    /// The payload of a batch could not be made: its ticket is used up.
    pub(crate) fn job_failed(&mut self, ticket: Ticket, turn: &mut Turn<'_>) {
        if let Some(at) = self.making(ticket) {
            self.take_back(at, Reason::NotEncoded, turn);
        }
    }

    fn making(&self, ticket: Ticket) -> Option<usize> {
        self.queue.iter().position(|queued| queued.owed.ticket == ticket && !queued.made)
    }

    /// Takes a batch back, if it is whole and has no stamp.
    //= R25 only what has no stamp can be taken back
    pub(crate) fn cancel(&mut self, ticket: Ticket, turn: &mut Turn<'_>) {
        let halved = self.halved.iter().any(|halved| halved.is_of(ticket));
        let at = self.queue.iter().position(|queued| queued.owed.ticket == ticket);
        if let Some(at) = at.filter(|_| !halved) {
            self.take_back(at, Reason::Cancelled, turn);
        }
    }

    /// Takes back every batch that has no stamp.
    pub(crate) fn purge(&mut self, reason: Reason, turn: &mut Turn<'_>) {
        while !self.queue.is_empty() {
            self.take_back(0, reason, turn);
        }
    }

    fn take_back(&mut self, at: usize, reason: Reason, turn: &mut Turn<'_>) {
        if let Some(queued) = self.queue.remove(at) {
            self.fail_unwritten(queued.owed, reason, turn);
        }
    }

    /// Whether a new batch could leave at once.
    pub(crate) fn may_send(
        &self,
        settings: &Settings,
        writer: &Writer,
        links: &Links,
        now: Time,
    ) -> bool {
        let waits = self.queue.front().is_some_and(|queued| queued.made);
        let stamped = !writer.stamps() || writer.offers(&self.lane, settings);
        !waits && stamped && self.may_stamp(settings) && self.route.is_open(links, now)
    }

    /// Gives every free batch back to the queue, in its old place and order.
    //= R10 what is stamped anew goes before what never was
    fn unstamp_all(&mut self, turn: &mut Turn<'_>) {
        while let Some((queued, proof)) =
            self.unresolved.back_mut().and_then(|stamped| stamped.unstamped(turn.part))
        {
            self.unresolved.pop_back();
            self.requeue(queued, proof, turn);
        }
    }

    fn requeue(&mut self, queued: Queued, proof: NeverWritten, turn: &mut Turn<'_>) {
        self.queue.push_front(queued);
        turn.out.push(Output::Restamp(proof));
    }

    /// The number of this partition's batches that are not finished or still have an attempt.
    pub(crate) fn pending(&self) -> usize {
        self.queue.len().saturating_add(self.unresolved.len())
    }
}
