//! What an answer of a coordinator means, by its code and by what was asked: a table.

use klamm_wire::ErrorCode;

use crate::fate::Evidence;

/// What a code answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// A producer id, or its next epoch.
    Init,
    /// Partitions for the transaction; the code is of one, or of all.
    AddPartitions,
    /// A group's offsets for the transaction.
    AddOffsets,
    /// To commit offsets with the transaction; the code is of one partition.
    CommitOffsets,
    /// To commit the transaction.
    EndCommit,
    /// To abort the transaction.
    EndAbort,
    /// Who coordinates. The request that needed to know was not sent.
    LookUp,
}

/// What follows from a code; the greater decides where several partitions have one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It had its effect.
    Done,
    /// The same again: soon while the transaction has no partition, after the back-off else.
    RetrySoon,
    /// The same again, after the back-off.
    Retry,
    /// The coordinator is looked up anew, then the same again.
    Find,
    /// The same again, three times; then the producer is closed.
    RetryCharged,
    /// The call fails, and may be made again.
    Refuse,
    /// If no add was ever confirmed there was nothing to abort; else the producer is closed.
    NothingOpen,
    /// The transaction can only be aborted.
    Abort,
    /// The producer is closed: a newer one took its place, or it was too slow.
    Fenced,
    /// The producer is closed.
    Fatal,
}

/// What a code says of its request, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Whether the request had its effect.
    pub evidence: Evidence,
    /// What follows.
    pub rule: Rule,
}

/// Codes that mean the same in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row {
    /// The codes. The last row has none: it is for all that stand in no other.
    pub codes: &'static [ErrorCode],
    /// The verdicts, in the order of [`Asked`].
    pub cells: [Verdict; 7],
}

impl Row {
    const fn cell(&self, asked: Asked) -> Verdict {
        let [init, parts, offsets, commit_offsets, commit, abort, look_up] = self.cells;
        match asked {
            Asked::Init => init,
            Asked::AddPartitions => parts,
            Asked::AddOffsets => offsets,
            Asked::CommitOffsets => commit_offsets,
            Asked::EndCommit => commit,
            Asked::EndAbort => abort,
            Asked::LookUp => look_up,
        }
    }
}

/// What `code` means as an answer to what was asked.
#[must_use]
pub fn verdict(asked: Asked, code: ErrorCode) -> Verdict {
    verdict_in(TABLE, asked, code)
}

/// The same by another table, whose last row is for codes that stand in no other.
#[must_use]
pub fn verdict_in(table: &[Row], asked: Asked, code: ErrorCode) -> Verdict {
    let named = table.iter().find(|row| row.codes.contains(&code));
    named.or(table.last()).map_or(m(Rule::Retry), |row| row.cell(asked))
}

const fn n(rule: Rule) -> Verdict {
    Verdict { evidence: Evidence::Not, rule }
}

const fn m(rule: Rule) -> Verdict {
    Verdict { evidence: Evidence::Maybe, rule }
}

const DONE: Verdict = Verdict { evidence: Evidence::Persisted, rule: Rule::Done };
const LOADING: Verdict = n(Rule::Retry);
const PASSING: Verdict = m(Rule::Retry);
const MOVED: Verdict = m(Rule::Find);
const CHARGED: Verdict = m(Rule::RetryCharged);
const REFUSED: Verdict = n(Rule::Refuse);
const DENIED: Verdict = n(Rule::Abort);
const UNSURE: Verdict = m(Rule::Abort);
const FENCED: Verdict = n(Rule::Fenced);
const FATAL: Verdict = n(Rule::Fatal);

/// The columns are those of [`Asked`].
///
/// A coordinator answers "not available" and "not coordinator" also when its log took the request
/// and was not replicated in time, or lost its leader: like Produce's code 6 they prove nothing.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    Row {
        codes: &[ErrorCode::NONE],
        cells: [DONE, DONE, DONE, DONE, DONE, DONE, LOADING],
    },
    Row {
        codes: &[ErrorCode::COORDINATOR_LOAD_IN_PROGRESS],
        cells: [LOADING, LOADING, LOADING, LOADING, LOADING, LOADING, LOADING],
    },
    Row {
        codes: &[ErrorCode::CONCURRENT_TRANSACTIONS],
        cells: [PASSING, n(Rule::RetrySoon), LOADING, LOADING, PASSING, PASSING, LOADING],
    },
    Row {
        codes: &[ErrorCode::REQUEST_TIMED_OUT],
        cells: [PASSING, PASSING, PASSING, MOVED, PASSING, PASSING, LOADING],
    },
    Row {
        codes: PASSING_CODES,
        cells: [PASSING, PASSING, PASSING, PASSING, PASSING, PASSING, LOADING],
    },
    Row {
        codes: &[ErrorCode::COORDINATOR_NOT_AVAILABLE, ErrorCode::NOT_COORDINATOR],
        cells: [MOVED, MOVED, MOVED, MOVED, MOVED, MOVED, LOADING],
    },
    Row {
        codes: &[ErrorCode::INVALID_PRODUCER_EPOCH, ErrorCode::PRODUCER_FENCED],
        cells: [FENCED, FENCED, FENCED, FENCED, FENCED, FENCED, FATAL],
    },
    Row {
        codes: FATAL_CODES,
        cells: [FATAL, FATAL, FATAL, FATAL, FATAL, FATAL, FATAL],
    },
    Row {
        codes: &[ErrorCode::UNKNOWN_PRODUCER_ID],
        cells: [FATAL, DENIED, DENIED, FATAL, DENIED, FATAL, FATAL],
    },
    Row {
        codes: &[ErrorCode::INVALID_TXN_STATE],
        cells: [FATAL, FATAL, FATAL, FATAL, FATAL, n(Rule::NothingOpen), FATAL],
    },
    Row {
        codes: &[
            ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            ErrorCode::CLUSTER_AUTHORIZATION_FAILED,
        ],
        cells: [REFUSED, FATAL, FATAL, FATAL, FATAL, FATAL, FATAL],
    },
    Row {
        codes: &[ErrorCode::TOPIC_AUTHORIZATION_FAILED],
        cells: [CHARGED, DENIED, DENIED, DENIED, PASSING, PASSING, FATAL],
    },
    Row {
        codes: &[ErrorCode::GROUP_AUTHORIZATION_FAILED],
        cells: [CHARGED, DENIED, DENIED, DENIED, PASSING, PASSING, DENIED],
    },
    Row {
        codes: &[ErrorCode::OPERATION_NOT_ATTEMPTED],
        cells: [CHARGED, LOADING, UNSURE, UNSURE, PASSING, PASSING, FATAL],
    },
    Row {
        codes: GROUP_CODES,
        cells: [CHARGED, UNSURE, UNSURE, DENIED, PASSING, PASSING, FATAL],
    },
    Row {
        codes: &[ErrorCode::TRANSACTION_ABORTABLE],
        cells: [REFUSED, DENIED, DENIED, DENIED, DENIED, FATAL, DENIED],
    },
    Row {
        codes: &[],
        cells: [CHARGED, UNSURE, UNSURE, UNSURE, PASSING, PASSING, FATAL],
    },
];

const PASSING_CODES: &[ErrorCode] = &[
    ErrorCode::CORRUPT_MESSAGE,
    ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode::LEADER_NOT_AVAILABLE,
    ErrorCode::NOT_LEADER_OR_FOLLOWER,
    ErrorCode::BROKER_NOT_AVAILABLE,
    ErrorCode::REPLICA_NOT_AVAILABLE,
    ErrorCode::NETWORK_EXCEPTION,
    ErrorCode::NOT_ENOUGH_REPLICAS,
    ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    ErrorCode::NOT_CONTROLLER,
    ErrorCode::KAFKA_STORAGE_ERROR,
    ErrorCode::FETCH_SESSION_ID_NOT_FOUND,
    ErrorCode::INVALID_FETCH_SESSION_EPOCH,
    ErrorCode::LISTENER_NOT_FOUND,
    ErrorCode::FENCED_LEADER_EPOCH,
    ErrorCode::UNKNOWN_LEADER_EPOCH,
    ErrorCode::OFFSET_NOT_AVAILABLE,
    ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE,
    ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE,
    ErrorCode::UNSTABLE_OFFSET_COMMIT,
    ErrorCode::THROTTLING_QUOTA_EXCEEDED,
    ErrorCode::UNKNOWN_TOPIC_ID,
    ErrorCode::INCONSISTENT_TOPIC_ID,
    ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR,
    ErrorCode::UNKNOWN_SUBSCRIPTION_ID,
    ErrorCode::SHARE_SESSION_NOT_FOUND,
    ErrorCode::INVALID_SHARE_SESSION_EPOCH,
    ErrorCode::REBOOTSTRAP_REQUIRED,
    ErrorCode::SHARE_SESSION_LIMIT_REACHED,
];

const FATAL_CODES: &[ErrorCode] = &[
    ErrorCode::UNSUPPORTED_VERSION,
    ErrorCode::INVALID_REQUEST,
    ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT,
    ErrorCode::INVALID_PRODUCER_ID_MAPPING,
    ErrorCode::INVALID_TRANSACTION_TIMEOUT,
];

const GROUP_CODES: &[ErrorCode] = &[
    ErrorCode::ILLEGAL_GENERATION,
    ErrorCode::UNKNOWN_MEMBER_ID,
    ErrorCode::REBALANCE_IN_PROGRESS,
    ErrorCode::GROUP_ID_NOT_FOUND,
    ErrorCode::FENCED_INSTANCE_ID,
    ErrorCode::FENCED_MEMBER_EPOCH,
    ErrorCode::STALE_MEMBER_EPOCH,
];
