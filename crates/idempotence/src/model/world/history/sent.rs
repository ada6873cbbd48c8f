//! What went over the wire, and whether it was allowed to.

use klamm_wire::ErrorCode;

use super::Situation;
use super::numbers::Numbers;
use crate::canonical::Naming;
use crate::model::world::network::Reply;
use crate::model::{Produce, Stamp};
use crate::names::ConnId;
use crate::settings::Settings;

/// Everything that was sent, per piece, and what it proves about the machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Sent {
    window: usize,
    /// The last epoch of a producer id.
    last_epoch: i64,
    pieces: Vec<Piece>,
    numbers: Numbers,
    /// Connections on which a partition's batch was taken since the last trouble.
    proved: Vec<(u32, ConnId)>,
    /// Who leads a partition, as far as the producer was told: the epoch and the node.
    leaders: Vec<(u32, i32, u32)>,
    /// Partitions where a batch failed with another on the wire.
    torn: Vec<u32>,
    /// Partitions that have left a producer id, every epoch of it used up, with a batch in doubt
    /// that was not in the log. A copy of it may come later than what another id writes: a newer
    /// epoch keeps copies of the same id out, and there was none left.
    //= R19 no producer has a remedy
    unfenced: Vec<u32>,
    appended: Vec<u32>,
}

/// A piece of a batch, by the name of its first record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Piece {
    part: u32,
    content: u32,
    records: u32,
    stamp: Stamp,
    /// Whether an attempt under this stamp may have written it.
    doubtful: bool,
    outs: Vec<Out>,
}

/// An attempt without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Out {
    conn: ConnId,
    /// Whether the producer has heard of another leader since.
    detached: bool,
}

impl Sent {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            window: settings.window.size(),
            last_epoch: i64::from(settings.epoch_limit),
            pieces: Vec::new(),
            numbers: Numbers::new(settings),
            proved: Vec::new(),
            leaders: Vec::new(),
            torn: Vec::new(),
            unfenced: Vec::new(),
            appended: Vec::new(),
        }
    }

    /// A batch leaves: what that shows of it, and the laws that it breaks.
    pub(super) fn leave(
        &mut self,
        (part, conn, node): (u32, ConnId, u32),
        produce: &Produce,
        is_told: impl Fn(u32) -> bool,
    ) -> (Vec<Situation>, Vec<&'static str>) {
        let (mut met, mut broken) = (Vec::new(), Vec::new());
        let Some(stamp) = produce.stamp() else { return (met, broken) };
        if self.leaves_unfenced(part, stamp.pid) && !self.is_unfenced(part) {
            self.unfenced.push(part);
        }
        let raised = self.numbers.enter(part, stamp, &mut met, &mut broken);
        if raised && self.torn.contains(&part) {
            self.torn.retain(|torn| *torn != part);
            met.push(Situation::BumpWithFollower);
        }
        self.numbers.give(part, stamp, produce, &mut broken);
        met.extend(self.numbers.has_wrapped(part).then_some(Situation::Wrapped));
        let others: Vec<ConnId> =
            self.outs(part).filter(|out| !out.detached).map(|out| out.conn).collect();
        let led = self.leaders.iter().any(|(led, _, by)| *led == part && *by == node);
        if !led || others.iter().any(|other| *other != conn) {
            broken.push("I8 attempts of a partition share one connection, to its leader");
        }
        if !others.is_empty() && !self.proved.contains(&(part, conn)) {
            broken.push("I7 one batch at a time until the first success");
        }
        met.extend((!others.is_empty()).then_some(Situation::Pipelined));
        broken.extend(self.note(part, conn, produce, stamp).err());
        broken.extend(self.check_window(part, is_told).err());
        (met, broken)
    }

    /// Whether another producer id takes over with a copy on its way that may still land.
    fn leaves_unfenced(&self, part: u32, pid: i64) -> bool {
        let lane = self.numbers.writer(part);
        let spent = lane.filter(|(old, epoch)| *old != pid && *epoch >= self.last_epoch);
        self.pieces.iter().any(|piece| {
            let old = piece.part == part && Some(piece.stamp.pid) == spent.map(|(old, _)| old);
            old && piece.doubtful && !self.was_appended(piece.content)
        })
    }

    /// Whether an old copy may stand behind what came after it.
    pub(super) fn is_unfenced(&self, part: u32) -> bool {
        self.unfenced.contains(&part)
    }

    fn note(
        &mut self,
        part: u32,
        conn: ConnId,
        produce: &Produce,
        stamp: Stamp,
    ) -> Result<(), &'static str> {
        let Produce { content, records, .. } = *produce;
        let out = Out { conn, detached: false };
        let known = self.pieces.iter_mut().find(|piece| piece.content == content);
        let Some(piece) = known else {
            let outs = vec![out];
            self.pieces.push(Piece { part, content, records, stamp, doubtful: false, outs });
            return Ok(());
        };
        if (piece.stamp, piece.records) != (stamp, records) {
            let unsure = piece.doubtful || !piece.outs.is_empty();
            (piece.stamp, piece.records) = (stamp, records);
            piece.outs.push(out);
            if unsure {
                return Err("I5 a batch that may be written gets another stamp");
            }
        } else {
            piece.outs.push(out);
        }
        Ok(())
    }

    //= I7 the window is of what is unresolved in the partition
    fn check_window(&self, part: u32, is_told: impl Fn(u32) -> bool) -> Result<(), &'static str> {
        let here = self.pieces.iter().filter(|piece| piece.part == part);
        let current = self.numbers.writer(part);
        let unresolved = here.filter(|piece| {
            let live = piece.outs.iter().any(|out| !out.detached);
            let who = (piece.stamp.pid, piece.stamp.epoch);
            Some(who) == current && (live || !is_told(piece.content))
        });
        // Pieces of a split batch may be more, but then one is out at a time.
        let room = self.window.max(self.outs(part).filter(|out| !out.detached).count());
        let split = self.outs(part).filter(|out| !out.detached).count() == 1;
        if unresolved.count() > room && !split {
            return Err("I7 no more unresolved batches than the window");
        }
        Ok(())
    }

    fn outs(&self, part: u32) -> impl Iterator<Item = &Out> {
        self.pieces.iter().filter(move |piece| piece.part == part).flat_map(|piece| &piece.outs)
    }

    /// How many attempts are out on the partition's connection.
    pub(super) fn outs_in(&self, part: u32) -> usize {
        self.outs(part).filter(|out| !out.detached).count()
    }

    /// Whether no attempt is without an end, and no batch that may be written either.
    pub(super) fn is_certain(&self, is_told: impl Fn(u32) -> bool) -> bool {
        let open =
            |piece: &Piece| !piece.outs.is_empty() || (piece.doubtful && !is_told(piece.content));
        !self.pieces.iter().any(open)
    }

    pub(super) fn is_doubtful(&self, content: u32) -> bool {
        let piece = self.pieces.iter().find(|piece| piece.content == content);
        piece.is_some_and(|piece| piece.doubtful || !piece.outs.is_empty())
    }

    /// Whether the oldest batch without an end may be written, and is this one.
    pub(super) fn is_doubtful_head(
        &self,
        part: u32,
        content: u32,
        is_told: impl Fn(u32) -> bool,
    ) -> bool {
        let open = |piece: &&Piece| piece.part == part && !is_told(piece.content);
        let head = self.pieces.iter().filter(open).min_by_key(|piece| piece.content);
        head.is_some_and(|piece| piece.content == content && piece.doubtful)
    }

    pub(super) fn was_appended(&self, content: u32) -> bool {
        self.appended.contains(&content)
    }

    pub(super) fn appended(&mut self, content: u32) {
        if !self.appended.contains(&content) {
            self.appended.push(content);
            self.appended.sort_unstable();
        }
    }

    pub(super) fn failed_with_follower(&mut self, part: u32) {
        if !self.torn.contains(&part) {
            self.torn.push(part);
        }
    }

    /// An attempt was answered.
    pub(super) fn heard(&mut self, reply: &Reply, conn: ConnId) {
        let doubt = !reply.is_success() && (reply.absent || !is_definite(reply.verdict.code));
        let Some(detached) = self.end(reply.content, conn, doubt) else { return };
        if detached {
            return;
        }
        self.proved.retain(|proved| *proved != (reply.part, conn));
        if reply.is_success() {
            self.proved.push((reply.part, conn));
            self.proved.sort_unstable();
        }
    }

    /// An attempt ended without an answer.
    pub(super) fn lost(&mut self, content: u32, conn: ConnId, whole: bool) {
        self.end(content, conn, whole);
    }

    /// Whether the attempt that ends had been left behind.
    fn end(&mut self, content: u32, conn: ConnId, doubt: bool) -> Option<bool> {
        let piece = self.pieces.iter_mut().find(|piece| piece.content == content)?;
        let at = piece.outs.iter().position(|out| out.conn == conn)?;
        piece.doubtful |= doubt;
        Some(piece.outs.remove(at).detached)
    }

    pub(super) fn conn_gone(&mut self, conn: ConnId) {
        self.proved.retain(|(_, proved)| *proved != conn);
    }

    /// The producer hears of a leader; whether that leaves an attempt behind.
    pub(super) fn leader_told(&mut self, part: u32, epoch: i32, node: u32) -> bool {
        let known =
            self.leaders.iter().find(|(known, ..)| *known == part).map(|(_, epoch, _)| *epoch);
        if known == Some(epoch) {
            return false;
        }
        self.leaders.retain(|(known, ..)| *known != part);
        self.leaders.push((part, epoch, node));
        self.leaders.sort_unstable();
        self.proved.retain(|(proved, _)| *proved != part);
        let mut left = false;
        for piece in self.pieces.iter_mut().filter(|piece| piece.part == part) {
            for out in &mut piece.outs {
                (out.detached, piece.doubtful, left) = (true, true, true);
            }
        }
        left
    }

    pub(super) fn canonical(&self, naming: &Naming<'_>) -> Self {
        let mut same = self.clone();
        for out in same.pieces.iter_mut().flat_map(|piece| &mut piece.outs) {
            naming.conn(&mut out.conn);
        }
        for (_, conn) in &mut same.proved {
            naming.conn(conn);
        }
        same.proved.sort_unstable();
        same
    }
}

/// Whether an answer says that the attempt did not write the batch.
///
/// This list is the judge's own: the codes that this world's broker gives before an append.
fn is_definite(code: ErrorCode) -> bool {
    [
        ErrorCode::MESSAGE_TOO_LARGE,
        ErrorCode::NOT_ENOUGH_REPLICAS,
        ErrorCode::INVALID_RECORD,
        ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
        ErrorCode::INVALID_PRODUCER_EPOCH,
        ErrorCode::UNKNOWN_PRODUCER_ID,
    ]
    .contains(&code)
}
