//! What joins a transaction before it is written: partitions, and the offsets of a group.

use std::borrow::Cow;

use klamm_protocol::add_offsets_to_txn::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};
use klamm_protocol::add_partitions_to_txn::request::{
    AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction,
};
use klamm_protocol::add_partitions_to_txn::response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use klamm_protocol::add_partitions_to_txn::{
    AddPartitionsToTxnRequest, AddPartitionsToTxnResponse,
};
use klamm_wire::{ErrorCode, PartitionIndex};

use super::coordinated;
use crate::api::{Call, Outcome};
use crate::cluster::{Coordinates, State, transaction_rules};
use crate::security::acl::{Operation, Resource};
use crate::topic::TopicPartition;
use crate::txn::Identity;

/// The first version that has several transactions, and that brokers use among themselves.
const FIRST_OF_MANY: i16 = 4;

/// One transaction that is to grow.
struct Wish<'r> {
    id: &'r str,
    who: Identity,
    topics: &'r [AddPartitionsToTxnTopic<'r>],
    /// Only ask whether the partitions are in it.
    asks: bool,
}

pub(in crate::api) fn add_partitions(
    call: &mut Call<'_>,
    request: &AddPartitionsToTxnRequest<'_>,
) -> Outcome {
    if call.version() >= FIRST_OF_MANY {
        if let Err(error_code) = call.check(Operation::ClusterAction, Resource::Cluster) {
            return call.answer(&AddPartitionsToTxnResponse {
                error_code,
                ..AddPartitionsToTxnResponse::default()
            });
        }
        let results = request.transactions.iter().map(|one| several(call, one)).collect();
        let response = AddPartitionsToTxnResponse {
            results_by_transaction: results,
            ..AddPartitionsToTxnResponse::default()
        };
        return call.answer(&response);
    }
    let epoch = request.v3_and_below_producer_epoch;
    let wish = Wish {
        id: &request.v3_and_below_transactional_id,
        who: Identity { pid: request.v3_and_below_producer_id.0, epoch },
        topics: &request.v3_and_below_topics,
        asks: false,
    };
    let results = add(call, &wish);
    call.answer(&AddPartitionsToTxnResponse {
        results_by_topic_v3_and_below: results,
        ..AddPartitionsToTxnResponse::default()
    })
}

fn several(
    call: &mut Call<'_>,
    one: &AddPartitionsToTxnTransaction<'_>,
) -> AddPartitionsToTxnResult<'static> {
    let wish = Wish {
        id: &one.transactional_id,
        who: Identity { pid: one.producer_id.0, epoch: one.producer_epoch.0 },
        topics: &one.topics,
        asks: one.verify_only,
    };
    AddPartitionsToTxnResult {
        transactional_id: Cow::Owned(one.transactional_id.to_string()),
        topic_results: add(call, &wish),
        ..AddPartitionsToTxnResult::default()
    }
}

/// Whether the client may write to the topic. Brokers have asked before they ask each other, and
/// nobody but them writes to their own topics.
fn may_write(call: &Call<'_>, topic: &str) -> bool {
    let is_internal = call.state.topics.get(topic).is_some_and(|topic| topic.settings.internal);
    let may = || !is_internal && call.may(Operation::Write, Resource::Topic(topic));
    call.version() >= FIRST_OF_MANY || may()
}

/// Adds all the partitions or none: if one of them cannot be, the others are not tried.
fn add(call: &mut Call<'_>, wish: &Wish<'_>) -> Vec<AddPartitionsToTxnTopicResult<'static>> {
    if call.version() < FIRST_OF_MANY
        && let Err(code) = call.check(Operation::Write, Resource::TransactionalId(wish.id))
    {
        return results(wish, &|_, _| code);
    }
    let is_known = |topic: &str, index: i32| call.state.topics.has(topic, index);
    let named = || {
        wish.topics
            .iter()
            .flat_map(|topic| topic.partitions.iter().map(|index| (&*topic.name, index.0)))
    };
    let fault = |topic: &str, index: i32| {
        if !may_write(call, topic) {
            Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED)
        } else if !is_known(topic, index) {
            Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
        } else {
            None
        }
    };
    if named().any(|(topic, index)| fault(topic, index).is_some()) {
        return results(wish, &|topic, index| {
            fault(topic, index).unwrap_or(ErrorCode::OPERATION_NOT_ATTEMPTED)
        });
    }
    let partitions: Vec<TopicPartition> = named()
        .map(|(topic, partition)| TopicPartition { topic: topic.to_owned(), partition })
        .collect();
    let verdicts = judge(call, wish, &partitions);
    results(wish, &|topic, index| {
        let place = partitions.iter().position(|at| at.topic == topic && at.partition == index);
        place.and_then(|at| verdicts.get(at)).copied().unwrap_or(ErrorCode::UNKNOWN_SERVER_ERROR)
    })
}

/// The coordinator's verdict on each partition.
fn judge(call: &mut Call<'_>, wish: &Wish<'_>, partitions: &[TopicPartition]) -> Vec<ErrorCode> {
    if let Err(code) = coordinated(call, Some(wish.id)) {
        return vec![code; partitions.len()];
    }
    let (version, now) = (call.version(), call.now);
    let State { transactions, settings, .. } = &mut *call.state;
    let rules = transaction_rules(settings, now);
    if wish.asks {
        let asked = partitions.iter().map(|at| transactions.verify(wish.id, wish.who, at, &rules));
        return asked.collect();
    }
    let code = transactions.add_partitions(wish.id, wish.who, partitions, version, &rules);
    vec![code; partitions.len()]
}

fn results(
    wish: &Wish<'_>,
    code: &dyn Fn(&str, i32) -> ErrorCode,
) -> Vec<AddPartitionsToTxnTopicResult<'static>> {
    let part = |topic: &str, index: PartitionIndex| AddPartitionsToTxnPartitionResult {
        partition_index: index,
        partition_error_code: code(topic, index.0),
        ..AddPartitionsToTxnPartitionResult::default()
    };
    let topics = wish.topics.iter().map(|topic| AddPartitionsToTxnTopicResult {
        name: Cow::Owned(topic.name.to_string()),
        results_by_partition: topic.partitions.iter().map(|i| part(&topic.name, i)).collect(),
        ..AddPartitionsToTxnTopicResult::default()
    });
    topics.collect()
}

pub(in crate::api) fn add_offsets(
    call: &mut Call<'_>,
    request: &AddOffsetsToTxnRequest<'_>,
) -> Outcome {
    let id = &request.transactional_id;
    let who = Identity { pid: request.producer_id.0, epoch: request.producer_epoch.0 };
    let verdict = call
        .check(Operation::Write, Resource::TransactionalId(id))
        .and_then(|()| call.check(Operation::Read, Resource::Group(&request.group_id)))
        .and_then(|()| coordinated(call, Some(id)));
    let at = call.state.coordinator_partition(Coordinates::Groups, &request.group_id);
    let (version, now) = (call.version(), call.now);
    let State { transactions, settings, .. } = &mut *call.state;
    let rules = transaction_rules(settings, now);
    let error_code = match verdict {
        Ok(()) => transactions.add_offsets(id, who, &at, version, &rules),
        Err(code) => code,
    };
    call.answer(&AddOffsetsToTxnResponse { error_code, ..AddOffsetsToTxnResponse::default() })
}
