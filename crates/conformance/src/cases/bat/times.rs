//! Records that a topic's settings do not allow.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::answer::Answer;
use crate::batch::{Batch, Item};
use crate::case::{Outcome, Stop};
use crate::normalise::now_millis;
use crate::requests::CODE;
use crate::run::Run;
use crate::topics::Topic;

use super::raw::{name_of, nothing_written, oldest_for, send};

/// An hour.
const HOUR: i64 = 3_600_000;
/// The first version that tells which records were refused.
const WITH_ERRORS: i16 = 8;
/// Where it tells them.
const REFUSED: &str = "/responses/0/partitionResponses/0/recordErrors";
/// The text for the whole batch.
const TEXT: &str = "/responses/0/partitionResponses/0/errorMessage";

/// A bound for the times of records, and a time beyond it.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    setting: &'static str,
    delta: i64,
}

/// Too far ahead.
pub(super) const AHEAD: Bound =
    Bound { setting: "message.timestamp.after.max.ms", delta: 2 * HOUR };
/// Too far back.
pub(super) const BACK: Bound =
    Bound { setting: "message.timestamp.before.max.ms", delta: -2 * HOUR };

pub(super) fn too_far(run: &mut Run, bound: Bound) -> Outcome {
    let configs = [(bound.setting, "3600000")];
    for codec in Codec::ALL {
        let topic = run.topic_with(name_of(codec), 1, &configs)?;
        let item = |delta| Item { delta, ..Item::value(b"a") };
        let near = bound.delta / 8;
        let items = vec![item(0), item(bound.delta), item(near), item(bound.delta)];
        let batch = Batch::items(items).at(now_millis()).codec(codec).build()?.bytes();
        let single = Batch::of(&["a"]).at(now_millis() + bound.delta).codec(codec).build()?;
        let batches = [("two-of-four", batch, vec![1, 3]), ("one", single.bytes(), vec![0])];
        each_refused(run, &topic, codec, (32, &batches))?;
        nothing_written(run, &topic)?;
    }
    Ok(())
}

pub(super) fn null_key(run: &mut Run) -> Outcome {
    for codec in Codec::ALL {
        let topic = run.topic_with(name_of(codec), 1, &[("cleanup.policy", "compact")])?;
        let (good, bad) = (Item::pair(b"k", b"v"), Item::value(b"v"));
        let items = vec![good.clone(), bad.clone(), good, bad.clone()];
        let batch = Batch::items(items).codec(codec).build()?.bytes();
        let single = Batch::items(vec![bad]).codec(codec).build()?.bytes();
        let batches = [("two-of-four", batch, vec![1, 3]), ("one", single, vec![0])];
        each_refused(run, &topic, codec, (87, &batches))?;
        nothing_written(run, &topic)?;
    }
    Ok(())
}

/// A batch with its name, and the records of it that are wrong.
type Sent = (&'static str, Bytes, Vec<i64>);

/// Every version says the code, and from v8 on the first record of those that are wrong.
fn each_refused(
    run: &mut Run,
    topic: &Topic,
    codec: Codec,
    (code, batches): (i16, &[Sent]),
) -> Result<(), Stop> {
    // The texts name what is wrong, times included, and are for people.
    for version in run.usable(ApiKey::Produce)?.iter().filter(|v| *v >= oldest_for(codec)) {
        for (note, batch, wrong) in batches {
            let note = format!("{}-{note}", name_of(codec));
            let answer = send(run, topic, version, (&note, batch))?;
            run.expect.code(&answer, CODE, code);
            if version < WITH_ERRORS {
                continue;
            }
            run.expect.eq(&format!("v{version} {note} indexes"), &indexes(&answer), wrong);
            run.expect.that("a text", answer.text(TEXT).is_some_and(|text| !text.is_empty()));
        }
    }
    Ok(())
}

fn indexes(answer: &Answer) -> Vec<i64> {
    let errors = answer.list(REFUSED).iter();
    errors.filter_map(|error| error.get("batchIndex")?.as_i64()).collect()
}
