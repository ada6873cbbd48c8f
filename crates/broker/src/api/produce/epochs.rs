//! Epochs over all partitions, for a broker that by order keeps them so.

use klamm_records::{BatchView, Checksum};
use klamm_wire::ErrorCode;

use super::Item;
use crate::api::Call;
use crate::defects::Defect;

/// Refuses a batch whose epoch is below that of the same producer in any partition.
pub(super) fn check(call: &Call<'_>, item: &Item) -> Result<(), ErrorCode> {
    if !call.has(Defect::EpochPerProducer) {
        return Ok(());
    }
    let field = item.records.concat();
    let Ok((batch, _)) = BatchView::read(&field, Checksum::Deferred) else { return Ok(()) };
    let header = batch.header();
    let pid = header.producer_id.0;
    let partitions = call.state.topics.iter().flat_map(|(_, topic)| &topic.partitions);
    let led = partitions.filter_map(|partition| partition.led());
    let newest = led.filter_map(|copy| copy.log.producer_entry_epoch(pid)).max();
    if newest.is_some_and(|newest| header.producer_epoch.0 < newest) {
        return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
    }
    Ok(())
}
