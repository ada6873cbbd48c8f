//! The `rskafka` crate, whose codec is private but for its feature `unstable-fuzzing`.

use bytes::{BufMut, Bytes};
use rskafka::protocol::record::{
    ControlBatchOrRecords, Record, RecordBatch, RecordBatchCompression, RecordBatchTimestampType,
    RecordHeader,
};
use rskafka::protocol::traits::{ReadType, WriteType};

use super::{Encode, Peer};
use crate::facts::Input;
use crate::sum::Sum;

pub(super) const PEER: Peer = Peer { name: "rskafka", encoder, decode };

fn encoder(inputs: &[Input]) -> Encode {
    let (Some(first), Some(last)) = (inputs.first(), inputs.last()) else { unreachable!() };
    let record = |(nth, input): (i32, &Input)| Record {
        timestamp_delta: input.time.0 - first.time.0,
        offset_delta: nth,
        key: input.key.map(<[u8]>::to_vec),
        value: Some(input.value.to_vec()),
        headers: input.headers.iter().map(header).collect(),
    };
    let records: Vec<Record> = (0..).zip(inputs).map(record).collect();
    let batch = RecordBatch {
        base_offset: 0,
        partition_leader_epoch: -1,
        last_offset_delta: records.last().map_or(0, |record| record.offset_delta),
        first_timestamp: first.time.0,
        max_timestamp: last.time.0,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        records: ControlBatchOrRecords::Records(records),
        compression: RecordBatchCompression::NoCompression,
        is_transactional: false,
        timestamp_type: RecordBatchTimestampType::CreateTime,
    };
    Box::new(move |out, look| {
        out.clear();
        batch.write(&mut out.writer()).expect("valid");
        look(out);
    })
}

/// It has no null values.
fn header(header: &klamm_records::Header<'static>) -> RecordHeader {
    let value = header.value.unwrap_or_default().to_vec();
    RecordHeader { key: header.key.to_owned(), value }
}

fn decode(batch: &Bytes) -> Sum {
    let batch = RecordBatch::read(&mut &batch[..]).expect("valid");
    let mut sum = Sum::default();
    let ControlBatchOrRecords::Records(records) = &batch.records else { unreachable!() };
    for record in records {
        sum.number(batch.first_timestamp + record.timestamp_delta);
        sum.number(batch.base_offset + i64::from(record.offset_delta));
        sum.piece(record.key.as_deref());
        sum.piece(record.value.as_deref());
        for header in &record.headers {
            sum.piece(Some(header.key.as_bytes()));
            sum.piece(Some(&header.value));
        }
    }
    sum
}
