//! What was promised, sent and written, and whether readers of committed data agree.
//!
//! Everything here is found out by watching the wire, the coordinator and the application; the
//! machine is not asked.

mod calls;
mod judge;
mod situation;
mod wire;

use crate::fate::Fate;
use crate::model::Identity;
use crate::names::{Part, Ticket};
use crate::output::Outcome;

use super::scope::TxnScope;
use wire::Wire;

pub use situation::TxnSituation;

/// What a caller was told about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Told {
    Acked,
    Failed(Fate),
}

/// A batch of the script. Its place among them is the name of its record, so names ascend.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Item {
    txn: usize,
    part: u32,
    ticket: u64,
    told: Option<Told>,
    /// Attempts without an end.
    outs: u8,
}

/// A transaction of the script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Txn {
    begun: bool,
    /// Whether anything was sent of which the coordinator may know.
    touched: bool,
    /// Whether a group's offset is part of it, was taken, and was ever seen to be committed.
    offsets: Offsets,
    /// The end that was last asked for: whether it was a commit.
    end: Option<bool>,
    /// Whether an end that was asked for is neither answered nor lost.
    asking: bool,
    /// Whether the coordinator may have ended it without the producer knowing.
    doubt: bool,
    /// Whether the producer heard that it is ended.
    confirmed: bool,
    /// Whether the commit was called unknown.
    unknown: bool,
    /// What the application was told: whether it is committed.
    result: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Offsets {
    wanted: bool,
    taken: bool,
    seen: bool,
}

/// Everything that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct History {
    items: Vec<Item>,
    txns: Vec<Txn>,
    wire: Wire,
    /// Which transaction the coordinator holds open, or held last.
    holder: Option<usize>,
    /// The identity that another instance got.
    intruder: Option<Identity>,
    /// Whether the coordinator aborted for the time.
    timed_out: bool,
    /// Whether anything went wrong that can make a producer fail.
    troubled: bool,
    situations: u32,
    violation: Option<&'static str>,
}

impl History {
    pub(super) fn new(scope: &TxnScope) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for (txn, script) in scope.script.iter().enumerate() {
            for part in script.parts.iter().copied() {
                let older = items.iter().filter(|item| item.part == part).count();
                let ticket = u64::try_from(older).unwrap_or_default();
                items.push(Item { txn, part, ticket, told: None, outs: 0 });
            }
        }
        let txn =
            |wanted| Txn { offsets: Offsets { wanted, ..Offsets::default() }, ..Txn::default() };
        Self {
            items,
            txns: scope.script.iter().map(|script| txn(script.offsets)).collect(),
            wire: Wire::default(),
            holder: None,
            intruder: None,
            timed_out: false,
            troubled: false,
            situations: 0,
            violation: None,
        }
    }

    /// What tells one state from another.
    pub(super) fn facts(&self) -> impl std::hash::Hash + '_ {
        let Self { items, txns, wire, holder, .. } = self;
        (items, txns, wire, holder, self.intruder, self.timed_out, self.troubled, self.violation)
    }

    pub(super) const fn violations(&self) -> &[&'static str] {
        self.violation.as_slice()
    }

    pub(super) fn violate(&mut self, law: &'static str) {
        self.violation.get_or_insert(law);
    }

    pub(super) const fn situations(&self) -> u32 {
        self.situations
    }

    pub(super) const fn met(&mut self, situation: TxnSituation) {
        self.situations |= situation.bit();
    }

    /// Something went wrong.
    pub(super) const fn trouble(&mut self) {
        self.troubled = true;
    }

    /// The coordinator aborts a transaction that lasted too long.
    pub(super) const fn timed_out(&mut self) {
        (self.troubled, self.timed_out) = (true, true);
    }

    /// Another instance has its identity.
    pub(super) const fn fence(&mut self, intruder: Identity) {
        self.intruder = Some(intruder);
    }

    /// Whether another instance took over from that identity.
    fn is_fenced(&self, who: Identity) -> bool {
        let rank = |who: Identity| (who.pid, who.epoch);
        self.intruder.is_some_and(|intruder| rank(who) <= rank(intruder))
    }

    /// The batches of a transaction that begins.
    pub(super) fn begin(&mut self, txn: usize) -> Vec<(Part, Ticket)> {
        self.wire.begin();
        if let Some(txn) = self.txns.get_mut(txn) {
            txn.begun = true;
        }
        let here = self.items.iter().filter(|item| item.txn == txn);
        here.map(|item| (Part(item.part), Ticket(item.ticket))).collect()
    }

    pub(super) fn has_open_batches(&self) -> bool {
        self.items.iter().any(|item| item.told.is_none() && self.has_begun(item.txn))
    }

    fn has_begun(&self, txn: usize) -> bool {
        self.txns.get(txn).is_some_and(|txn| txn.begun)
    }

    /// The name of the record of a batch.
    pub(super) fn content(&self, part: u32, ticket: u64) -> u32 {
        let at = self.items.iter().position(|item| item.part == part && item.ticket == ticket);
        at.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
    }

    fn item_mut(&mut self, content: u32) -> Option<&mut Item> {
        self.items.get_mut(usize::try_from(content).ok()?)
    }

    /// A caller was told what became of a batch.
    //= I9 exactly once
    pub(super) fn completed(&mut self, part: u32, ticket: u64, outcome: &Outcome) {
        let (content, troubled) = (self.content(part, ticket), self.troubled);
        let Some(item) = self.item_mut(content) else {
            return self.violate("I9 a batch completes that nobody announced");
        };
        let told = match outcome {
            Outcome::Whole(Ok(_)) => Told::Acked,
            Outcome::Whole(Err(failed)) => Told::Failed(failed.fate),
            Outcome::Pieces(_) => return self.violate("I9 a batch completes in pieces"),
        };
        if item.told.replace(told).is_some() {
            self.violate("I9 a batch completes twice");
        }
        if told == Told::Failed(Fate::Unknown) && !troubled {
            self.violate("I4 a batch is called unknown without a cause");
        }
    }

    /// An attempt ended, with an answer or without.
    pub(super) fn batch_ended(&mut self, content: u32) {
        if let Some(item) = self.item_mut(content) {
            item.outs = item.outs.saturating_sub(1);
        }
    }
}
