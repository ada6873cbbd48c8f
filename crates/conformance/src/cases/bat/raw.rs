//! Records byte by byte, and batches that must not be stored.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::answer::Answer;
use crate::batch::{Batch, Patch, compressed};
use crate::case::{Outcome, Stop};
use crate::requests::{self, CODE};
use crate::run::Run;
use crate::topics::Topic;

/// An integer as records have it: zigzag, seven bits in a byte.
pub(in crate::cases) fn varint(value: i64) -> Vec<u8> {
    let mut left = ((value << 1) ^ (value >> 63)).cast_unsigned();
    let mut out = Vec::new();
    loop {
        let [low, ..] = left.to_le_bytes();
        left >>= 7;
        if left == 0 {
            out.push(low & 0x7f);
            return out;
        }
        out.push(low | 0x80);
    }
}

/// A record of these parts, behind its length.
pub(in crate::cases) fn record(parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = varint(i64::try_from(body.len()).unwrap_or(i64::MAX));
    out.extend(body);
    out
}

/// Attributes, time delta, offset delta: all that stands before the key of the n-th record.
pub(in crate::cases) fn beginning(offset_delta: i64) -> Vec<u8> {
    [vec![0], varint(0), varint(offset_delta)].concat()
}

/// A plain record with null for its key.
pub(in crate::cases) fn plain(offset_delta: i64, value: &[u8]) -> Vec<u8> {
    let length = varint(i64::try_from(value.len()).unwrap_or(i64::MAX));
    record(&[&beginning(offset_delta), &varint(-1), &length, value, &varint(0)])
}

/// A batch that says it has `count` records, over any payload, with a right checksum.
pub(in crate::cases) fn batch_over(
    codec: Codec,
    count: usize,
    payload: &[u8],
) -> Result<Patch, Stop> {
    let header = Batch::of(&vec!["x"; count]).codec(codec).header();
    let stream = if codec == Codec::None { payload.to_vec() } else { compressed(codec, payload)? };
    Ok(Patch::over(&header, &stream))
}

/// The oldest version of Produce that takes a codec.
pub(in crate::cases) const fn oldest_for(codec: Codec) -> i16 {
    match codec {
        Codec::Zstd => 7,
        Codec::None | Codec::Gzip | Codec::Snappy | Codec::Lz4 => 0,
    }
}

/// A word for a codec.
pub(in crate::cases) const fn name_of(codec: Codec) -> &'static str {
    match codec {
        Codec::None => "none",
        Codec::Gzip => "gzip",
        Codec::Snappy => "snappy",
        Codec::Lz4 => "lz4",
        Codec::Zstd => "zstd",
    }
}

/// Sends bytes to partition 0 in one version.
pub(in crate::cases) fn send(
    run: &mut Run,
    topic: &Topic,
    version: i16,
    (note, batch): (&str, &Bytes),
) -> Result<Answer, Stop> {
    let mut c = run.connect_leader(topic, 0)?;
    c.note(note).ask(version, &requests::produce(topic, &[(0, batch.clone())]))
}

/// What a refusal must say.
#[derive(Clone, Copy, Debug)]
pub(in crate::cases) enum Refusal {
    /// This code.
    Code(i16),
    /// Any error.
    Any,
}

/// Sends each batch in every version from the oldest that takes it on: each is refused, and the
/// log stays as it is; a good batch behind them is the first one.
pub(in crate::cases) fn refused(
    run: &mut Run,
    topic: &Topic,
    (oldest, refusal): (i16, Refusal),
    batches: &[(String, Bytes)],
) -> Outcome {
    for version in run.usable(ApiKey::Produce)?.iter().filter(|version| *version >= oldest) {
        for (note, batch) in batches {
            let answer = send(run, topic, version, (note, batch))?;
            match refusal {
                Refusal::Code(code) => run.expect.code(&answer, CODE, code),
                Refusal::Any => run.expect.any_error(&answer, CODE),
            }
        }
    }
    nothing_written(run, topic)
}

/// The log is empty, and a good batch becomes its first one.
pub(in crate::cases) fn nothing_written(run: &mut Run, topic: &Topic) -> Outcome {
    let log = run.log(topic, 0)?;
    run.expect.eq("the end of the log", log.end, 0);
    let version = run.usable(ApiKey::Produce)?.max;
    let good = Batch::items(vec![crate::batch::Item::pair(b"k", b"good")]).build()?.bytes();
    let answer = send(run, topic, version, ("good", &good))?;
    run.expect.code(&answer, CODE, 0);
    let log = run.log(topic, 0)?;
    run.expect.eq("values", log.values(), vec!["good".to_owned()]);
    Ok(())
}
