//! What InitProducerId gives, with a transactional id and without.

use std::collections::BTreeSet;

use klamm_protocol::ApiKey;
use klamm_wire::{Epoch, ProducerId};

use crate::case::Outcome;
use crate::cases::pid::ids::INIT;
use crate::cases::txn::actor::{Actor, Asking, Style, is_settled};
use crate::cases::txn::requests::end;
use crate::notes::Notes;
use crate::requests::{self, CODE, TOP_CODE};
use crate::run::Run;
use crate::topics::Topic;

/// How many ids must differ.
const MANY: usize = 1000;
/// The first version that can tell who one was.
const WITH_IDENTITY: i16 = 3;
/// The first version of EndTxn that says that a producer is fenced.
const END_WITH_FENCED: i16 = 2;

pub(super) fn without_id(run: &mut Run) -> Outcome {
    let mut seen = BTreeSet::new();
    for version in run.usable(ApiKey::InitProducerId)?.iter() {
        let mut c = run.connect()?.unrecorded();
        let notes = run.notes.clone();
        let asking = Asking { conn: &mut c, notes: &notes, note: "without-id" };
        let answer = asking.settled(version, &requests::producer_id(), TOP_CODE)?;
        run.expect.code(&answer, TOP_CODE, 0);
        let pid = answer.int("/producerId").unwrap_or(-1);
        run.expect.that(&format!("v{version}: {pid} is an id of its own"), seen.insert(pid));
        run.expect.that("it is not negative", pid >= 0);
        run.expect.eq("epoch", answer.int("/producerEpoch"), Some(0));
    }
    Ok(())
}

pub(super) fn a_thousand(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::InitProducerId, INIT)?;
    let mut seen = BTreeSet::new();
    let addresses = run.target().bootstrap.clone();
    let share = MANY.div_ceil(addresses.len().max(1));
    for address in &addresses {
        let mut c = run.connect_to(address)?.unrecorded();
        // Ids come to a broker in blocks, and while it waits for one it asks for patience.
        let unrecorded = Notes::default();
        for _ in 0..share {
            let asking = Asking { conn: &mut c, notes: &unrecorded, note: "" };
            let answer = asking.settled(version, &requests::producer_id(), TOP_CODE)?;
            seen.extend(answer.int("/producerId").filter(|pid| *pid >= 0));
        }
    }
    run.expect.eq("different ids", seen.len(), share * addresses.len());
    run.notes.step("ids", seen.len().into());
    Ok(())
}

pub(super) fn twice(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 1)?;
        let mut old = Actor::begin(run, style.name(), style)?;
        old.join(&topic, &[0])?;
        let answer = old.write(&topic, 0, &["a"])?;
        run.expect.code(&answer, CODE, 0);
        let answer = old.end(true)?;
        run.expect.code(&answer, TOP_CODE, 0);
        run.log_when(&topic, 0, is_settled(2))?;
        let new = Actor::begin(run, style.name(), style)?;
        run.expect.eq("producer id", new.pid, old.pid);
        run.expect.eq("epoch", new.epoch, old.epoch + 1);
        fenced(run, &mut old, &topic)?;
        let log = run.log(&topic, 0)?;
        run.expect.eq("values", log.values(), vec!["a".to_owned()]);
    }
    Ok(())
}

/// The old producer neither writes nor ends anything.
fn fenced(run: &mut Run, old: &mut Actor, topic: &Topic) -> Outcome {
    for version in run.usable(ApiKey::Produce)?.iter() {
        if version >= 12 && run.transaction_version() < 2 {
            continue;
        }
        old.produce_version = version;
        let answer = old.write(topic, 0, &["fenced"])?;
        run.expect.code(&answer, CODE, 47);
    }
    for version in run.usable(ApiKey::EndTxn)?.iter() {
        let wanted = if version < END_WITH_FENCED { 47 } else { 90 };
        for committed in [true, false] {
            let (id, who) = (old.id.clone(), (old.pid, old.epoch));
            let request = end(&id, who, committed);
            let note = if committed { "late-commit" } else { "late-abort" };
            let answer = old.asking(note).settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, wanted);
        }
    }
    Ok(())
}

pub(super) fn current_identity(run: &mut Run) -> Outcome {
    for version in run.usable(ApiKey::InitProducerId)?.iter() {
        if version < WITH_IDENTITY {
            continue;
        }
        let mut actor = Actor::begin(run, &format!("txn-{version}"), Style::Explicit)?;
        let id = actor.id.clone();
        let mut request = requests::init_producer(Some(&id), 60_000);
        request.producer_id = ProducerId(actor.pid);
        request.producer_epoch = Epoch(actor.epoch);
        for note in ["current", "again", "third"] {
            let answer = actor.asking(note).settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, 0);
            run.expect.eq("producer id", answer.int("/producerId"), Some(actor.pid));
            let next = i64::from(actor.epoch + 1);
            run.expect.eq("epoch", answer.int("/producerEpoch"), Some(next));
        }
        request.producer_epoch = Epoch(actor.epoch + 1);
        let answer = actor.asking("next").settled(version, &request, TOP_CODE)?;
        let next = i64::from(actor.epoch + 2);
        run.expect.eq("next epoch", answer.int("/producerEpoch"), Some(next));
        request.producer_epoch = Epoch(actor.epoch);
        let answer = actor.asking("two-ago").settled(version, &request, TOP_CODE)?;
        run.expect.code(&answer, TOP_CODE, if version == WITH_IDENTITY { 47 } else { 90 });
    }
    Ok(())
}

pub(super) fn open_transaction(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::InitProducerId)?;
    for style in Style::all(run) {
        for version in versions.iter() {
            let name = format!("{}-{version}", style.name());
            let topic = run.topic(&name, 1)?;
            let mut old = Actor::begin(run, &name, style)?;
            old.join(&topic, &[0])?;
            let answer = old.write(&topic, 0, &["a"])?;
            run.expect.code(&answer, CODE, 0);
            let id = old.id.clone();
            let request = requests::init_producer(Some(&id), 60_000);
            let answer = old.asking("open").once(version, &request)?;
            run.expect.code(&answer, TOP_CODE, 51);
            let answer = old.asking("aborted").settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, 0);
            run.expect.eq("producer id", answer.int("/producerId"), Some(old.pid));
            let is_later = answer.int("/producerEpoch") > Some(i64::from(old.epoch));
            run.expect.that("the epoch is a later one", is_later);
            let log = run.committed_when(&topic, 0, is_settled(2))?;
            run.expect.eq("visible", log.visible(), Vec::new());
            let answer = old.write(&topic, 0, &["late"])?;
            run.expect.code(&answer, CODE, 47);
            let log = run.log(&topic, 0)?;
            run.expect.eq("the end of the log", log.end, 2);
        }
    }
    Ok(())
}
