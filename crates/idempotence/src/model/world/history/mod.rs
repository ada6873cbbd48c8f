//! What was promised and what was sent, and whether the log agrees.
//!
//! Everything here is found out by watching the wire and the callers; the machine is not asked.

mod items;
mod judge;
mod numbers;
mod sent;

use crate::canonical::Naming;
use crate::fate::Fate;
use crate::model::Verdict;
use crate::names::{ConnId, Piece};
use crate::output::Outcome;
use crate::proof::NeverWritten;

use super::Scope;
use super::network::{Reply, Request};
use items::{Items, Told};
use sent::Sent;

/// Something that a model must have met to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Situation {
    /// A broker recognised a batch that came again.
    DedupHit,
    /// The oldest batch, perhaps written, was refused as out of order.
    DoubtfulHeadRefused,
    /// A copy from an old connection was refused for its epoch.
    ZombieRefused,
    /// A batch failed with a younger one on the wire, and the epoch was raised after it.
    BumpWithFollower,
    /// A batch that was called unknown turned out to be written.
    LateSuccess,
    /// A piece of a split batch was acknowledged.
    ChildAcked,
    /// A batch was called not written.
    CalledNotWritten,
    /// A batch was called unknown.
    CalledUnknown,
    /// A batch was sent to another leader while an attempt was out at the first.
    DetachedAttempt,
    /// The sequence went from its largest to 0.
    Wrapped,
    /// The producer asked for another producer id.
    NewProducerId,
    /// Two batches were on the wire at once.
    Pipelined,
}

impl Situation {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 12] = [
        Self::DedupHit,
        Self::DoubtfulHeadRefused,
        Self::ZombieRefused,
        Self::BumpWithFollower,
        Self::LateSuccess,
        Self::ChildAcked,
        Self::CalledNotWritten,
        Self::CalledUnknown,
        Self::DetachedAttempt,
        Self::Wrapped,
        Self::NewProducerId,
        Self::Pipelined,
    ];

    /// Its bit in a set.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Everything that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct History {
    items: Items,
    parts: Vec<u32>,
    sent: Sent,
    /// Whether anything happened that can leave a batch in doubt.
    doubt: bool,
    /// Whether a log may lose what it remembers while something is in doubt.
    reckless: bool,
    situations: u32,
    /// The laws that were broken.
    broken: Vec<&'static str>,
}

impl History {
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            items: Items::new(scope),
            parts: scope.parts(),
            sent: Sent::new(&scope.settings),
            doubt: false,
            reckless: scope.budget.reckless_losses > 0,
            situations: 0,
            broken: Vec::new(),
        }
    }

    /// What tells one state from another.
    pub(super) fn facts(&self) -> impl std::hash::Hash + '_ {
        (&self.items, &self.sent, self.doubt, &self.broken)
    }

    pub(super) fn canonical(&self, naming: &Naming<'_>) -> Self {
        Self { sent: self.sent.canonical(naming), ..self.clone() }
    }

    pub(super) fn parts(&self) -> &[u32] {
        &self.parts
    }

    /// The laws that were broken, in the order in which they were.
    pub(super) fn broken(&self) -> &[&'static str] {
        &self.broken
    }

    pub(super) fn violate(&mut self, law: &'static str) {
        if !self.broken.contains(&law) {
            self.broken.push(law);
        }
    }

    pub(super) const fn situations(&self) -> u32 {
        self.situations
    }

    fn met(&mut self, situation: Situation) {
        self.situations |= situation.bit();
    }

    /// Something happened after which a batch may honestly be called unknown.
    pub(super) const fn doubt(&mut self) {
        self.doubt = true;
    }

    pub(super) fn is_finished(&self) -> bool {
        self.items.are_finished()
    }

    /// Whether no batch that was sent is without an honest end.
    pub(super) fn is_certain(&self) -> bool {
        !self.items.is_any_unknown() && self.sent.is_certain(|content| self.items.is_told(content))
    }

    /// The name of the first record of a piece.
    pub(super) fn content(&self, part: u32, ticket: u64, piece: Piece) -> u32 {
        self.items.content(part, ticket, piece)
    }

    /// A caller was told.
    //= I9 exactly once
    pub(super) fn completed(&mut self, part: u32, ticket: u64, outcome: &Outcome) {
        let (out, doubt) = (self.sent.outs_in(part), self.doubt);
        let told = match self.items.complete(part, ticket, outcome) {
            Ok(told) => told,
            Err(law) => return self.violate(law),
        };
        if matches!(outcome, Outcome::Pieces(_)) && told.contains(&Told::Acked) {
            self.met(Situation::ChildAcked);
        }
        if told.contains(&Told::Failed(Fate::NotWritten)) {
            self.met(Situation::CalledNotWritten);
        }
        if told.contains(&Told::Failed(Fate::Unknown)) {
            self.met(Situation::CalledUnknown);
            if !doubt {
                self.violate("I4 a batch is called unknown without a cause");
            }
        }
        if !told.contains(&Told::Acked) && out > 0 {
            self.sent.failed_with_follower(part);
        }
    }

    /// The machine says that a piece was never written, to do with it what that allows.
    pub(super) fn unwritten(&mut self, proof: NeverWritten, law: &'static str) {
        let content = self.content(proof.part().0, proof.ticket().0, proof.piece());
        if self.sent.is_doubtful(content) {
            self.violate(law);
        }
    }

    /// A broker read a request.
    pub(super) fn served(&mut self, request: &Request, verdict: Verdict, open: bool) {
        let refused = verdict.code == klamm_wire::ErrorCode::INVALID_PRODUCER_EPOCH;
        if !open && refused {
            self.met(Situation::ZombieRefused);
        }
        if verdict.base_offset >= 0 && self.sent.was_appended(request.produce.content) {
            self.met(Situation::DedupHit);
        }
        if verdict.base_offset >= 0 {
            self.sent.appended(request.produce.content);
        }
    }

    /// The producer read an answer.
    pub(super) fn heard(&mut self, reply: &Reply, conn: ConnId) {
        if reply.is_success() && self.items.is_unknown(reply.content) {
            self.met(Situation::LateSuccess);
        }
        let refused = reply.verdict.code == klamm_wire::ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
        let is_told = |content| self.items.is_told(content);
        if refused && self.sent.is_doubtful_head(reply.part, reply.content, is_told) {
            self.met(Situation::DoubtfulHeadRefused);
        }
        self.sent.heard(reply, conn);
    }

    /// An attempt ended without an answer, after all of its request was written or before.
    pub(super) fn lost(&mut self, content: u32, conn: ConnId, whole: bool) {
        self.sent.lost(content, conn, whole);
    }

    pub(super) fn conn_gone(&mut self, conn: ConnId) {
        self.sent.conn_gone(conn);
    }

    pub(super) fn leader_told(&mut self, part: u32, epoch: i32, node: u32) {
        if self.sent.leader_told(part, epoch, node) {
            self.met(Situation::DetachedAttempt);
        }
    }
}
