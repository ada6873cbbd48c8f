//! What a verdict of the coordinator is called in the answers of older request versions.

use klamm_wire::ErrorCode;

/// The first versions whose clients know `PRODUCER_FENCED`.
pub(super) const INIT_KNOWS_FENCED: i16 = 4;
pub(super) const ADD_KNOWS_FENCED: i16 = 2;
pub(super) const END_KNOWS_FENCED: i16 = 2;

/// Clients below `since` do not know `PRODUCER_FENCED`; they know `INVALID_PRODUCER_EPOCH`.
pub(super) fn fenced_since(since: i16, version: i16, verdict: ErrorCode) -> ErrorCode {
    if verdict == ErrorCode::PRODUCER_FENCED && version < since {
        ErrorCode::INVALID_PRODUCER_EPOCH
    } else {
        verdict
    }
}

/// The code of a partition in the answer to Produce, after the coordinator's verdict on it.
///
/// The broker that has the partition asks the coordinator, and translates: a fenced producer knows
/// `INVALID_PRODUCER_EPOCH` from Produce; trouble on the way to the coordinator is retriable under
/// a name that makes no client fetch metadata; `TRANSACTION_ABORTABLE` exists from version 11 on;
/// and only clients of generation two (version 12) are told of `CONCURRENT_TRANSACTIONS`.
pub(crate) fn produce_code(verdict: ErrorCode, produce_version: i16) -> ErrorCode {
    match verdict {
        ErrorCode::PRODUCER_FENCED => ErrorCode::INVALID_PRODUCER_EPOCH,
        ErrorCode::TRANSACTION_ABORTABLE if produce_version <= 10 => ErrorCode::INVALID_TXN_STATE,
        ErrorCode::CONCURRENT_TRANSACTIONS if produce_version <= 11 => {
            ErrorCode::NOT_ENOUGH_REPLICAS
        }
        ErrorCode::NETWORK_EXCEPTION
        | ErrorCode::COORDINATOR_LOAD_IN_PROGRESS
        | ErrorCode::COORDINATOR_NOT_AVAILABLE
        | ErrorCode::NOT_COORDINATOR => ErrorCode::NOT_ENOUGH_REPLICAS,
        other => other,
    }
}
