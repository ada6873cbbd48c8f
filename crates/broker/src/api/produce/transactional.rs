//! What a transactional batch must pass before the log sees it (KIP-890).

use std::borrow::Cow;

use bytes::Bytes;
use klamm_protocol::Records;
use klamm_protocol::produce::ProduceRequest;
use klamm_records::layout::UNCOUNTED_LEN;
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

/// Where the length of a batch stands.
const LENGTH_AT: usize = 8;
/// Where the producer id of a batch ends.
const PRODUCER_ID_END: usize = 51;

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
        first.is_some_and(|bytes| is_transactional(&bytes))
    });
    is_transactional.then_some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
}

/// Why the request is refused as a whole, before anyone looks at the acks or at any log.
///
/// Kafka looks for the producers of all batches: there must not be two, or two epochs of one, and
/// a batch that ends before its producer id is more than it can bear.
pub(super) fn refusal_of_all(request: &ProduceRequest<'_>, items: &[Item]) -> Option<ErrorCode> {
    let is_cut = |item: &Item| claimed(&joined(&item.records)) < PRODUCER_ID_END;
    if items.iter().any(is_cut) {
        return Some(ErrorCode::UNKNOWN_SERVER_ERROR);
    }
    request.transactional_id.as_ref()?;
    let mut producers = items.iter().filter_map(|item| producer(&joined(&item.records)));
    let (first, _) = producers.next()?;
    let is_another = producers.any(|(other, _)| other != first);
    is_another.then_some(ErrorCode::INVALID_PRODUCER_ID_MAPPING)
}

/// How long the first batch says it is.
fn claimed(records: &[u8]) -> usize {
    let length = records.get(LENGTH_AT..).and_then(<[u8]>::first_chunk).copied();
    let length = length.and_then(|length| usize::try_from(i32::from_be_bytes(length)).ok());
    length.unwrap_or_default().saturating_add(UNCOUNTED_LEN)
}

fn is_transactional(records: &[u8]) -> bool {
    let read = BatchView::read(records, Checksum::Deferred);
    read.is_ok_and(|(batch, _)| batch.header().attributes.is_transactional())
}

/// The producer and the sequence of the first batch, if that batch belongs to a transaction. Kafka
/// does not look at the transactional bit of a batch without a producer.
fn producer(records: &[u8]) -> Option<(Identity, i32)> {
    let (batch, _) = BatchView::read(records, Checksum::Deferred).ok()?;
    let header = batch.header();
    let identity = Identity { pid: header.producer_id.0, epoch: header.producer_epoch.0 };
    let is_transactional = header.attributes.is_transactional() && identity.pid >= 0;
    is_transactional.then_some((identity, header.base_sequence.0))
}

/// Asks the coordinator whether the partition belongs to the producer's transaction, or adds it.
pub(super) fn verify(
    call: &mut Call<'_>,
    request: &ProduceRequest<'_>,
    item: &Item,
) -> Result<(), ErrorCode> {
    let Some(id) = request.transactional_id.as_deref() else { return Ok(()) };
    let Some((who, sequence)) = producer(&joined(&item.records)) else { return Ok(()) };
    if is_ongoing(call, item, who) {
        return Ok(());
    }
    let version = call.version();
    if version < FIRST_IMPLICIT && !call.habits().verifies_transactions {
        return Ok(());
    }
    note_attempt(call, item, who, sequence);
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

/// Lets the log know that the batch is on its way, whatever becomes of it.
fn note_attempt(call: &mut Call<'_>, item: &Item, who: Identity, sequence: i32) {
    let partition = call.state.topics.partition_mut(&item.topic, item.index);
    if let Some(led) = partition.and_then(|partition| partition.led_mut()) {
        led.log.note_attempt(who.pid, who.epoch, sequence);
    }
}

/// Whether the partition's log knows the transaction already.
fn is_ongoing(call: &Call<'_>, item: &Item, who: Identity) -> bool {
    let partition = call.state.topics.partition(&item.topic, item.index);
    let Some(led) = partition.and_then(|partition| partition.led()) else { return false };
    led.log.open_transaction(who.pid).is_some()
        && led.log.producer_entry_epoch(who.pid) == Some(who.epoch)
}

/// The pieces of a records field in one; as it comes in a request it is one.
fn joined(pieces: &[Bytes]) -> Cow<'_, [u8]> {
    match pieces {
        [whole] => Cow::Borrowed(whole),
        pieces => Cow::Owned(pieces.concat()),
    }
}
