//! Bits of a batch.

use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::batch::{At, Batch, CONTROL, LOG_APPEND_TIME, TRANSACTIONAL};
use crate::case::Outcome;
use crate::requests::{self, CODE};
use crate::run::Run;

use super::raw::{Refusal, name_of, nothing_written, oldest_for, refused, send};
use crate::cases::txn::actor::{Actor, Style};

pub(super) fn control(run: &mut Run) -> Outcome {
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        let plain = Batch::of(&["a"]).codec(codec).with_attributes(CONTROL);
        let stamped = plain.clone().stamped(7, 0, 0);
        let batches = [
            (format!("{}-plain", name_of(codec)), plain.build()?.into()),
            (format!("{}-stamped", name_of(codec)), stamped.build()?.into()),
        ];
        refused(run, &topic, (oldest_for(codec), Refusal::Code(87)), &batches)?;
    }
    within_a_transaction(run)
}

/// A marker that a producer writes within its own transaction.
fn within_a_transaction(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 1)?;
        let mut actor = Actor::begin(run, style.name(), style)?;
        actor.join(&topic, &[0])?;
        let forged = Batch::of(&["a"]).stamped(actor.pid, actor.epoch, 0);
        let forged = forged.with_attributes(CONTROL | TRANSACTIONAL).build()?.bytes();
        for version in style.produce_versions(run)? {
            let mut request = requests::produce(&topic, &[(0, forged.clone())]);
            request.transactional_id = Some(actor.id.clone().into());
            let mut c = run.connect_leader(&topic, 0)?;
            let answer = c.note("forged").ask(version, &request)?;
            run.expect.code(&answer, CODE, 87);
        }
        nothing_written(run, &topic)?;
    }
    Ok(())
}

pub(super) fn unknown_codec(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let mut batches = Vec::new();
    for codec in [5, 6, 7] {
        let batch = Batch::of(&["a"]).build()?.with(At::Attributes, codec).fixed();
        batches.push((format!("codec{codec}"), batch.into()));
    }
    refused(run, &topic, (0, Refusal::Any), &batches)
}

pub(super) fn append_time(run: &mut Run, kind: &str) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic_with("orders", 1, &[("message.timestamp.type", kind)])?;
    for codec in Codec::ALL {
        let batch = Batch::of(&["a", "b"]).codec(codec).with_attributes(LOG_APPEND_TIME);
        let batch = batch.build()?.bytes();
        for version in [versions.min.max(oldest_for(codec)), versions.max] {
            let answer = send(run, &topic, version, (name_of(codec), &batch))?;
            run.expect.remark(format!("{} {:?}", name_of(codec), answer.code(CODE)));
        }
    }
    let log = run.log(&topic, 0)?;
    let bits = log.batches.iter().map(|batch| batch.header.attributes.0 & LOG_APPEND_TIME);
    run.expect.remark(format!("bits {:?}", bits.collect::<Vec<_>>()));
    Ok(())
}
