//! The `kafka-protocol` crate.

use bytes::Bytes;
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, Record,
    RecordBatchDecoder, RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};

use super::{Encode, Peer, owned};
use crate::facts::Input;
use crate::sum::Sum;

pub(super) const PEER: Peer = Peer { name: "kafka-protocol", encoder, decode };

fn encoder(inputs: &[Input]) -> Encode {
    let records: Vec<Record> = (0..).zip(inputs).map(record).collect();
    let options = RecordEncodeOptions { version: 2, compression: Compression::None };
    Box::new(move |out, look| {
        out.clear();
        RecordBatchEncoder::encode(out, &records, &options).expect("valid");
        look(out);
    })
}

/// The sequence counts like the offset: records that do not would go into batches of their own.
fn record((nth, input): (i32, &Input)) -> Record {
    let header = |header: &klamm_records::Header<'static>| {
        (StrBytes::from_static_str(header.key), owned(header.value))
    };
    Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset: nth.into(),
        sequence: nth,
        timestamp: input.time.0,
        key: owned(input.key),
        value: owned(Some(input.value)),
        headers: input.headers.iter().map(header).collect(),
    }
}

fn decode(batch: &Bytes) -> Sum {
    let set = RecordBatchDecoder::decode(&mut batch.clone()).expect("valid");
    let mut sum = Sum::default();
    for record in &set.records {
        sum.number(record.timestamp);
        sum.number(record.offset);
        sum.piece(record.key.as_deref());
        sum.piece(record.value.as_deref());
        for (key, value) in &record.headers {
            sum.piece(Some(key.as_bytes()));
            sum.piece(value.as_deref());
        }
    }
    sum
}
