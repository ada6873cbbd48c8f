//! The records of a batch, as ours reads them.

use klamm_records::{BatchView, Decompressors, RecordView};

use super::{CAP, Told};
use crate::fields::Problem;
use crate::records::{self, ToldRecord};

/// Where the records that ours reads differ from those of the line.
pub(super) fn difference(batch: &BatchView<'_>, told: &Told) -> Option<Problem> {
    let mut decompressors = Decompressors::new();
    let records = match batch.records(&mut decompressors, CAP) {
        Ok(records) => records,
        Err(error) => return Some(error.to_string()),
    };
    let mut ours = Vec::with_capacity(told.records.len());
    for (index, record) in records.enumerate() {
        let relative =
            record.map_err(|error| error.to_string()).and_then(|record| relative(&record, batch));
        match relative {
            Ok(record) => ours.push(record),
            Err(problem) => return Some(format!("record {index}: {problem}")),
        }
    }
    records::difference(&ours, &told.records)
}

/// The record with its numbers relative to the batch; in the log they must follow from these.
fn relative(record: &RecordView<'_>, batch: &BatchView<'_>) -> Result<ToldRecord, Problem> {
    let header = batch.header();
    let delta = record.timestamp_delta;
    let timestamp = if header.attributes.is_log_append_time() {
        header.max_timestamp
    } else {
        header.base_timestamp.wrapping_add(delta)
    };
    if record.timestamp.0 != timestamp {
        return Err(format!("the timestamp is {} and not {timestamp}", record.timestamp.0));
    }
    if record.attributes != 0 {
        return Err(format!("the attributes are {} and not 0", record.attributes));
    }
    let ours = ToldRecord::of(record).map_err(|_| "a header's key is not UTF-8".to_owned())?;
    let offset = record.offset.wrapping_sub(header.base_offset);
    Ok(ToldRecord { offset, timestamp: delta, ..ours })
}
