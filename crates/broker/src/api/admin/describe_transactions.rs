//! DescribeTransactions: where transactional ids stand.

use std::collections::BTreeMap;

use klamm_protocol::describe_transactions::response::{TopicData, TransactionState};
use klamm_protocol::describe_transactions::{
    DescribeTransactionsRequest, DescribeTransactionsResponse,
};
use klamm_wire::{Epoch, ErrorCode, PartitionIndex, ProducerId};

use super::owned;
use crate::api::{Call, Outcome};
use crate::cluster::Coordinates;
use crate::security::acl::{Operation, Resource};
use crate::txn::TxnFacts;

pub(in crate::api) fn serve(
    call: &mut Call<'_>,
    request: &DescribeTransactionsRequest<'_>,
) -> Outcome {
    let mut transaction_states = Vec::new();
    for id in &request.transactional_ids {
        let found = find(call, id);
        let mut state = answer(id, found);
        state.topics.retain(|one| call.may(Operation::Describe, Resource::Topic(&one.topic)));
        transaction_states.push(state);
    }
    call.answer(&DescribeTransactionsResponse {
        transaction_states,
        ..DescribeTransactionsResponse::default()
    })
}

fn find(call: &mut Call<'_>, id: &str) -> Result<TxnFacts, ErrorCode> {
    if id.is_empty() {
        return Err(ErrorCode::INVALID_REQUEST);
    }
    call.check(Operation::Describe, Resource::TransactionalId(id))?;
    let node = call.node();
    call.state.check_coordinator(node, Coordinates::Transactions, id)?;
    let facts = call.state.transactions.describe(id);
    facts.ok_or(ErrorCode::TRANSACTIONAL_ID_NOT_FOUND)
}

fn answer(id: &str, found: Result<TxnFacts, ErrorCode>) -> TransactionState<'static> {
    let transactional_id = owned(id);
    match found {
        Ok(facts) => TransactionState {
            transactional_id,
            transaction_state: facts.state.into(),
            transaction_timeout_ms: facts.timeout_ms,
            transaction_start_time_ms: facts.start_time_ms,
            producer_id: ProducerId(facts.pid),
            producer_epoch: Epoch(facts.epoch),
            topics: topics(&facts),
            ..TransactionState::default()
        },
        Err(error_code) => {
            TransactionState { transactional_id, error_code, ..TransactionState::default() }
        }
    }
}

fn topics(facts: &TxnFacts) -> Vec<TopicData<'static>> {
    let mut by_topic: BTreeMap<&str, Vec<PartitionIndex>> = BTreeMap::new();
    for at in &facts.partitions {
        by_topic.entry(&at.topic).or_default().push(PartitionIndex(at.partition));
    }
    let topics = by_topic.into_iter().map(|(topic, partitions)| TopicData {
        topic: owned(topic),
        partitions: partitions.into(),
        ..TopicData::default()
    });
    topics.collect()
}
