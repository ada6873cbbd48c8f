//! Partitions that cannot be added to a transaction.

use klamm_protocol::ApiKey;

use crate::case::{Outcome, Stop};
use crate::requests::TOP_CODE;
use crate::run::Run;

use super::actor::{ADD_CODE, Actor, Style};
use super::requests::{add, end};

/// The last version for clients.
const FOR_CLIENTS: i16 = 3;
/// The first version that says that a producer is fenced.
const WITH_FENCED: i16 = 2;

/// The versions for clients.
fn versions(run: &Run) -> Result<Vec<i16>, Stop> {
    let all = run.usable(ApiKey::AddPartitionsToTxn)?;
    Ok(all.iter().filter(|version| *version <= FOR_CLIENTS).collect())
}

/// Nothing was added: there is no transaction to commit.
fn nothing_was_added(run: &mut Run, actor: &mut Actor) -> Outcome {
    let (id, who) = (actor.id.clone(), (actor.pid, actor.epoch));
    let version = actor.end_version;
    let answer = actor.asking("nothing").settled(version, &end(&id, who, true), TOP_CODE)?;
    run.expect.code(&answer, TOP_CODE, 48);
    Ok(())
}

pub(super) fn unknown_topic(run: &mut Run) -> Outcome {
    let topic = run.topic("known", 2)?;
    let unknown = run.name("nobody-made-this");
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    for version in versions(run)? {
        for (note, name, partitions, code) in [
            ("unknown-topic", &unknown, &[0][..], 3),
            ("unknown-partition", &topic.name, &[0, 7][..], 3),
        ] {
            let (id, who) = (actor.id.clone(), (actor.pid, actor.epoch));
            let mut topics = vec![(&*topic.name, &[0, 1][..]), (&**name, partitions)];
            if name == &topic.name {
                topics.remove(0);
            }
            let request = add(&id, who, &topics);
            let answer = actor.asking(note).once(version, &request)?;
            let mut codes = codes(&answer);
            codes.sort_unstable();
            let mut wanted = vec![code, 55];
            wanted.resize(if name == &topic.name { 2 } else { 3 }, 55);
            run.expect.eq(&format!("v{version} {note}"), codes, wanted);
        }
    }
    nothing_was_added(run, &mut actor)
}

/// The code of every partition.
fn codes(answer: &crate::answer::Answer) -> Vec<i64> {
    let topics = answer.list("/resultsByTopicV3AndBelow").iter();
    let partitions = topics.filter_map(|topic| topic.get("resultsByPartition")?.as_array());
    let codes = partitions.flatten().filter_map(|entry| entry.get("partitionErrorCode")?.as_i64());
    codes.collect()
}

pub(super) fn another_producer(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    let nobody = run.name("nobody");
    for version in versions(run)? {
        let (id, who) = (actor.id.clone(), (actor.pid + 1_000_000, actor.epoch));
        let request = add(&id, who, &[(&topic.name, &[0])]);
        let answer = actor.asking("another-producer").once(version, &request)?;
        run.expect.code(&answer, ADD_CODE, 49);
        let request = add(&nobody, (actor.pid, actor.epoch), &[(&topic.name, &[0])]);
        let answer = actor.asking("unknown-id").once(version, &request)?;
        run.expect.code(&answer, ADD_CODE, 49);
        let request = add("", (actor.pid, actor.epoch), &[(&topic.name, &[0])]);
        let answer = actor.asking("empty-id").once(version, &request)?;
        run.expect.code(&answer, ADD_CODE, 42);
    }
    nothing_was_added(run, &mut actor)
}

pub(super) fn another_epoch(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let old = Actor::begin(run, "txn", Style::Explicit)?;
    let mut actor = Actor::begin(run, "txn", Style::Explicit)?;
    for version in versions(run)? {
        for (note, epoch) in [("earlier", old.epoch), ("later", actor.epoch + 1)] {
            let (id, who) = (actor.id.clone(), (actor.pid, epoch));
            let request = add(&id, who, &[(&topic.name, &[0])]);
            let answer = actor.asking(note).once(version, &request)?;
            let wanted = if version < WITH_FENCED { 47 } else { 90 };
            run.expect.code(&answer, ADD_CODE, wanted);
        }
    }
    nothing_was_added(run, &mut actor)
}
