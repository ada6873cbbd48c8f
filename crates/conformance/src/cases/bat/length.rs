//! Lengths that lie, and what stands behind a batch.

use bytes::Bytes;
use klamm_protocol::ApiKey;

use crate::batch::{At, Batch};
use crate::case::Outcome;
use crate::requests::CODE;
use crate::run::Run;

use super::raw::{Refusal, refused, send};

pub(super) fn short(run: &mut Run, lengths: &[i32], code: Option<i16>) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["one", "two"]).build()?;
    let mut batches: Vec<(String, Bytes)> = Vec::new();
    for length in lengths {
        let lying = batch.clone().with(At::BatchLength, i64::from(*length)).fixed().bytes();
        // The same, with nothing behind what the length counts.
        let end = usize::try_from(*length).unwrap_or_default().saturating_add(12);
        let cut = lying.slice(..end.min(lying.len()));
        batches.push((format!("length{length}"), lying));
        // Too few bytes to see what format they are of say something else.
        if cut.len() >= 17 {
            batches.push((format!("length{length}-cut"), cut));
        }
    }
    let refusal = code.map_or(Refusal::Any, Refusal::Code);
    refused(run, &topic, (0, refusal), &batches)
}

pub(super) fn past_the_end(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["one", "two"]).build()?;
    let counted = i64::try_from(batch.len()).unwrap_or_default() - 12;
    let longer = |by: i64| batch.clone().with(At::BatchLength, by).fixed().bytes();
    let whole = batch.bytes();
    let batches = [
        ("one-more".to_owned(), longer(counted + 1)),
        ("thousand-more".to_owned(), longer(counted + 1000)),
        ("cut-last-byte".to_owned(), whole.slice(..whole.len() - 1)),
        ("cut-in-the-header".to_owned(), whole.slice(..40)),
        ("cut-behind-the-magic".to_owned(), whole.slice(..17)),
        ("cut-behind-the-length".to_owned(), whole.slice(..12)),
        ("cut-before-the-length".to_owned(), whole.slice(..11)),
        ("one-byte".to_owned(), whole.slice(..1)),
    ];
    refused(run, &topic, (0, Refusal::Code(87)), &batches)?;
    // The reference stumbles over this one: with 12 bytes more it is no number of 32 bits.
    let topic = run.topic("greatest", 1)?;
    let greatest = [("greatest".to_owned(), longer(i64::from(i32::MAX)))];
    refused(run, &topic, (0, Refusal::Any), &greatest)
}

pub(super) fn two_batches(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["one", "two"]).build()?;
    let twice = batch.clone().followed_by(&batch.bytes()).bytes();
    let thrice = batch.clone().followed_by(&twice).bytes();
    let batches = [("two".to_owned(), twice), ("three".to_owned(), thrice)];
    refused(run, &topic, (0, Refusal::Code(87)), &batches)
}

pub(super) fn bytes_behind(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["one", "two"]).build()?;
    for version in [versions.min, versions.max] {
        for count in (1..=11).chain([12, 16, 17, 100]) {
            for byte in [0x00, 0xff] {
                let longer = batch.clone().followed_by(&vec![byte; count]).bytes();
                let note = format!("{count}-of-{byte:02x}");
                let answer = send(run, &topic, version, (&note, &longer))?;
                run.expect.remark(format!("v{version} {note}: {:?}", answer.code(CODE)));
            }
        }
    }
    run.log(&topic, 0).map(|_| ())
}
