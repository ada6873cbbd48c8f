//! A batch made anew: in another codec, or with offsets that had to be put right.

use std::borrow::Cow;

use klamm_records::layout::{Attributes, HEADER_LEN};
use klamm_records::{
    BatchHeader, BatchView, Codec, Compression, Compressors, Decompressors, Header, Record,
    RecordView,
};
use klamm_wire::ErrorCode;

use super::validate::LOG_APPEND_TIME;
use super::{MAX_DECOMPRESSED, Rejected};

/// The bits that outlive a rebuilding: transaction and control.
const KEPT_BITS: i16 = 0x30;

/// The same records in `codec` under `header`: the header that fits them, and a batch in which it
/// is still to be written.
pub(super) fn rebuilt(
    view: &BatchView<'_>,
    header: BatchHeader,
    codec: Codec,
) -> Result<(BatchHeader, Vec<u8>), Rejected> {
    let (payload, base_timestamp) = renumbered(view)?;
    let batch = compressed(&payload, codec)?;
    let kept = header.attributes.0 & (KEPT_BITS | LOG_APPEND_TIME);
    let attributes = Attributes(kept | Attributes::of(codec).0);
    Ok((BatchHeader { attributes, base_timestamp, ..header }, batch))
}

/// The records with offsets from 0 on, and the first one's timestamp.
fn renumbered(view: &BatchView<'_>) -> Result<(Vec<u8>, i64), Rejected> {
    let mut decompressors = Decompressors::new();
    let mut payload = Vec::with_capacity(view.payload().len());
    let mut base = None;
    for (record, index) in view.records(&mut decompressors, MAX_DECOMPRESSED)?.zip(0_i32..) {
        let record = record?;
        let time = record.timestamp.0;
        if time < -1 {
            return Err(ErrorCode::UNKNOWN_SERVER_ERROR.into());
        }
        let base = *base.get_or_insert(time);
        append(&record, index, time.wrapping_sub(base), &mut payload);
    }
    Ok((payload, base.unwrap_or(-1)))
}

fn append(record: &RecordView<'_>, offset_delta: i32, timestamp_delta: i64, out: &mut Vec<u8>) {
    // What is not UTF-8 is replaced, as by everyone to whom a key is a text.
    let texts: Vec<(Cow<'_, str>, Option<&[u8]>)> =
        record.headers.map(|header| (String::from_utf8_lossy(header.key), header.value)).collect();
    let headers: Vec<Header<'_>> =
        texts.iter().map(|(key, value)| Header { key, value: *value }).collect();
    let RecordView { key, value, .. } = *record;
    Record { timestamp_delta, offset_delta, key, value, headers: &headers }.append_to(out);
}

/// Room for a header, and the payload in `codec`, be it longer or not.
fn compressed(payload: &[u8], codec: Codec) -> Result<Vec<u8>, ErrorCode> {
    let mut compressors = Compressors::new();
    let mut room = payload.len().saturating_add(LEAST_ROOM);
    for _ in 0..ATTEMPTS {
        let mut batch = vec![0; HEADER_LEN.saturating_add(room)];
        let place = batch.get_mut(HEADER_LEN..).unwrap_or_default();
        let len = compressors.compress(Compression::of(codec), payload, place);
        match len.map_err(|_| ErrorCode::UNKNOWN_SERVER_ERROR)? {
            Some(len) => {
                batch.truncate(HEADER_LEN.saturating_add(len));
                return Ok(batch);
            }
            None => room = room.saturating_mul(2),
        }
    }
    Err(ErrorCode::UNKNOWN_SERVER_ERROR)
}

/// What a stream of nothing takes at most, in any codec.
const LEAST_ROOM: usize = 1024;
/// No codec makes four times of something.
const ATTEMPTS: usize = 3;
