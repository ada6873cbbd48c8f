//! Writes that belong to a transaction, or should not.

use std::ops::RangeInclusive;

use klamm_protocol::ApiKey;

use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::cases::pid::ids;
use crate::requests::{self, CODE, TOP_CODE};
use crate::run::Run;

use super::actor::{Actor, Style, is_settled};

/// The code of the second partition in an answer to Produce.
const SECOND_CODE: &str = "/responses/0/partitionResponses/1/errorCode";

pub(super) fn not_added(run: &mut Run, versions: RangeInclusive<i16>, code: i16) -> Outcome {
    let all = run.usable(ApiKey::Produce)?;
    let versions: Vec<i16> = all.iter().filter(|version| versions.contains(version)).collect();
    if versions.is_empty() {
        return Err(Stop::Skipped("no such version of Produce is advertised".into()));
    }
    let topic = run.topic("orders", 2)?;
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    for round in ["nothing-added", "another-added"] {
        for version in &versions {
            actor.produce_version = *version;
            let answer = actor.write(&topic, 1, &["refused"])?;
            run.expect.code(&answer, CODE, code);
        }
        let log = run.log(&topic, 1)?;
        run.expect.eq(round, log.end, 0);
        actor.join(&topic, &[0])?;
    }
    actor.join(&topic, &[1])?;
    let answer = actor.write(&topic, 1, &["added"])?;
    run.expect.code(&answer, CODE, 0);
    actor.end(true)?;
    let log = run.committed_when(&topic, 1, is_settled(2))?;
    run.expect.eq("visible", log.visible(), vec!["added".to_owned()]);
    Ok(())
}

pub(super) fn added_by_the_write(run: &mut Run) -> Outcome {
    if run.transaction_version() < 2 {
        return Err(Stop::Skipped("transaction.version is below 2".into()));
    }
    for version in Style::Implicit.produce_versions(run)? {
        let topic = run.topic(&format!("v{version}"), 2)?;
        let mut actor = Actor::begin(run, &format!("v{version}"), Style::Implicit)?;
        actor.produce_version = version;
        for partition in [0, 1, 0] {
            let answer = actor.write(&topic, partition, &["a"])?;
            run.expect.code(&answer, CODE, 0);
        }
        let answer = actor.end(true)?;
        run.expect.code(&answer, TOP_CODE, 0);
        for (partition, count) in [(0, 2), (1, 1)] {
            let end = i64::from(partition == 0) + 2;
            let log = run.committed_when(&topic, partition, is_settled(end))?;
            run.expect.eq("visible", log.visible(), vec!["a".to_owned(); count]);
        }
    }
    Ok(())
}

pub(super) fn plain_within(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 1)?;
        let mut actor = Actor::begin(run, style.name(), style)?;
        actor.join(&topic, &[0])?;
        let answer = actor.write(&topic, 0, &["a"])?;
        run.expect.code(&answer, CODE, 0);
        let mut c = run.connect_leader(&topic, 0)?;
        let plain = Batch::of(&["plain"]).stamped(actor.pid, actor.epoch, 1).build()?.bytes();
        for version in run.usable(ApiKey::Produce)?.iter() {
            let request = requests::produce(&topic, &[(0, plain.clone())]);
            let answer = c.note(style.name()).ask(version, &request)?;
            run.expect.code(&answer, CODE, 48);
        }
        let answer = actor.write(&topic, 0, &["b"])?;
        run.expect.code(&answer, CODE, 0);
        actor.end(true)?;
        let log = run.committed_when(&topic, 0, is_settled(3))?;
        run.expect.eq("visible", log.visible(), vec!["a".to_owned(), "b".to_owned()]);
    }
    Ok(())
}

pub(super) fn two_producers(run: &mut Run) -> Outcome {
    let other = ids::fresh(run)?;
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 2)?;
        let mut actor = Actor::begin(run, style.name(), style)?;
        actor.join(&topic, &[0, 1])?;
        let mut c = run.connect_leader(&topic, 0)?;
        let own = Batch::of(&["own"]).stamped(actor.pid, actor.epoch, 0).transactional();
        let foreign = Batch::of(&["foreign"]).stamped(other, 0, 0).transactional();
        let batches = [(0, own.build()?.bytes()), (1, foreign.build()?.bytes())];
        for version in style.produce_versions(run)? {
            let mut request = requests::produce(&topic, &batches);
            request.transactional_id = Some(actor.id.clone().into());
            let answer = c.note(style.name()).ask(version, &request)?;
            run.expect.code(&answer, CODE, 49);
            run.expect.code(&answer, SECOND_CODE, 49);
        }
        for partition in [0, 1] {
            let log = run.log(&topic, partition)?;
            run.expect.eq("the end of the log", log.end, 0);
        }
    }
    Ok(())
}

pub(super) fn of_nobody(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        for version in style.produce_versions(run)? {
            let name = format!("{}-{version}", style.name());
            let topic = run.topic(&name, 1)?;
            let mut actor = Actor::begin(run, &name, style)?;
            actor.join(&topic, &[0])?;
            actor.produce_version = version;
            let (pid, epoch) = (actor.pid, actor.epoch);
            (actor.pid, actor.epoch) = (-1, -1);
            let answer = actor.write_at(&topic, 0, -1, &["a"])?;
            run.expect.remark(format!("{name}: {} {:?}", answer.kind(), answer.code(CODE)));
            (actor.pid, actor.epoch) = (pid, epoch);
            actor.end(false)?;
            // A partition that was added has a marker, too.
            let end = if style == Style::Explicit { 2 } else { 1 };
            run.log_when(&topic, 0, |log| log.end >= end)?;
        }
    }
    Ok(())
}
