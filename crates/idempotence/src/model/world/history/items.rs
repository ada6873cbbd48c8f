//! The batches that the producer was given, and what became of them.

use crate::fate::Fate;
use crate::model::world::Scope;
use crate::names::Piece;
use crate::output::{Failed, Fatal, Outcome, Reason};

/// What a caller was told about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Told {
    Acked,
    Failed(Fate),
}

/// A batch that the producer was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) part: u32,
    ticket: u64,
    records: u32,
    /// The name of its first record; those of a partition ascend.
    pub(super) content: u32,
    /// What was told, record by record; empty until then.
    pub(super) told: Vec<Told>,
}

/// All of them, in the order in which they were handed in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Items(pub(super) Vec<Item>);

impl Items {
    pub(super) fn new(scope: &Scope) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for batch in &scope.batches {
            let older = items.iter().filter(|item| item.part == batch.part).count();
            let content = items.last().map_or(0, |item| item.content.saturating_add(item.records));
            items.push(Item {
                part: batch.part,
                ticket: u64::try_from(older).unwrap_or_default(),
                records: batch.records,
                content,
                told: Vec::new(),
            });
        }
        Self(items)
    }

    pub(super) fn are_finished(&self) -> bool {
        self.0.iter().all(|item| !item.told.is_empty())
    }

    pub(super) fn is_any_unknown(&self) -> bool {
        self.0.iter().any(Item::is_unknown)
    }

    pub(super) fn is_unknown(&self, content: u32) -> bool {
        self.of(content).is_some_and(Item::is_unknown)
    }

    /// Whether the caller of the batch with that record was told.
    pub(super) fn is_told(&self, content: u32) -> bool {
        self.of(content).is_some_and(|item| !item.told.is_empty())
    }

    fn of(&self, content: u32) -> Option<&Item> {
        self.0.iter().find(|item| {
            (item.content..item.content.saturating_add(item.records)).contains(&content)
        })
    }

    pub(super) fn content(&self, part: u32, ticket: u64, piece: Piece) -> u32 {
        let item = self.0.iter().find(|item| item.part == part && item.ticket == ticket);
        item.map_or(u32::MAX, |item| item.content.saturating_add(piece.first))
    }

    /// Notes what was told, or which law that breaks.
    //= I9 exactly once, and about every record
    pub(super) fn complete(
        &mut self,
        part: u32,
        ticket: u64,
        outcome: &Outcome,
    ) -> Result<Vec<Told>, &'static str> {
        let item = self.0.iter_mut().find(|item| item.part == part && item.ticket == ticket);
        let item = item.ok_or("I9 a batch completes that nobody announced")?;
        if !item.told.is_empty() {
            return Err("I9 a batch completes twice");
        }
        if let Outcome::Whole(Err(failed)) = outcome
            && let Reason::ProducerClosed(Fatal::Invariant(law)) = failed.reason
        {
            return Err(law);
        }
        item.told = told_by(outcome, item.records);
        if u32::try_from(item.told.len()) != Ok(item.records) {
            return Err("I9 every record of a batch has an outcome");
        }
        Ok(item.told.clone())
    }
}

impl Item {
    fn is_unknown(&self) -> bool {
        self.told.contains(&Told::Failed(Fate::Unknown))
    }
}

/// The outcome of a batch, record by record.
fn told_by(outcome: &Outcome, records: u32) -> Vec<Told> {
    let one = |told: &Result<_, Failed>| match told {
        Ok(_) => Told::Acked,
        Err(failed) => Told::Failed(failed.fate),
    };
    match outcome {
        Outcome::Whole(told) => (0..records).map(|_| one(told)).collect(),
        Outcome::Pieces(pieces) => {
            pieces.iter().flat_map(|(piece, told)| (0..piece.records).map(|_| one(told))).collect()
        }
    }
}
