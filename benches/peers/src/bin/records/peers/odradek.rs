//! The `odradek-protocol` crate.

use bytes::Bytes;
use odradek_protocol::records::{Record, RecordBatch, RecordHeader, Records};

use super::{Encode, Peer, owned};
use crate::facts::Input;
use crate::sum::Sum;

pub(super) const PEER: Peer = Peer { name: "odradek-protocol", encoder, decode };

fn encoder(inputs: &[Input]) -> Encode {
    let (Some(first), Some(last)) = (inputs.first(), inputs.last()) else { unreachable!() };
    let record = |(nth, input): (i32, &Input)| Record {
        attributes: 0,
        timestamp_delta: input.time.0 - first.time.0,
        offset_delta: nth,
        key: owned(input.key),
        value: owned(Some(input.value)),
        headers: input.headers.iter().map(header).collect(),
    };
    let records: Vec<Record> = (0..).zip(inputs).map(record).collect();
    let batch = RecordBatch {
        partition_leader_epoch: -1,
        last_offset_delta: records.last().map_or(0, |record| record.offset_delta),
        base_timestamp: first.time.0,
        max_timestamp: last.time.0,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        records: Records::Plain(records),
        ..RecordBatch::default()
    };
    Box::new(move |out, look| {
        out.clear();
        batch.encode_to(out).expect("valid");
        look(out);
    })
}

fn header(header: &klamm_records::Header<'static>) -> RecordHeader {
    RecordHeader { key: header.key.to_owned(), value: owned(header.value) }
}

fn decode(batch: &Bytes) -> Sum {
    let batch = RecordBatch::decode(&mut batch.clone()).expect("valid");
    let mut sum = Sum::default();
    let Records::Plain(records) = &batch.records else { unreachable!() };
    for record in records {
        sum.number(batch.base_timestamp + record.timestamp_delta);
        sum.number(batch.base_offset + i64::from(record.offset_delta));
        sum.piece(record.key.as_deref());
        sum.piece(record.value.as_deref());
        for header in &record.headers {
            sum.piece(Some(header.key.as_bytes()));
            sum.piece(header.value.as_deref());
        }
    }
    sum
}
