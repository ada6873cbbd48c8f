//! The requests of a transaction's life: who produces, what joins, how it ends.

mod adding;

use klamm_protocol::end_txn::{EndTxnRequest, EndTxnResponse};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_protocol::txn_offset_commit::response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use klamm_protocol::txn_offset_commit::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use klamm_wire::{Epoch, ErrorCode, ProducerId};
use std::borrow::Cow;

use super::{Call, Outcome};
use crate::cluster::{Coordinates, State, transaction_rules};
use crate::security::acl::{Operation, Resource};
use crate::txn::Identity;

pub(super) use adding::{add_offsets, add_partitions};

/// The first version of TxnOffsetCommit that joins the transaction by itself (KIP-890).
const FIRST_IMPLICIT: i16 = 5;

pub(super) fn init(call: &mut Call<'_>, request: &InitProducerIdRequest<'_>) -> Outcome {
    let id = request.transactional_id.as_deref();
    let known = Identity { pid: request.producer_id.0, epoch: request.producer_epoch.0 };
    let allowed = match id {
        Some(id) => call.check(Operation::Write, Resource::TransactionalId(id)),
        None if call.may_write_idempotently() => Ok(()),
        None => Err(ErrorCode::CLUSTER_AUTHORIZATION_FAILED),
    };
    let granted = allowed.and_then(|()| coordinated(call, id)).and_then(|()| {
        let (version, now) = (call.version(), call.now);
        let State { transactions, settings, .. } = &mut *call.state;
        let rules = transaction_rules(settings, now);
        transactions.init_producer_id(id, request.transaction_timeout_ms, known, version, &rules)
    });
    let (error_code, granted) = match granted {
        Ok(granted) => (ErrorCode::NONE, granted),
        Err(code) => (code, Identity { pid: -1, epoch: -1 }),
    };
    let epoch = if error_code == ErrorCode::NONE { granted.epoch } else { -1 };
    call.answer(&InitProducerIdResponse {
        error_code,
        producer_id: ProducerId(granted.pid),
        producer_epoch: Epoch(epoch),
        ..InitProducerIdResponse::default()
    })
}

pub(super) fn end(call: &mut Call<'_>, request: &EndTxnRequest<'_>) -> Outcome {
    let who = Identity { pid: request.producer_id.0, epoch: request.producer_epoch.0 };
    let id = &request.transactional_id;
    let allowed = call.check(Operation::Write, Resource::TransactionalId(id));
    let ended = allowed.and_then(|()| coordinated(call, Some(id))).and_then(|()| {
        let (version, now) = (call.version(), call.now);
        let State { transactions, settings, .. } = &mut *call.state;
        let rules = transaction_rules(settings, now);
        transactions.end(id, who, request.committed, version, &rules)
    });
    let (error_code, next) = match ended {
        Ok(next) => (ErrorCode::NONE, next),
        Err(code) => (code, None),
    };
    let next = next.unwrap_or(Identity { pid: -1, epoch: -1 });
    call.answer(&EndTxnResponse {
        error_code,
        producer_id: ProducerId(next.pid),
        producer_epoch: Epoch(next.epoch),
        ..EndTxnResponse::default()
    })
}

/// How a request about this transactional id fails because of where it was sent. An empty id is
/// for the coordinator to refuse, and no id needs none.
fn coordinated(call: &mut Call<'_>, id: Option<&str>) -> Result<(), ErrorCode> {
    match id {
        None | Some("") => call.state.faults.verdict(),
        Some(id) => {
            let node = call.node();
            call.state.check_coordinator(node, Coordinates::Transactions, id)
        }
    }
}

/// Offsets that count when the transaction commits.
pub(super) fn commit_offsets(call: &mut Call<'_>, request: &TxnOffsetCommitRequest<'_>) -> Outcome {
    let node = call.node();
    let group = &request.group_id;
    let allowed = call
        .check(Operation::Write, Resource::TransactionalId(&request.transactional_id))
        .and_then(|()| call.check(Operation::Read, Resource::Group(group)));
    let coordinated = |()| call.state.check_coordinator(node, Coordinates::Groups, group);
    let mut verdict = allowed.and_then(coordinated);
    if verdict.is_ok() && group.is_empty() {
        verdict = Err(ErrorCode::INVALID_GROUP_ID);
    }
    if let Err(code) = verdict.and_then(|()| belongs(call, request)) {
        return call.answer(&refused(request, code));
    }
    let may_read = |topic: &TxnOffsetCommitRequestTopic<'_>| {
        call.may(Operation::Read, Resource::Topic(&topic.name))
    };
    let mut allowed = request.clone();
    let denied: Vec<_> = allowed.topics.extract_if(.., |topic| !may_read(topic)).collect();
    let code = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    let mut topics: Vec<_> = denied.iter().map(|topic| refused_topic(topic, code)).collect();
    let (version, now) = (call.version(), call.now);
    let State { groups, topics: known, .. } = &mut *call.state;
    let exists = |topic: &str, partition: i32| known.has(topic, partition);
    let committed = groups.commit_in_transaction(now, version, &allowed, &exists);
    topics.extend(committed.topics);
    call.answer(&TxnOffsetCommitResponse { topics, ..TxnOffsetCommitResponse::default() })
}

/// Whether the offsets of this group belong to the producer's transaction; from version 5 on they
/// join it by being committed.
fn belongs(call: &mut Call<'_>, request: &TxnOffsetCommitRequest<'_>) -> Result<(), ErrorCode> {
    if call.version() < FIRST_IMPLICIT && !call.habits().verifies_transactions {
        return Ok(());
    }
    let id = &request.transactional_id;
    let who = Identity { pid: request.producer_id.0, epoch: request.producer_epoch.0 };
    let at = call.state.coordinator_partition(Coordinates::Groups, &request.group_id);
    let (version, now) = (call.version(), call.now);
    let State { transactions, settings, .. } = &mut *call.state;
    let rules = transaction_rules(settings, now);
    let verdict = if version >= FIRST_IMPLICIT {
        transactions.add_implicitly(id, who, &at, &rules)
    } else {
        transactions.verify(id, who, &at, &rules)
    };
    match offsets_code(verdict, version) {
        ErrorCode::NONE => Ok(()),
        code => Err(code),
    }
}

/// What the coordinator's verdict is called in an answer to TxnOffsetCommit.
fn offsets_code(verdict: ErrorCode, version: i16) -> ErrorCode {
    match verdict {
        ErrorCode::PRODUCER_FENCED => ErrorCode::INVALID_PRODUCER_EPOCH,
        ErrorCode::TRANSACTION_ABORTABLE if version < 4 => ErrorCode::INVALID_TXN_STATE,
        verdict => verdict,
    }
}

fn refused(
    request: &TxnOffsetCommitRequest<'_>,
    code: ErrorCode,
) -> TxnOffsetCommitResponse<'static> {
    let topics = request.topics.iter().map(|topic| refused_topic(topic, code)).collect();
    TxnOffsetCommitResponse { topics, ..TxnOffsetCommitResponse::default() }
}

fn refused_topic(
    topic: &TxnOffsetCommitRequestTopic<'_>,
    code: ErrorCode,
) -> TxnOffsetCommitResponseTopic<'static> {
    let part = |part: &TxnOffsetCommitRequestPartition<'_>| TxnOffsetCommitResponsePartition {
        partition_index: part.partition_index,
        error_code: code,
        ..TxnOffsetCommitResponsePartition::default()
    };
    TxnOffsetCommitResponseTopic {
        name: Cow::Owned(topic.name.to_string()),
        partitions: topic.partitions.iter().map(part).collect(),
        ..TxnOffsetCommitResponseTopic::default()
    }
}
