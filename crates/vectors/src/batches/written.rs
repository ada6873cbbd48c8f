//! A batch written from what the line tells, which must give the bytes of the line.

use klamm_records::checksum::crc32c;
use klamm_records::layout::HEADER_LEN;
use klamm_records::{
    BatchErrorKind, BatchView, Codec, Compression, Compressors, Decompressors, Header, Record,
};

use super::{CAP, Told, only_batch, produced, read};
use crate::bytewise;
use crate::fields::Problem;
use crate::records::ToldRecord;

/// A stream may be longer than what it holds, by less than this.
const MARGIN: usize = 4096;

/// What ours writes otherwise than the line has it.
pub(super) fn problems(batch: &BatchView<'_>, told: &Told) -> Result<Vec<Problem>, Problem> {
    let mut decompressors = Decompressors::new();
    let theirs = decompressed(batch, told, &mut decompressors)?;
    let ours = payload(&told.records)?;
    let header = told.header.to_bytes(batch.payload().len(), crc32c(batch.payload()));
    let their_header = batch.bytes().get(..HEADER_LEN).unwrap_or_default();
    let mut problems = Vec::new();
    let records = bytewise::difference(&ours, theirs);
    problems.extend(records.map(|problem| format!("the records written again, {problem}")));
    let header = bytewise::difference(&header, their_header);
    problems.extend(header.map(|problem| format!("the header written again, {problem}")));
    problems.extend(produced::difference(batch, told, &ours));
    if told.codec != Codec::None && !ours.is_empty() {
        problems.extend(compressed_again(told, &ours));
        problems.extend(beyond_cap(batch, told.codec, ours.len()));
    }
    Ok(problems)
}

/// The records in wire form, as the line has them.
fn decompressed<'a>(
    batch: &BatchView<'a>,
    told: &Told,
    decompressors: &'a mut Decompressors,
) -> Result<&'a [u8], Problem> {
    let payload = batch.payload();
    if told.codec == Codec::None || payload.is_empty() {
        return Ok(payload);
    }
    decompressors.decompress(told.codec, payload, CAP).map_err(|error| format!("`hex`: {error:?}"))
}

/// The records in wire form, as ours writes them.
pub(super) fn payload(records: &[ToldRecord]) -> Result<Vec<u8>, Problem> {
    let mut payload = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let out_of_range = |_| format!("`records[{index}]`: `offsetDelta` is out of range");
        let offset_delta = i32::try_from(record.offset).map_err(out_of_range)?;
        let headers = headers(record);
        let record = Record {
            timestamp_delta: record.timestamp,
            offset_delta,
            key: record.key.as_deref(),
            value: record.value.as_deref(),
            headers: &headers,
        };
        record.append_to(&mut payload);
    }
    Ok(payload)
}

/// The headers of a record, as ours takes them.
pub(crate) fn headers(record: &ToldRecord) -> Vec<Header<'_>> {
    let header = |(key, value)| Header { key, value };
    record.headers.iter().map(|(key, value)| header((key, value.as_deref()))).collect()
}

/// Compresses the records by the codec of the line; what comes of it must be read as the same.
fn compressed_again(told: &Told, payload: &[u8]) -> Option<Problem> {
    let mut stream = vec![0; payload.len() * 2 + MARGIN];
    let compression = Compression::of(told.codec);
    let length = match Compressors::new().compress(compression, payload, &mut stream) {
        Ok(Some(length)) => length,
        Ok(None) => return Some("compressed again, it takes more than twice the room".to_owned()),
        Err(error) => return Some(format!("compressed again: {error}")),
    };
    stream.truncate(length);
    let header = told.header.to_bytes(length, crc32c(&stream));
    let bytes = [&header, stream.as_slice()].concat();
    let problem = match only_batch(&bytes) {
        Ok(batch) => read::difference(&batch, told),
        Err(problem) => Some(problem),
    };
    problem.map(|problem| format!("compressed again: {problem}"))
}

/// A byte less than the records take is not enough.
fn beyond_cap(batch: &BatchView<'_>, codec: Codec, len: usize) -> Option<Problem> {
    let cap = len.saturating_sub(1);
    let mut decompressors = Decompressors::new();
    let kind = match decompressors.decompress(codec, batch.payload(), cap) {
        Ok(bytes) => return Some(format!("{} bytes came under the cap {cap}", bytes.len())),
        Err(error) => BatchErrorKind::Decompression(error.kind),
    };
    let is_told = matches!(
        kind,
        BatchErrorKind::Decompression(
            klamm_records::compression::DecompressErrorKind::OverCap { .. }
        )
    );
    (!is_told).then(|| format!("under the cap {cap}: {kind}"))
}
