//! Records that cannot be read.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::case::Outcome;
use crate::run::Run;
use crate::topics::Topic;

use super::raw::{
    Refusal, batch_over, beginning, name_of, oldest_for, plain, record, refused, send, varint,
};

/// A last record that is wrong: a name, how it is judged, and its bytes.
pub(super) type Wrong = &'static [(&'static str, Judge, fn() -> Vec<u8>)];

/// Whom a rule binds.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    /// Every batch with such a record is refused so.
    All(Refusal),
    /// Without compression it is refused so. The reference skips over compressed records without
    /// looking at their lengths, and stores what nobody can read.
    Uncompressed(Refusal),
    /// Nobody looks at it.
    Nobody,
}

/// An invalid record.
const INVALID: Refusal = Refusal::Code(87);
const ALL: Judge = Judge::All(INVALID);
const UNCOMPRESSED: Judge = Judge::Uncompressed(INVALID);

/// A null key and a null value.
fn nulls() -> Vec<u8> {
    [beginning(1), varint(-1), varint(-1)].concat()
}

/// The record with another length in front.
fn claiming(length: i64) -> Vec<u8> {
    let body = [nulls(), varint(0)].concat();
    [varint(length), body].concat()
}

/// A record with so many headers, as it says, and these bytes for them.
fn headers(count: i64, bytes: &[u8]) -> Vec<u8> {
    record(&[&nulls(), &varint(count), bytes])
}

/// Lengths.
pub(super) const LENGTHS: Wrong = &[
    ("past-the-end", UNCOMPRESSED, || claiming(1000)),
    ("one-past-the-end", UNCOMPRESSED, || claiming(7)),
    ("greatest", UNCOMPRESSED, || claiming(i64::from(i32::MAX))),
    ("minus-one", UNCOMPRESSED, || claiming(-1)),
    ("zero", UNCOMPRESSED, || claiming(0)),
    ("one-too-short", UNCOMPRESSED, || claiming(5)),
    ("key-past-the-end", ALL, || record(&[&beginning(1), &varint(1000), b"abc"])),
    ("value-past-the-end", ALL, || record(&[&beginning(1), &varint(-1), &varint(1000), b"abc"])),
    ("key-behind-the-record", ALL, || {
        // Within the batch, for another record follows, but behind this record.
        [record(&[&beginning(1), &varint(9), b"abc"]), plain(1, b"behind")].concat()
    }),
];

/// Integers.
pub(super) const VARINTS: Wrong = &[
    ("length-of-six-bytes", Judge::All(Refusal::Any), || {
        [&[0x80; 5][..], &[0x00], &nulls(), &varint(0)].concat()
    }),
    ("key-length-of-six-bytes", ALL, || record(&[&beginning(1), &[0x80; 5], &[0x00], b"abcdef"])),
    ("time-of-eleven-bytes", ALL, || record(&[&[0], &[0x80; 10], &[0x00], b"abcdef"])),
    ("offset-of-six-bytes", ALL, || record(&[&[0], &varint(0), &[0x80; 5], &[0x00], b"abcdef"])),
];

/// Counts of headers.
pub(super) const HEADER_COUNTS: Wrong = &[
    ("minus-one", ALL, || headers(-1, b"")),
    ("least", ALL, || headers(i64::from(i32::MIN), b"")),
    ("one-without-any", ALL, || headers(1, b"")),
    ("huge", ALL, || headers(i64::from(i32::MAX), b"")),
    ("huge-with-one", ALL, || {
        headers(1_000_000_000, &[varint(1), b"h".to_vec(), varint(-1)].concat())
    }),
];

/// Keys and values of headers.
pub(super) const HEADER_KEYS: Wrong = &[
    ("minus-one", ALL, || headers(1, &[varint(-1), varint(-1)].concat())),
    ("past-the-end", ALL, || headers(1, &[varint(1000), b"h".to_vec()].concat())),
    ("value-past-the-end", ALL, || {
        headers(1, &[varint(1), b"h".to_vec(), varint(1000), b"v".to_vec()].concat())
    }),
    ("value-below-null", Judge::Nobody, || {
        headers(1, &[varint(1), b"h".to_vec(), varint(-2)].concat())
    }),
];

/// Behind a good record comes a wrong one, with every codec and in every version.
pub(super) fn malformed(run: &mut Run, wrong: Wrong) -> Outcome {
    for codec in Codec::ALL {
        for (index, (what, judge, last)) in wrong.iter().enumerate() {
            let topic = run.topic(&format!("{}-{index}", name_of(codec)), 1)?;
            let payload = [plain(0, b"good"), last()].concat();
            let batch: Bytes = batch_over(codec, 2, &payload)?.into();
            let name = format!("{}-{what}", name_of(codec));
            match judge {
                Judge::Uncompressed(_) if codec != Codec::None => {
                    recorded(run, &topic, codec, (&name, &batch))?;
                }
                Judge::Nobody => recorded(run, &topic, codec, (&name, &batch))?,
                Judge::All(refusal) | Judge::Uncompressed(refusal) => {
                    let judged = (oldest_for(codec), *refusal);
                    refused(run, &topic, judged, &[(name, batch)])?;
                }
            }
        }
    }
    Ok(())
}

/// What comes is recorded and not judged; what was stored may be beyond reading.
fn recorded(run: &mut Run, topic: &Topic, codec: Codec, batch: (&str, &Bytes)) -> Outcome {
    for version in run.usable(ApiKey::Produce)?.iter().filter(|v| *v >= oldest_for(codec)) {
        let answer = send(run, topic, version, batch)?;
        run.expect.answered(&answer);
    }
    let log = run.log(topic, 0).map_or_else(|_| "unreadable".to_owned(), |log| log.end.to_string());
    run.notes.step(&format!("stored.{}", batch.0), log.into());
    Ok(())
}
