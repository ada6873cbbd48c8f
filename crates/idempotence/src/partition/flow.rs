//! What may leave, and when: the gate, the window, and the order.

use klamm_wire::Time;

use super::Partition;
use super::batch::{Stage, Stamped};
use super::lane::{Lane, Open};
use crate::names::ConnId;
use crate::output::{Output, Send};
use crate::seq::Position;
use crate::settings::Settings;
use crate::stamp::{Identity, Stamp};
use crate::turn::Turn;

/// How much of a partition may be out at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) enum Flow {
    /// One batch: the broker has not yet shown that it takes what follows.
    ///
    /// A broker that knows nothing of the producer accepts any sequence as the first. Two batches
    /// sent to such a one, the first refused and the second taken, would be out of order for ever.
    //= R6 one at a time until the first success
    #[default]
    Gated,
    /// All of the window.
    Open {
        /// Without a batch until then, the partition is gated again.
        idle_at: Time,
    },
    /// Each batch for itself: without stamps there is no order to keep.
    //= R24 plain: no gate, no head, no lane
    Free,
    /// Nothing: what is out must end first.
    //= R8 after a failure nothing leaves before all attempts ended
    Draining,
}

impl Partition {
    /// Sends whatever may leave.
    pub(crate) fn pump(&mut self, turn: &mut Turn<'_>) {
        self.settle(turn);
        if !self.has_work() {
            return;
        }
        let Some(conn) = self.connection(turn) else { return };
        while self.send_next(conn, turn) {}
    }

    /// Whether anything waits here to be sent.
    fn has_work(&self) -> bool {
        let idle = self.unresolved.iter().any(Stamped::is_idle);
        idle || self.queue.front().is_some_and(|queued| queued.made)
    }

    /// Moves on from states that were only waiting for attempts to end.
    fn settle(&mut self, turn: &mut Turn<'_>) {
        if !turn.writer.stamps() {
            self.flow = Flow::Free;
        }
        if self.flow == Flow::Draining && !self.any_out() {
            self.flow = Flow::Gated;
        }
        if matches!(self.flow, Flow::Open { idle_at } if idle_at <= turn.now)
            && self.unresolved.is_empty()
        {
            self.flow = Flow::Gated;
        }
        self.leave_lane(turn);
    }

    /// Leaves a spent lane, once nothing under it can be in doubt.
    ///
    /// A lane of transactions is left only with the identity it belongs to.
    //= R18 freeze, resolve, and only then another epoch
    //= R20 a transaction never raises the epoch by itself
    fn leave_lane(&mut self, turn: &mut Turn<'_>) {
        let Some(lane) = self.lane.open() else { return };
        let empty = self.unresolved.is_empty();
        let left = turn.writer.has_left(lane.identity());
        let proven = matches!(self.flow, Flow::Open { .. }) && !lane.is_spent();
        let worn = proven && turn.writer.is_worn(lane.identity(), turn.settings);
        let spent = lane.is_spent() && turn.writer.raises_epochs();
        if (empty && (left || worn)) || (spent && self.unresolved.iter().all(Stamped::is_free)) {
            self.fail_passed(turn);
            self.unstamp_all(turn);
            self.lane.leave(worn);
            self.flow = Flow::Gated;
        }
    }

    pub(super) fn any_out(&self) -> bool {
        self.unresolved.iter().any(Stamped::is_out)
    }

    /// Sends one batch, if one may leave: first what has a stamp, in order, then what has none.
    fn send_next(&mut self, conn: ConnId, turn: &mut Turn<'_>) -> bool {
        let next = match self.next_resend(turn.now) {
            Resend::Batch(at) => is_let_through(turn).then_some(at),
            Resend::Held => None,
            Resend::Nothing => self.next_stamp(turn),
        };
        match next {
            Some(at) => self.send(at, conn, turn),
            None => false,
        }
    }

    /// The first batch that is here and has a stamp.
    //= R8 from the head, in order
    fn next_resend(&self, now: Time) -> Resend {
        match self.flow {
            Flow::Draining => return Resend::Held,
            Flow::Free => return self.any_due(now).map_or(Resend::Nothing, Resend::Batch),
            Flow::Gated | Flow::Open { .. } => {}
        }
        let waits = |one: &Stamped| matches!(one.stage, Stage::Idle | Stage::Splitting);
        let Some(at) = self.unresolved.iter().position(waits) else { return Resend::Nothing };
        let alone = self.flow == Flow::Gated || self.has_pieces();
        let due = self.unresolved.get(at).is_some_and(|one| one.is_due(now));
        if due && !(alone && self.any_out()) { Resend::Batch(at) } else { Resend::Held }
    }

    fn any_due(&self, now: Time) -> Option<usize> {
        self.unresolved.iter().position(|one| one.is_due(now))
    }

    /// Whether the order and the window allow another stamp.
    //= R4 the window counts what is unresolved in the partition, wherever it is
    //= R5 what waits, or has expired with an attempt out, is unresolved
    pub(super) fn may_stamp(&self, settings: &Settings) -> bool {
        let room = self.unresolved.len() < settings.window.size();
        let allowed = match self.flow {
            Flow::Gated => self.unresolved.is_empty(),
            Flow::Open { .. } => self.unresolved.iter().all(Stamped::is_out) && !self.has_pieces(),
            Flow::Free => true,
            Flow::Draining => false,
        };
        room && allowed && !self.lane.is_spent()
    }

    /// Stamps the first batch of the queue, if it may leave: its place among the unresolved.
    //= R1 stamped when it is sent, in the order of the queue
    fn next_stamp(&mut self, turn: &mut Turn<'_>) -> Option<usize> {
        let front = self.queue.front()?;
        let due = front.story.not_before <= turn.now && front.owed.deadline > turn.now;
        let records = front.owed.piece.records;
        if !(front.made && due && self.may_stamp(turn.settings)) {
            return None;
        }
        if !is_let_through(turn) {
            return None;
        }
        let stamp = if turn.writer.stamps() { Some(self.stamp(records, turn)?) } else { None };
        let queued = self.queue.pop_front()?;
        self.unresolved.push_back(queued.stamped(stamp));
        self.unresolved.len().checked_sub(1)
    }

    /// A stamp for so many records, from a new lane if there is none.
    fn stamp(&mut self, records: u32, turn: &mut Turn<'_>) -> Option<Stamp> {
        let opened = match self.lane {
            Lane::Open(open) => Some(open),
            Lane::Fresh => {
                let first = Position::at(turn.settings.first_position);
                turn.writer.identity().map(|identity| Open::new(identity, first))
            }
            Lane::Left(left) => turn.writer.after(left, turn.settings).map(begin),
        };
        let mut open = opened?;
        let stamp = open.stamp(records);
        self.lane = Lane::Open(open);
        Some(stamp)
    }

    fn send(&mut self, at: usize, conn: ConnId, turn: &mut Turn<'_>) -> bool {
        let Some(stamped) = self.unresolved.get_mut(at) else { return false };
        let attempt = turn.attempts.open(turn.part);
        stamped.stage = Stage::Out(attempt);
        let tag = stamped.owed.as_ref().and_then(|owed| owed.tag);
        let Stamped { ticket, piece, stamp, .. } = *stamped;
        turn.news.attempted |= tag.is_some();
        turn.out.push(Output::Send(Send {
            attempt,
            part: turn.part,
            ticket,
            piece,
            conn,
            stamp,
            tag,
            generation: turn.writer.generation().filter(|_| tag.is_some()),
        }));
        true
    }

    /// Something did not go as it should: what is out must end before anything else leaves.
    pub(super) fn trouble(&mut self) {
        if self.flow != Flow::Free {
            self.flow = Flow::Draining;
        }
    }

    /// The broker took a batch under the stamps of this lane.
    pub(super) fn success(&mut self, turn: &Turn<'_>) {
        if matches!(self.flow, Flow::Gated | Flow::Open { .. }) {
            self.flow = Flow::Open { idle_at: turn.now.saturating_add(turn.settings.idle_limit) };
        }
    }

    /// Another connection, leader or log: the first batch proves it.
    pub(super) fn gate(&mut self) {
        if self.flow != Flow::Free {
            self.flow = Flow::Gated;
        }
    }
}

/// Whether the writer lets the partition's batches through; if not it hears that one waits.
fn is_let_through(turn: &mut Turn<'_>) -> bool {
    let through = turn.writer.may_send(turn.part);
    turn.news.wanted |= !through;
    through
}

fn begin(identity: Identity) -> Open {
    Open::new(identity, Position::FIRST)
}

/// What to do about batches that have a stamp and are here.
enum Resend {
    /// There are none.
    Nothing,
    /// None may leave, and nothing may overtake them.
    Held,
    /// This one may leave.
    Batch(usize),
}
