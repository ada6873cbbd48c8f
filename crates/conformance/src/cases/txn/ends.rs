//! Ends of transactions, with and without one.

use klamm_protocol::ApiKey;

use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::requests::{CODE, TOP_CODE};
use crate::run::Run;

use super::actor::{Actor, Style, coordinator, epoch_of, is_settled};
use super::requests::end;

/// The first version whose answer tells the next epoch.
const WITH_EPOCH: i16 = 5;

/// The versions of EndTxn that hold transactions of the target.
fn versions(run: &Run) -> Result<Vec<i16>, Stop> {
    let newest = if run.transaction_version() >= 2 { WITH_EPOCH } else { WITH_EPOCH - 1 };
    Ok(run.usable(ApiKey::EndTxn)?.iter().filter(|version| *version <= newest).collect())
}

pub(super) fn of_nothing(run: &mut Run, committed: bool) -> Outcome {
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    for version in versions(run)? {
        actor.end_version = version;
        let before = actor.epoch;
        let answer = actor.end(committed)?;
        if committed || version < WITH_EPOCH {
            run.expect.code(&answer, TOP_CODE, 48);
            continue;
        }
        run.expect.code(&answer, TOP_CODE, 0);
        run.expect.eq("the next epoch", epoch_of(&answer), Some(before + 1));
        // The transaction that was none is complete, and the next one can be aborted as well.
        let answer = actor.end(committed)?;
        run.expect.code(&answer, TOP_CODE, 0);
        run.expect.eq("the next epoch", epoch_of(&answer), Some(before + 2));
    }
    Ok(())
}

pub(super) fn twice(run: &mut Run, same: bool) -> Outcome {
    for version in run.usable(ApiKey::EndTxn)?.iter().filter(|version| *version < WITH_EPOCH) {
        for committed in [true, false] {
            let name = format!("v{version}-{}", if committed { "commit" } else { "abort" });
            let topic = run.topic(&name, 1)?;
            let mut actor = Actor::begin(run, &name, Style::Explicit)?;
            actor.end_version = version;
            actor.join(&topic, &[0])?;
            let answer = actor.write(&topic, 0, &["a"])?;
            run.expect.code(&answer, CODE, 0);
            let answer = actor.end(committed)?;
            run.expect.code(&answer, TOP_CODE, 0);
            let answer = actor.end(committed == same)?;
            run.expect.code(&answer, TOP_CODE, if same { 0 } else { 48 });
            let log = run.committed_when(&topic, 0, is_settled(2))?;
            run.expect.eq("visible", log.visible().len(), usize::from(committed));
            run.expect.eq("one marker", log.end, 2);
        }
    }
    Ok(())
}

pub(super) fn next_epoch(run: &mut Run) -> Outcome {
    if run.transaction_version() < 2 {
        return Err(Stop::Skipped("transaction.version is below 2".into()));
    }
    run.version(ApiKey::EndTxn, WITH_EPOCH)?;
    for committed in [true, false] {
        let name = if committed { "commit" } else { "abort" };
        let topic = run.topic(name, 1)?;
        let mut actor = Actor::begin(run, name, Style::Implicit)?;
        let answer = actor.write(&topic, 0, &["a"])?;
        run.expect.code(&answer, CODE, 0);
        let (pid, epoch) = (actor.pid, actor.epoch);
        let answer = actor.end(committed)?;
        tells(run, &answer, pid, epoch + 1);
        for note in ["again", "third"] {
            let request = end(&actor.id, (pid, epoch), committed);
            let asking =
                super::actor::Asking { conn: &mut actor.coordinator, notes: &run.notes, note };
            let answer = asking.settled(WITH_EPOCH, &request, TOP_CODE)?;
            tells(run, &answer, pid, epoch + 1);
        }
        let (id, who) = (actor.id.clone(), (pid, epoch));
        let request = end(&id, who, !committed);
        let answer = actor.asking("other").settled(WITH_EPOCH, &request, TOP_CODE)?;
        run.expect.any_error(&answer, TOP_CODE);
        let log = run.committed_when(&topic, 0, is_settled(2))?;
        run.expect.eq("visible", log.visible().len(), usize::from(committed));
        let answer = actor.write(&topic, 0, &["next"])?;
        run.expect.code(&answer, CODE, 0);
        actor.end(true)?;
        let log = run.committed_when(&topic, 0, is_settled(4))?;
        run.expect.eq("visible", log.visible().len(), usize::from(committed) + 1);
    }
    Ok(())
}

fn tells(run: &mut Run, answer: &Answer, pid: i64, epoch: i16) {
    run.expect.code(answer, TOP_CODE, 0);
    run.expect.eq("producer id", answer.int("/producerId"), Some(pid));
    run.expect.eq("epoch", epoch_of(answer), Some(epoch));
}

pub(super) fn timeout(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 1)?;
        let mut actor = Actor::begin_for(run, style.name(), style, 1000)?;
        actor.join(&topic, &[0])?;
        let answer = actor.write(&topic, 0, &["a"])?;
        run.expect.code(&answer, CODE, 0);
        let log = run.committed_when(&topic, 0, is_settled(2))?;
        run.expect.eq("visible", log.visible(), Vec::new());
        run.expect.eq("one marker", log.end, 2);
        let (id, who) = (actor.id.clone(), (actor.pid, actor.epoch));
        let version = actor.end_version;
        let request = end(&id, who, true);
        let answer = actor.asking("late-commit").settled(version, &request, TOP_CODE)?;
        let wanted: &[i16] = if style == Style::Explicit { &[90] } else { &[48, 90] };
        run.expect.code_in(&answer, TOP_CODE, wanted);
        let answer = actor.write(&topic, 0, &["late"])?;
        run.expect.code(&answer, CODE, 47);
        let request = end(&id, who, false);
        let answer = actor.asking("late-abort").settled(version, &request, TOP_CODE)?;
        if style == Style::Explicit {
            run.expect.code(&answer, TOP_CODE, 90);
        } else {
            tells(run, &answer, who.0, who.1 + 1);
        }
        let log = run.log(&topic, 0)?;
        run.expect.eq("the end of the log", log.end, 2);
    }
    Ok(())
}

pub(super) fn of_id(run: &mut Run, name: &str, code: i16) -> Outcome {
    let id = if name.is_empty() { String::new() } else { run.name(name) };
    let known = run.name("any");
    let mut c = coordinator(run, &known, 1)?;
    let notes = run.notes.clone();
    for version in run.usable(ApiKey::EndTxn)?.iter() {
        for committed in [true, false] {
            let note = if committed { "commit" } else { "abort" };
            let asking = super::actor::Asking { conn: &mut c, notes: &notes, note };
            let answer = asking.settled(version, &end(&id, (7, 0), committed), TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, code);
        }
    }
    Ok(())
}
