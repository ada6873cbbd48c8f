//! Batches in order, with gaps, and of several producers.

use klamm_protocol::ApiKey;

use crate::batch::Batch;
use crate::case::Outcome;
use crate::cases::pid::ids::{Writer, each_version, fresh, stored_at};
use crate::cases::txn::actor::{Actor, Style};
use crate::requests::{self, BASE_OFFSET, CODE};
use crate::run::Run;

/// Out of order.
const OUT_OF_ORDER: i16 = 45;

pub(super) fn contiguous(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        writer.stored(run, 0, &["a"], 0)?;
        writer.stored(run, 1, &["b"], 1)?;
        writer.stored(run, 2, &["c", "d"], 2)?;
        writer.stored(run, 4, &["e"], 4)?;
        writer.holds(run, &["a", "b", "c", "d", "e"])
    })
}

pub(super) fn gap(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        writer.stored(run, 0, &["a"], 0)?;
        for (note, sequence) in [("gap-of-one", 2), ("gap", 6), ("far", 1 << 30)] {
            let answer = writer.send(note, 0, sequence, &["refused"])?;
            run.expect.code(&answer, CODE, OUT_OF_ORDER);
            run.expect.eq("base offset", answer.int(BASE_OFFSET), Some(-1));
        }
        writer.holds(run, &["a"])?;
        writer.stored(run, 1, &["b"], 1)?;
        writer.holds(run, &["a", "b"])
    })
}

pub(super) fn unknown_producer(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        let answer = writer.send("first-is-7", 0, 7, &["a"])?;
        run.expect.remark(format!("v{}: {:?}", writer.version, answer.code(CODE)));
        let answer = writer.send("then-8", 0, 8, &["b"])?;
        run.expect.remark(format!("v{} then: {:?}", writer.version, answer.code(CODE)));
        run.log(&writer.topic, writer.partition).map(|_| ())
    })?;
    for style in Style::all(run) {
        for version in style.produce_versions(run)? {
            let topic = run.topic(&format!("in-{}-{version}", style.name()), 1)?;
            let mut actor = Actor::begin(run, &format!("{}-{version}", style.name()), style)?;
            actor.produce_version = version;
            actor.join(&topic, &[0])?;
            let answer = actor.write_at(&topic, 0, 7, &["a"])?;
            let code = answer.code(CODE);
            run.expect.remark(format!("{} v{version}: {code:?}", style.name()));
            actor.end(false)?;
            run.log_when(&topic, 0, |log| log.stable == log.end)?;
        }
    }
    Ok(())
}

pub(super) fn partitions_apart(run: &mut Run) -> Outcome {
    each_version(run, 2, |run, first| {
        let partition = first.partition + 1;
        let conn = run.connect_leader(&first.topic, partition)?;
        let (topic, pid, version) = (first.topic.clone(), first.pid, first.version);
        let mut second = Writer { conn, version, topic, partition, pid };
        first.stored(run, 0, &["a"], 0)?;
        second.stored(run, 0, &["x"], 0)?;
        let answer = first.send("gap", 0, 2, &["refused"])?;
        run.expect.code(&answer, CODE, OUT_OF_ORDER);
        second.stored(run, 1, &["y"], 1)?;
        first.stored(run, 1, &["b"], 1)?;
        first.holds(run, &["a", "b"])?;
        second.holds(run, &["x", "y"])
    })
}

pub(super) fn producers_apart(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, first| {
        let pid = fresh(run)?;
        let conn = run.connect_leader(&first.topic, first.partition)?;
        let (topic, version, partition) = (first.topic.clone(), first.version, first.partition);
        let mut second = Writer { conn, version, topic, partition, pid };
        first.stored(run, 0, &["a"], 0)?;
        second.stored(run, 0, &["x"], 1)?;
        first.stored(run, 1, &["b"], 2)?;
        let answer = second.send("gap", 0, 2, &["refused"])?;
        run.expect.code(&answer, CODE, OUT_OF_ORDER);
        second.stored(run, 1, &["y"], 3)?;
        first.stored(run, 0, &["a"], 0)?;
        first.holds(run, &["a", "x", "b", "y"])
    })
}

pub(super) fn nobody(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    let mut c = run.connect_leader(&topic, 0)?;
    let batch = Batch::of(&["a"]).stamped(-1, -1, -1).build()?.bytes();
    let twice = versions.iter().flat_map(|version| [version; 2]);
    let mut count = 0;
    for (offset, version) in (0..).zip(twice) {
        let answer = c.ask(version, &requests::produce(&topic, &[(0, batch.clone())]))?;
        stored_at(run, &answer, offset);
        count = offset + 1;
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, count);
    Ok(())
}
