//! Streams that cannot be decompressed, or should not be.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::batch::{Batch, Patch, compressed};
use crate::case::{Outcome, Stop};
use crate::cases::bat::raw::{Refusal, beginning, name_of, oldest_for, refused, send, varint};
use crate::requests::CODE;
use crate::run::Run;

/// The codecs that compress.
const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];
/// What a bomb becomes.
const BOMB: usize = 256 * 1024 * 1024;
/// What one part of a bomb becomes.
const PART: usize = 1024 * 1024;

pub(super) fn corrupt(run: &mut Run) -> Outcome {
    for codec in CODECS {
        let topic = run.topic(name_of(codec), 1)?;
        let batch = Batch::of(&["one one one one", "two two two two", "three three three"]);
        let batch = batch.codec(codec).build()?;
        let stream = batch.payload();
        let half = stream.get(..stream.len() / 2).unwrap_or_default();
        let mut zeros = stream.to_vec();
        zeros.iter_mut().skip(4).for_each(|byte| *byte = 0);
        let payloads = [
            ("nonsense", &b"this is no stream of any codec that there is"[..]),
            ("half", half),
            ("zeros-inside", &zeros),
            ("one-byte", stream.get(..1).unwrap_or_default()),
            ("uncompressed", b"\x10\x00\x00\x00\x01\x04ab\x00"),
        ];
        let changed = payloads.map(|(what, payload)| {
            let patch = batch.clone().with_payload(payload).fixed();
            (format!("{}-{what}", name_of(codec)), Bytes::from(patch))
        });
        refused(run, &topic, (oldest_for(codec), Refusal::Any), &changed)?;
    }
    Ok(())
}

pub(super) fn empty(run: &mut Run) -> Outcome {
    for codec in CODECS {
        let topic = run.topic(name_of(codec), 1)?;
        let batch = Batch::of(&["a"]).codec(codec).build()?;
        let nothing = compressed(codec, b"")?;
        let batches = [
            (format!("{}-stream-of-nothing", name_of(codec)), nothing),
            (format!("{}-no-stream", name_of(codec)), Vec::new()),
        ];
        let batches = batches.map(|(what, payload)| {
            (what, Bytes::from(batch.clone().with_payload(&payload).fixed()))
        });
        refused(run, &topic, (oldest_for(codec), Refusal::Any), &batches)?;
    }
    Ok(())
}

pub(super) fn bomb(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let configs = [("max.message.bytes", "67108864")];
    for codec in CODECS {
        let topic = run.topic_with(name_of(codec), 1, &configs)?;
        let batch = Patch::over(&Batch::of(&["a"]).codec(codec).header(), &stream(codec)?);
        let answer = send(run, &topic, version, (name_of(codec), &batch.bytes()))?;
        run.expect.answered(&answer);
        run.expect.remark(format!("{}: {:?}", name_of(codec), answer.code(CODE)));
        let good = Batch::of(&["good"]).codec(codec).build()?.bytes();
        let answer = send(run, &topic, version, ("good", &good))?;
        run.expect.code(&answer, CODE, 0);
    }
    Ok(())
}

/// A stream of one record whose value are zeros, made of one part again and again.
fn stream(codec: Codec) -> Result<Vec<u8>, Stop> {
    let length = |value: usize| varint(i64::try_from(value).unwrap_or(i64::MAX));
    let body = [beginning(0), varint(-1), length(BOMB)].concat();
    let record = [length(body.len() + BOMB + 1), body].concat();
    let parts = BOMB / PART;
    let (first, part, last) = (record, vec![0; PART], varint(0));
    match codec {
        // Their streams may follow one another, each as a whole.
        Codec::None | Codec::Gzip | Codec::Zstd => {
            let part = compressed(codec, &part)?;
            Ok([compressed(codec, &first)?, part.repeat(parts), compressed(codec, &last)?].concat())
        }
        // Their blocks follow one another, behind a head and before an end.
        Codec::Snappy | Codec::Lz4 => {
            let (head, end) = if codec == Codec::Snappy { (16, 0) } else { (7, 4) };
            let blocks = |payload: &[u8]| -> Result<Vec<u8>, Stop> {
                let whole = compressed(codec, payload)?;
                let behind = whole.len().saturating_sub(end);
                Ok(whole.get(head..behind).unwrap_or_default().to_vec())
            };
            let head: Vec<u8> = compressed(codec, b"a")?.into_iter().take(head).collect();
            let (part, end) = (blocks(&part)?.repeat(parts), vec![0; end]);
            Ok([head, blocks(&first)?, part, blocks(&last)?, end].concat())
        }
    }
}
