//! What InitProducerId refuses.

use klamm_protocol::ApiKey;
use klamm_wire::{Epoch, ProducerId};

use crate::case::{Outcome, Stop};
use crate::cases::txn::actor::{Actor, Asking, Style, coordinator};
use crate::requests::{self, TOP_CODE};
use crate::run::Run;

/// The first version that can tell who one was.
const WITH_IDENTITY: i16 = 3;
/// The first version that says that a producer is fenced.
const WITH_FENCED: i16 = 4;

pub(super) fn empty_id(run: &mut Run) -> Outcome {
    for version in run.usable(ApiKey::InitProducerId)?.iter() {
        let mut c = run.connect()?;
        let answer = c.ask(version, &requests::init_producer(Some(""), 60_000))?;
        run.expect.code(&answer, TOP_CODE, 42);
        run.expect.eq("producer id", answer.int("/producerId"), Some(-1));
    }
    Ok(())
}

pub(super) fn timeouts(run: &mut Run, timeouts: &[i32]) -> Outcome {
    let id = run.name("txn");
    let mut c = coordinator(run, &id, 1)?;
    let notes = run.notes.clone();
    for version in run.usable(ApiKey::InitProducerId)?.iter() {
        for timeout in timeouts {
            let request = requests::init_producer(Some(&id), *timeout);
            let note = format!("timeout{timeout}");
            let asking = Asking { conn: &mut c, notes: &notes, note: &note };
            let answer = asking.settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, 50);
            // Without a transactional id there is no transaction that could time out.
            let request = requests::init_producer(None, *timeout);
            let note = format!("{note}-without-id");
            let asking = Asking { conn: &mut c, notes: &notes, note: &note };
            let answer = asking.settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, 0);
        }
    }
    Ok(())
}

/// The versions that can tell who one was.
fn identity_versions(run: &Run) -> Result<Vec<i16>, Stop> {
    let all = run.usable(ApiKey::InitProducerId)?;
    let found: Vec<i16> = all.iter().filter(|version| *version >= WITH_IDENTITY).collect();
    if found.is_empty() {
        return Err(Stop::Skipped("InitProducerId v3 is not advertised".into()));
    }
    Ok(found)
}

pub(super) fn half_an_identity(run: &mut Run) -> Outcome {
    let id = run.name("txn");
    let mut c = coordinator(run, &id, 1)?;
    let notes = run.notes.clone();
    for version in identity_versions(run)? {
        for (note, pid, epoch) in [("no-epoch", 7, -1), ("no-producer-id", -1, 7)] {
            for id in [Some(&*id), None] {
                let mut request = requests::init_producer(id, 60_000);
                request.producer_id = ProducerId(pid);
                request.producer_epoch = Epoch(epoch);
                let note = if id.is_some() { note.to_owned() } else { format!("{note}-nor-id") };
                let asking = Asking { conn: &mut c, notes: &notes, note: &note };
                let answer = asking.settled(version, &request, TOP_CODE)?;
                run.expect.code(&answer, TOP_CODE, 42);
            }
        }
    }
    Ok(())
}

pub(super) fn anothers_identity(run: &mut Run, is_new: bool) -> Outcome {
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    let wrong = [
        ("another-producer", actor.pid + 1_000_000, actor.epoch),
        ("a-later-epoch", actor.pid, actor.epoch + 5),
    ];
    for version in identity_versions(run)? {
        if (version >= WITH_FENCED) != is_new {
            continue;
        }
        for (note, pid, epoch) in &wrong {
            let id = actor.id.clone();
            let mut request = requests::init_producer(Some(&id), 60_000);
            request.producer_id = ProducerId(*pid);
            request.producer_epoch = Epoch(*epoch);
            let answer = actor.asking(note).settled(version, &request, TOP_CODE)?;
            run.expect.code(&answer, TOP_CODE, if is_new { 90 } else { 47 });
        }
    }
    Ok(())
}
