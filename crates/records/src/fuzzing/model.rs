//! A batch as a list of records: what the writer is compared with.

use klamm_wire::varint::{put_u32, put_u64, zigzag_i32, zigzag_i64};

use super::fail;
use crate::compression::Decompressors;
use crate::layout::BatchHeader;
use crate::record::Header;
use crate::view::{BatchView, Checksum, HeaderView, RecordView};

/// A record with bytes of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Owned {
    pub(super) timestamp: i64,
    pub(super) key: Option<Vec<u8>>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Owned {
    pub(super) fn headers(&self) -> Vec<Header<'_>> {
        self.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect()
    }

    fn of(record: &RecordView<'_>) -> Self {
        let header = |header: HeaderView<'_>| {
            let key = header.name().unwrap_or("not text").to_owned();
            (key, header.value.map(<[u8]>::to_vec))
        };
        Self {
            timestamp: record.timestamp.0,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record.headers.map(header).collect(),
        }
    }

    /// The bytes of the record as number `index` of a batch that starts at this timestamp.
    pub(super) fn wire(&self, index: usize, base: i64) -> Vec<u8> {
        let mut body = vec![0];
        put_u64(&mut body, zigzag_i64(self.timestamp.wrapping_sub(base)));
        put_len(&mut body, index);
        put_nullable(&mut body, self.key.as_deref());
        put_nullable(&mut body, self.value.as_deref());
        put_len(&mut body, self.headers.len());
        for (key, value) in &self.headers {
            put_nullable(&mut body, Some(key.as_bytes()));
            put_nullable(&mut body, value.as_deref());
        }
        let mut wire = Vec::new();
        put_len(&mut wire, body.len());
        wire.extend(body);
        wire
    }
}

/// What the payload of a batch with these records is.
pub(super) fn payload(records: &[Owned]) -> Vec<u8> {
    let base = records.first().map_or(0, |first| first.timestamp);
    records.iter().enumerate().flat_map(|(index, record)| record.wire(index, base)).collect()
}

/// The header and the records of one whole batch, which is well-formed.
pub(super) fn read(bytes: &[u8], cap: usize) -> (BatchHeader, Vec<Owned>) {
    let (batch, rest) = match BatchView::read(bytes, Checksum::Checked) {
        Ok(read) => read,
        Err(error) => fail("a batch of our own", &error),
    };
    assert!(rest.is_empty());
    let mut decompressors = Decompressors::new();
    let records = match batch.records(&mut decompressors, cap) {
        Ok(records) => records,
        Err(error) => fail("a payload of our own", &error),
    };
    let owned = records.enumerate().map(|(index, record)| match record {
        Ok(record) => {
            assert_eq!(usize::try_from(record.offset), Ok(index));
            Owned::of(&record)
        }
        Err(error) => fail("a record of our own", &error),
    });
    (*batch.header(), owned.collect())
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    put_u32(out, zigzag_i32(i32::try_from(len).unwrap_or(i32::MAX)));
}

fn put_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => put_u32(out, zigzag_i32(-1)),
        Some(bytes) => {
            put_len(out, bytes.len());
            out.extend_from_slice(bytes);
        }
    }
}
