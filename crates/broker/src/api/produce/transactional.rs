//! What a transactional batch must pass before the log sees it (KIP-890).

use bytes::Bytes;
use klamm_protocol::Records;
use klamm_protocol::produce::ProduceRequest;
use klamm_records::{BatchView, Checksum};
use klamm_wire::ErrorCode;

use super::Item;
use crate::api::Call;
use crate::cluster::Coordinates;
use crate::security::acl::{Operation, Resource};
use crate::topic::TopicPartition;
use crate::txn::{Identity, produce_code};

/// The first version whose partitions join the transaction by being written.
const FIRST_IMPLICIT: i16 = 12;

/// Why nothing of the request is looked at: its batches belong to transactions, and it names none,
/// or one that the client has no right to.
pub(super) fn refusal(call: &Call<'_>, request: &ProduceRequest<'_>) -> Option<ErrorCode> {
    if let Some(id) = request.transactional_id.as_deref()
        && call.may(Operation::Write, Resource::TransactionalId(id))
    {
        return None;
    }
    let mut records = request.topic_data.iter().flat_map(|topic| &topic.partition_data);
    let is_transactional = records.any(|data| {
        let first = data.records.as_ref().map(Records::to_bytes);
        first.is_some_and(|bytes| producer(&bytes).is_some())
    });
    is_transactional.then_some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
}

/// The producer of the first batch, if that batch belongs to a transaction.
fn producer(records: &[u8]) -> Option<Identity> {
    let (batch, _) = BatchView::read(records, Checksum::Deferred).ok()?;
    let header = batch.header();
    let identity = Identity { pid: header.producer_id.0, epoch: header.producer_epoch.0 };
    header.attributes.is_transactional().then_some(identity)
}

/// Asks the coordinator whether the partition belongs to the producer's transaction, or adds it.
pub(super) fn verify(
    call: &mut Call<'_>,
    request: &ProduceRequest<'_>,
    item: &Item<'_>,
) -> Result<(), ErrorCode> {
    let Some(id) = request.transactional_id.as_deref() else { return Ok(()) };
    let Some(who) = producer(&joined(&item.records)) else { return Ok(()) };
    if is_ongoing(call, item, who) {
        return Ok(());
    }
    let version = call.version();
    if version < FIRST_IMPLICIT && !call.habits().verifies_transactions {
        return Ok(());
    }
    let partition = TopicPartition { topic: item.topic.to_string(), partition: item.index.0 };
    if call.state.coordinator(Coordinates::Transactions, id).is_none() {
        return Err(produce_code(ErrorCode::COORDINATOR_NOT_AVAILABLE, version));
    }
    let state = &mut *call.state;
    let rules = crate::cluster::transaction_rules(&state.settings, call.now);
    let verdict = if version >= FIRST_IMPLICIT {
        state.transactions.add_implicitly(id, who, &partition, &rules)
    } else {
        state.transactions.verify(id, who, &partition, &rules)
    };
    match produce_code(verdict, version) {
        ErrorCode::NONE => Ok(()),
        code => Err(code),
    }
}

/// Whether the partition's log knows the transaction already.
fn is_ongoing(call: &Call<'_>, item: &Item<'_>, who: Identity) -> bool {
    let partition = call.state.topics.partition(&item.topic, item.index);
    let Some(led) = partition.and_then(|partition| partition.led()) else { return false };
    led.log.open_transaction(who.pid).is_some()
        && led.log.producer_entry_epoch(who.pid) == Some(who.epoch)
}

/// The pieces of a records field in one; the header lies within the first as a rule.
fn joined(pieces: &[Bytes]) -> Vec<u8> {
    pieces.concat()
}
