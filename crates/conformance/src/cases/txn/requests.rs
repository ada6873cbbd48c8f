//! The requests of transactions.

use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::request::AddPartitionsToTxnTopic;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_wire::{Epoch, PartitionIndex, ProducerId};

/// Adds partitions of topics to the transaction of a producer with this id and epoch; up to v3.
pub(in crate::cases) fn add<'a>(
    id: &'a str,
    (pid, epoch): (i64, i16),
    topics: &[(&'a str, &[i32])],
) -> AddPartitionsToTxnRequest<'a> {
    let topic = |(name, partitions): &(&'a str, &[i32])| AddPartitionsToTxnTopic {
        name: (*name).into(),
        partitions: partitions.iter().copied().map(PartitionIndex).collect(),
        ..AddPartitionsToTxnTopic::default()
    };
    AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: id.into(),
        v3_and_below_producer_id: ProducerId(pid),
        v3_and_below_producer_epoch: epoch,
        v3_and_below_topics: topics.iter().map(topic).collect(),
        ..AddPartitionsToTxnRequest::default()
    }
}

/// Ends the transaction of a producer with this id and epoch.
pub(in crate::cases) fn end(
    id: &str,
    (pid, epoch): (i64, i16),
    committed: bool,
) -> EndTxnRequest<'_> {
    EndTxnRequest {
        transactional_id: id.into(),
        producer_id: ProducerId(pid),
        producer_epoch: Epoch(epoch),
        committed,
        ..EndTxnRequest::default()
    }
}
