//! What the end of an attempt means for the batch: one table of code and mode.
//!
//! A [`Cell`] holds the evidence that an answer gives about its own attempt, and a [`Rule`].
//! [`resolve`] turns the rule into a [`Verdict`] with what is known of the batch. Nothing else of
//! the crate decides what a code means.

use klamm_wire::ErrorCode;

use crate::fate::Evidence;
use crate::settings::{Acks, Generation};

pub use super::produce_table::TABLE;
use super::produce_table::UNKNOWN;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With an answer.
    Code(ErrorCode),
    /// With an answer that leaves the partition out.
    Absent,
    /// With the connection, after the whole request was written.
    Lost,
    /// With the connection, before the whole request was written.
    Cut,
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Without stamps.
    Plain(Acks),
    /// With stamps, without transactions.
    Idempotent,
    /// Within a transaction.
    Transactional(Generation),
}

/// What an answer tells, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    /// What this attempt tells about itself; nothing where answers are not for reading.
    pub evidence: Option<Evidence>,
    /// What follows.
    pub rule: Rule,
}

/// What follows from an answer, before the batch is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The batch is in the log.
    Acknowledge {
        /// Whether the answer says where.
        offset_known: bool,
    },
    /// The answer is none.
    Ignore,
    /// Send it again.
    Retry(Again),
    /// Send it again, three times at the most.
    Thrice(Scope),
    /// Make it smaller if that is possible; if not, as `Thrice`, and a single record fails at once.
    Split(Scope),
    /// The head tells a gap from lost state; what is behind it waits.
    Resequence,
    /// The head fails; what is behind it waits.
    HeadFails(Scope),
    /// Stamp it anew if nothing speaks against it; if something does, it fails.
    Restamp(Scope),
    /// It fails.
    Fail(Scope),
}

/// When something is sent again, and what is asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Again {
    /// After the back-off.
    Later,
    /// After the back-off, which counts towards three.
    Charged,
    /// After the back-off; metadata is wanted.
    Refreshed,
    /// After the short wait for the end of another transaction.
    Soon,
}

/// How much fails with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Nothing else.
    Batch,
    /// The partition's lane: its sequence has a hole.
    Lane,
    /// The producer id.
    ProducerId,
    /// The transaction.
    Transaction,
    /// The producer.
    Producer,
}

/// What is known of a batch, its answer included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Case {
    /// No attempt can have written it.
    pub clean: bool,
    /// No older batch of the partition is unresolved.
    pub head: bool,
    /// It has more than one record.
    pub many: bool,
    /// Three attempts were charged to it.
    pub spent: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Tell the caller that it is in the log.
    Acknowledge {
        /// Whether the offset in the answer is that of the batch.
        offset_known: bool,
    },
    /// Do nothing.
    Ignore,
    /// Send it again with the same stamp.
    Retry(Again),
    /// Send it again with the same stamp, after the head, at no charge.
    Wait,
    /// Send it again with the same stamp as long as a copy on its way may still land.
    Grace,
    /// Give it a stamp of the next epoch.
    Restamp,
    /// Make two of it.
    Split,
    /// Tell the caller that it failed, and take down what depends on it.
    Fail(Scope),
}

/// How many attempts may be charged to a batch.
pub const CHARGED_LIMIT: u8 = 3;

/// A line of the table: endings that mean the same in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row {
    /// The endings.
    pub endings: &'static [Ending],
    /// With acks=1.
    pub leader: Cell,
    /// With acks=0.
    pub none: Cell,
    /// Idempotent.
    pub idempotent: Cell,
    /// In a transaction of the first generation.
    pub v1: Cell,
    /// In a transaction of the second generation.
    pub v2: Cell,
}

/// What a table says of an ending.
#[must_use]
pub fn look_up(table: &[Row], ending: Ending, column: Column) -> Cell {
    let row = table.iter().find(|row| row.endings.contains(&ending)).unwrap_or(&UNKNOWN);
    match column {
        Column::Plain(Acks::Leader) => row.leader,
        Column::Plain(Acks::None) => row.none,
        Column::Idempotent => row.idempotent,
        Column::Transactional(Generation::V1) => row.v1,
        Column::Transactional(Generation::V2) => row.v2,
    }
}

/// What a rule means for a batch.
//= R15 split only what was never written, and never a single record
#[must_use]
pub const fn resolve(rule: Rule, case: Case) -> Verdict {
    match rule {
        Rule::Acknowledge { offset_known } => Verdict::Acknowledge { offset_known },
        Rule::Ignore => Verdict::Ignore,
        Rule::Retry(again) => Verdict::Retry(again),
        Rule::Thrice(scope) => thrice(scope, case),
        Rule::Split(scope) if !case.many => Verdict::Fail(scope),
        Rule::Split(_) if case.clean => Verdict::Split,
        Rule::Split(scope) => thrice(scope, case),
        Rule::Resequence | Rule::HeadFails(_) if !case.head => Verdict::Wait,
        Rule::Resequence if case.clean => Verdict::Restamp,
        Rule::Resequence => Verdict::Grace,
        Rule::HeadFails(scope) | Rule::Fail(scope) => Verdict::Fail(scope),
        Rule::Restamp(_) if case.clean => Verdict::Restamp,
        Rule::Restamp(scope) => Verdict::Fail(scope),
    }
}

const fn thrice(scope: Scope, case: Case) -> Verdict {
    if case.spent { Verdict::Fail(scope) } else { Verdict::Retry(Again::Charged) }
}
