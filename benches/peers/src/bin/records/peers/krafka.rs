//! The `krafka` crate, whose codec is private but for its feature `internal`.

use bytes::Bytes;
use krafka::__private::protocol::{Record, RecordBatch, RecordHeader};

use super::{Encode, Peer, owned};
use crate::facts::Input;
use crate::sum::Sum;

pub(super) const PEER: Peer = Peer { name: "krafka", encoder, decode };

fn encoder(inputs: &[Input]) -> Encode {
    let (Some(first), Some(last)) = (inputs.first(), inputs.last()) else { unreachable!() };
    let mut batch = RecordBatch::new();
    batch.base_timestamp = first.time.0;
    batch.max_timestamp = last.time.0;
    for (nth, input) in (0..).zip(inputs) {
        let mut record = Record::new(owned(input.key), owned(Some(input.value)))
            .with_offset_delta(nth)
            .with_timestamp_delta(input.time.0 - first.time.0);
        record.headers = input.headers.iter().map(header).collect();
        batch.add_record(record);
        batch.last_offset_delta = nth;
    }
    Box::new(move |_, look| look(&batch.encode().expect("valid")))
}

fn header(header: &klamm_records::Header<'static>) -> RecordHeader {
    RecordHeader { key: Bytes::from_static(header.key.as_bytes()), value: owned(header.value) }
}

fn decode(batch: &Bytes) -> Sum {
    let batch = RecordBatch::decode(&mut batch.clone()).expect("valid");
    let mut sum = Sum::default();
    for record in &batch.records {
        sum.number(batch.base_timestamp + record.timestamp_delta);
        sum.number(batch.base_offset + i64::from(record.offset_delta));
        sum.piece(record.key.as_deref());
        sum.piece(record.value.as_deref());
        for header in &record.headers {
            sum.piece(Some(&header.key));
            sum.piece(header.value.as_deref());
        }
    }
    sum
}
