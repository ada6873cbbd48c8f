//! Epochs of a producer, which a producer without transactions may raise by itself.

use crate::case::Outcome;
use crate::cases::pid::ids::{Writer, each_version, stored_at};
use crate::requests::CODE;
use crate::run::Run;

pub(super) fn old(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        writer.stored(run, 0, &["a"], 0)?;
        let answer = writer.send("epoch-2", 2, 0, &["b"])?;
        stored_at(run, &answer, 1);
        for (note, epoch, sequence) in [("again", 0, 0), ("next", 0, 1), ("between", 1, 0)] {
            let answer = writer.send(note, epoch, sequence, &["refused"])?;
            run.expect.code(&answer, CODE, 47);
        }
        writer.holds(run, &["a", "b"])
    })
}

pub(super) fn new(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        writer.stored(run, 0, &["a"], 0)?;
        writer.stored(run, 1, &["b"], 1)?;
        for (epoch, sequence, offset) in [(1, 0, 2), (1, 1, 3), (7, 0, 4), (7, 0, 4)] {
            let value = format!("{epoch}-{sequence}");
            let answer = writer.send("new", epoch, sequence, &[&value])?;
            stored_at(run, &answer, offset);
        }
        writer.holds(run, &["a", "b", "1-0", "1-1", "7-0"])
    })
}

pub(super) fn new_with_a_gap(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        writer.stored(run, 0, &["a"], 0)?;
        for (note, sequence) in [("from-5", 5), ("from-1", 1)] {
            let answer = writer.send(note, 1, sequence, &["refused"])?;
            run.expect.code(&answer, CODE, 45);
        }
        // The refused epoch left no trace: the old one goes on.
        writer.stored(run, 1, &["b"], 1)?;
        writer.holds(run, &["a", "b"])
    })
}

pub(super) fn partitions_apart(run: &mut Run) -> Outcome {
    each_version(run, 2, |run, first| {
        let partition = first.partition + 1;
        let conn = run.connect_leader(&first.topic, partition)?;
        let (topic, pid, version) = (first.topic.clone(), first.pid, first.version);
        let mut second = Writer { conn, version, topic, partition, pid };
        first.stored(run, 0, &["a"], 0)?;
        second.stored(run, 0, &["x"], 0)?;
        let answer = first.send("raised", 1, 0, &["b"])?;
        stored_at(run, &answer, 1);
        second.stored(run, 1, &["y"], 1)?;
        first.holds(run, &["a", "b"])?;
        second.holds(run, &["x", "y"])
    })
}
