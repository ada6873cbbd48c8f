//! The words in which the tests speak of batches.

use klamm_records::{
    BatchView, BufferPool, Checksum, Compression, Decompressors, EncodedBatch, Encoder, Header,
    OpenBatch, RawBatch, Refused,
};
use klamm_wire::WallMillis;

/// Far more than any batch of these tests takes.
pub(crate) const CAP: usize = 1 << 24;

/// A header as a test owns it.
pub(crate) type OwnedHeader = (String, Option<Vec<u8>>);

/// A record as a test owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<OwnedHeader>,
}

pub(crate) fn record(timestamp: i64, value: &[u8]) -> Owned {
    Owned { timestamp, key: None, value: Some(value.to_vec()), headers: Vec::new() }
}

pub(crate) fn pool() -> BufferPool {
    BufferPool::new(1 << 20)
}

/// An empty batch with so much room and without a limit.
pub(crate) fn open(room: usize) -> OpenBatch {
    OpenBatch::new(pool().take(room), usize::MAX)
}

pub(crate) fn append(batch: &mut OpenBatch, record: &Owned) -> Result<(), Refused> {
    let headers: Vec<Header<'_>> =
        record.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
    let (key, value) = (record.key.as_deref(), record.value.as_deref());
    batch.append(WallMillis(record.timestamp), key, value, &headers).map(drop)
}

/// Appends, with all the room that is asked for.
pub(crate) fn append_granted(batch: &mut OpenBatch, record: &Owned) -> Result<(), Refused> {
    match append(batch, record) {
        Err(Refused::NeedsRoom { bytes }) => {
            batch.grant(bytes);
            append(batch, record)
        }
        other => other,
    }
}

pub(crate) fn raw(records: &[Owned]) -> RawBatch {
    let mut batch = open(0);
    for record in records {
        append_granted(&mut batch, record).unwrap();
    }
    batch.close().unwrap()
}

pub(crate) fn encoded(records: &[Owned], compression: Compression) -> EncodedBatch {
    Encoder::new().encode(raw(records), compression, &pool()).unwrap()
}

/// The records of one whole batch.
pub(crate) fn read(bytes: &[u8]) -> Vec<Owned> {
    let (batch, rest) = BatchView::read(bytes, Checksum::Checked).unwrap();
    assert!(rest.is_empty());
    let mut decompressors = Decompressors::new();
    let records = batch.records(&mut decompressors, CAP).unwrap().enumerate();
    records
        .map(|(index, record)| {
            let record = record.unwrap();
            assert_eq!(record.offset, i64::try_from(index).unwrap());
            Owned {
                timestamp: record.timestamp.0,
                key: record.key.map(<[u8]>::to_vec),
                value: record.value.map(<[u8]>::to_vec),
                headers: record
                    .headers
                    .map(|h| (h.name().unwrap().to_owned(), h.value.map(<[u8]>::to_vec)))
                    .collect(),
            }
        })
        .collect()
}
