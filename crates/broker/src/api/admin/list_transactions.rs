//! ListTransactions: the transactional ids that a node coordinates, or some of them.

use std::borrow::Cow;

use klamm_protocol::list_transactions::response::TransactionState;
use klamm_protocol::list_transactions::{ListTransactionsRequest, ListTransactionsResponse};
use klamm_wire::{ErrorCode, ProducerId, WallMillis};
use regex::{Regex, RegexBuilder};

use super::owned;
use crate::api::{Call, Outcome};
use crate::cluster::Coordinates;
use crate::security::acl::{Operation, Resource};
use crate::txn::TxnFacts;

/// The states in which a transactional id can be.
const STATES: &[&str] = &[
    "Empty",
    "Ongoing",
    "PrepareCommit",
    "PrepareAbort",
    "CompleteCommit",
    "CompleteAbort",
    "Dead",
    "PrepareEpochFence",
];
/// The most memory that a compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;

/// Which ids are asked for.
struct Filter<'r> {
    request: &'r ListTransactionsRequest<'r>,
    pattern: Option<Regex>,
    now: WallMillis,
}

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &ListTransactionsRequest<'_>) -> Outcome {
    let Ok(pattern) = pattern(request.transactional_id_pattern.as_deref()) else {
        let error_code = ErrorCode::INVALID_REGULAR_EXPRESSION;
        return call.answer(&ListTransactionsResponse {
            error_code,
            ..ListTransactionsResponse::default()
        });
    };
    let filter = Filter { request, pattern, now: call.now.wall };
    let unknown = request.state_filters.iter().filter(|state| !STATES.contains(&state.as_ref()));
    let response = ListTransactionsResponse {
        unknown_state_filters: unknown.map(|state| owned(state)).collect(),
        transaction_states: listed(call, &filter),
        ..ListTransactionsResponse::default()
    };
    call.answer(&response)
}

/// The pattern that a whole id must match, if there is one.
fn pattern(text: Option<&str>) -> Result<Option<Regex>, regex::Error> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    // The text is judged alone first, so that none can close the group around it.
    RegexBuilder::new(text).size_limit(PATTERN_BYTES).build()?;
    let whole = format!("^(?:{text})$");
    RegexBuilder::new(&whole).size_limit(PATTERN_BYTES).build().map(Some)
}

fn listed(call: &mut Call<'_>, filter: &Filter<'_>) -> Vec<TransactionState<'static>> {
    let node = call.node();
    let known = call.state.transactions.list().map(|one| one.id.to_owned());
    let mut listed = Vec::new();
    for id in known.collect::<Vec<_>>() {
        if !call.may(Operation::Describe, Resource::TransactionalId(&id)) {
            continue;
        }
        let facts = call.state.transactions.describe(&id);
        let Some(facts) = facts.filter(|facts| filter.wants(&id, facts)) else { continue };
        if call.state.check_coordinator(node, Coordinates::Transactions, &id).is_ok() {
            listed.push(TransactionState {
                transactional_id: Cow::Owned(id),
                producer_id: ProducerId(facts.pid),
                transaction_state: facts.state.into(),
                ..TransactionState::default()
            });
        }
    }
    listed
}

impl Filter<'_> {
    fn wants(&self, id: &str, facts: &TxnFacts) -> bool {
        let states = &self.request.state_filters;
        let producers = &self.request.producer_id_filters;
        let shortest = self.request.duration_filter;
        let lasts = self.now.0.saturating_sub(facts.start_time_ms);
        (states.is_empty() || states.iter().any(|state| state == facts.state))
            && (producers.is_empty() || producers.iter().any(|pid| pid.0 == facts.pid))
            && (shortest < 0 || lasts > shortest)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(id))
    }
}
