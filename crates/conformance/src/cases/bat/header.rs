//! Headers that say what is not so.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_records::Codec;
use serde_json::Value;

use crate::answer::Answer;
use crate::batch::{At, Batch, Patch};
use crate::case::{Outcome, Stop};
use crate::requests;
use crate::run::Run;

use super::raw::{Refusal, name_of, oldest_for, refused};

/// The partitions in an answer to Produce, in any order.
const PARTITIONS: &str = "/responses/0/partitionResponses";

/// A batch of three records with the codec.
fn three(codec: Codec) -> Result<Patch, Stop> {
    Batch::of(&["one", "two", "three"]).codec(codec).build()
}

/// Changes of a batch, made with every codec, each with a name.
type Changes<'c> = &'c dyn Fn(&Patch) -> Vec<(String, Patch)>;

/// Each change is refused with every codec and in every version.
fn refused_with_every_codec(run: &mut Run, code: i16, changes: Changes<'_>) -> Outcome {
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        let changed = changes(&three(codec)?).into_iter();
        let named = |(what, patch): (String, Patch)| (format!("{}-{what}", name_of(codec)), patch);
        let batches: Vec<(String, Bytes)> =
            changed.map(named).map(|(name, patch)| (name, patch.into())).collect();
        refused(run, &topic, (oldest_for(codec), Refusal::Code(code)), &batches)?;
    }
    Ok(())
}

pub(super) fn stale_checksum(run: &mut Run) -> Outcome {
    refused_with_every_codec(run, 2, &|batch| {
        let last = batch.len() * 8 - 1;
        vec![
            ("first-byte".to_owned(), batch.clone().flipped(61 * 8)),
            ("last-bit".to_owned(), batch.clone().flipped(last)),
            ("crc-0".to_owned(), batch.clone().with(At::Crc, 0)),
        ]
    })
}

pub(super) fn magic(run: &mut Run, magics: &[i8], code: i16) -> Outcome {
    refused_with_every_codec(run, code, &|batch| {
        let with = |magic: &i8| {
            let patch = batch.clone().with(At::Magic, i64::from(*magic));
            (format!("magic{magic}"), patch.fixed())
        };
        magics.iter().map(with).collect()
    })
}

pub(super) fn base_offset(run: &mut Run) -> Outcome {
    refused_with_every_codec(run, 87, &|batch| {
        let with = |offset: i64| {
            (format!("offset{offset}"), batch.clone().with(At::BaseOffset, offset).fixed())
        };
        [1, -1, i64::MAX, i64::MIN].into_iter().map(with).collect()
    })
}

pub(super) fn last_offset_delta(run: &mut Run) -> Outcome {
    refused_with_every_codec(run, 87, &|batch| {
        let with = |delta: i64| {
            (format!("delta{delta}"), batch.clone().with(At::LastOffsetDelta, delta).fixed())
        };
        [0, 1, 3, -1, i64::from(i32::MAX), i64::from(i32::MIN)].into_iter().map(with).collect()
    })
}

pub(super) fn count(run: &mut Run, pairs: &[(i32, i32)]) -> Outcome {
    refused_with_every_codec(run, 87, &|batch| {
        let with = |(count, delta): &(i32, i32)| {
            let patch = batch.clone().with(At::Count, i64::from(*count));
            let patch = patch.with(At::LastOffsetDelta, i64::from(*delta));
            (format!("count{count}-delta{delta}"), patch.fixed())
        };
        pairs.iter().map(with).collect()
    })
}

pub(super) fn no_sequence(run: &mut Run) -> Outcome {
    refused_with_every_codec(run, 87, &|batch| {
        let with = |(pid, epoch, sequence): (i64, i64, i64)| {
            let patch = batch.clone().with(At::ProducerId, pid);
            let patch = patch.with(At::ProducerEpoch, epoch).with(At::BaseSequence, sequence);
            (format!("pid{pid}-epoch{epoch}-sequence{sequence}"), patch.fixed())
        };
        [(7, 0, -1), (0, 0, -1), (7, 0, i64::from(i32::MIN))].into_iter().map(with).collect()
    })
}

/// Number and code of each partition.
fn codes(answer: &Answer) -> Vec<(i64, i64)> {
    let int = |entry: &Value, field: &str| entry.get(field)?.as_i64();
    let pair = |entry: &Value| Some((int(entry, "index")?, int(entry, "errorCode")?));
    answer.list(PARTITIONS).iter().filter_map(pair).collect()
}

pub(super) fn bad_and_good(run: &mut Run) -> Outcome {
    for version in run.usable(ApiKey::Produce)?.iter() {
        let topic = run.topic(&format!("v{version}"), 2)?;
        let good = three(Codec::None)?;
        let bads = [
            ("checksum", good.clone().flipped(62 * 8).bytes(), 2),
            ("control", Batch::of(&["a"]).with_attributes(0x20).build()?.bytes(), 87),
        ];
        for (note, bad, code) in bads {
            let batches = [(0, bad), (1, good.clone().into())];
            let mut c = run.connect_leader(&topic, 0)?;
            let answer = c.note(note).ask(version, &requests::produce(&topic, &batches))?;
            let mut codes = codes(&answer);
            codes.sort_unstable();
            run.expect.eq(note, codes, vec![(0, code), (1, 0)]);
        }
        let refused = run.log(&topic, 0)?;
        run.expect.eq("the refused one", refused.end, 0);
        let written = run.log(&topic, 1)?;
        run.expect.eq("the other", written.end, 6);
    }
    Ok(())
}
