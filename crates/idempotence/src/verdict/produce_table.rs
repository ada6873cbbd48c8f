//! The table of verdicts on answers to Produce.

use klamm_wire::ErrorCode;

use super::produce::Again::{Later, Refreshed, Soon};
use super::produce::Rule::{
    Acknowledge, Fail, HeadFails, Resequence, Restamp, Retry, Split, Thrice,
};
use super::produce::Scope::{Batch, Lane, Producer, ProducerId, Transaction};
use super::produce::{Cell, Ending, Row, Rule};
use crate::fate::Evidence::{self, Maybe, Not, Persisted};

const fn cell(evidence: Evidence, rule: Rule) -> Cell {
    Cell { evidence: Some(evidence), rule }
}

const fn row(endings: &'static [Ending], evidence: Evidence, rules: [Rule; 3]) -> Row {
    let [plain, idempotent, transactional] = rules;
    Row {
        endings,
        leader: cell(evidence, plain),
        none: IGNORED,
        idempotent: cell(evidence, idempotent),
        v1: cell(evidence, transactional),
        v2: cell(evidence, transactional),
    }
}

const fn alike(endings: &'static [Ending], evidence: Evidence, rule: Rule) -> Row {
    row(endings, evidence, [rule; 3])
}

/// With acks=0 the broker does not answer; what some services send is not about the batch.
const IGNORED: Cell = Cell { evidence: None, rule: Rule::Ignore };

const fn code(code: ErrorCode) -> Ending {
    Ending::Code(code)
}

/// What is not in any other row, and the row that stands for it.
pub(super) const UNKNOWN: Row = row(
    &[code(ErrorCode::UNKNOWN_SERVER_ERROR)],
    Maybe,
    [Thrice(Batch), Thrice(Lane), Fail(Transaction)],
);

/// The table. A code that is in no row means what `UNKNOWN_SERVER_ERROR` means: anything may have
/// happened.
pub static TABLE: &[Row] = &[
    alike(&[code(ErrorCode::NONE)], Persisted, Acknowledge { offset_known: true }),
    alike(
        &[code(ErrorCode::DUPLICATE_SEQUENCE_NUMBER)],
        Persisted,
        Acknowledge { offset_known: false },
    ),
    row(
        &[code(ErrorCode::CORRUPT_MESSAGE)],
        Not,
        [Thrice(Batch), Thrice(Lane), Thrice(Transaction)],
    ),
    // A leader may have appended the batch before it lost the partition: with acks=all these two
    // come from the wait for replicas as well. Without that wait they come before the append only.
    Row {
        leader: cell(Not, Retry(Refreshed)),
        ..alike(
            &[code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), code(ErrorCode::NOT_LEADER_OR_FOLLOWER)],
            Maybe,
            Retry(Refreshed),
        )
    },
    alike(
        &[
            code(ErrorCode::KAFKA_STORAGE_ERROR),
            code(ErrorCode::UNKNOWN_TOPIC_ID),
            code(ErrorCode::INCONSISTENT_TOPIC_ID),
        ],
        Maybe,
        Retry(Refreshed),
    ),
    alike(
        &[
            code(ErrorCode::LEADER_NOT_AVAILABLE),
            code(ErrorCode::REPLICA_NOT_AVAILABLE),
            code(ErrorCode::FENCED_LEADER_EPOCH),
            code(ErrorCode::UNKNOWN_LEADER_EPOCH),
        ],
        Not,
        Retry(Refreshed),
    ),
    alike(
        &[
            code(ErrorCode::REQUEST_TIMED_OUT),
            code(ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND),
            code(ErrorCode::NETWORK_EXCEPTION),
            Ending::Absent,
        ],
        Maybe,
        Retry(Later),
    ),
    alike(&[code(ErrorCode::NOT_ENOUGH_REPLICAS)], Not, Retry(Later)),
    row(
        &[code(ErrorCode::MESSAGE_TOO_LARGE), code(ErrorCode::RECORD_LIST_TOO_LARGE)],
        Not,
        [Split(Batch), Split(Lane), Split(Transaction)],
    ),
    row(
        &[
            code(ErrorCode::INVALID_TOPIC_EXCEPTION),
            code(ErrorCode::TOPIC_AUTHORIZATION_FAILED),
            code(ErrorCode::INVALID_TIMESTAMP),
            code(ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT),
            code(ErrorCode::POLICY_VIOLATION),
            code(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE),
            code(ErrorCode::INVALID_RECORD),
            code(ErrorCode::INVALID_TXN_STATE),
            code(ErrorCode::TRANSACTION_ABORTABLE),
        ],
        Not,
        [Fail(Batch), Fail(Lane), Fail(Transaction)],
    ),
    alike(
        &[
            code(ErrorCode::CLUSTER_AUTHORIZATION_FAILED),
            code(ErrorCode::UNSUPPORTED_VERSION),
            code(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
            code(ErrorCode::PRODUCER_FENCED),
        ],
        Not,
        Fail(Producer),
    ),
    row(
        &[code(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)],
        Not,
        [Fail(Batch), Resequence, HeadFails(Transaction)],
    ),
    row(
        &[code(ErrorCode::INVALID_PRODUCER_EPOCH), code(ErrorCode::UNKNOWN_PRODUCER_ID)],
        Not,
        [Fail(Batch), Restamp(Lane), Fail(Transaction)],
    ),
    row(
        &[code(ErrorCode::INVALID_PRODUCER_ID_MAPPING)],
        Not,
        [Fail(Batch), Fail(ProducerId), Fail(Producer)],
    ),
    row(
        &[code(ErrorCode::CONCURRENT_TRANSACTIONS)],
        Not,
        [Retry(Later), Retry(Later), Retry(Soon)],
    ),
    UNKNOWN,
    // Nothing of acks=0 is ever answered, so half a request is as uncertain as a whole one.
    Row { none: cell(Maybe, Retry(Later)), ..alike(&[Ending::Lost], Maybe, Retry(Later)) },
    Row { none: cell(Maybe, Retry(Later)), ..alike(&[Ending::Cut], Not, Retry(Later)) },
];
