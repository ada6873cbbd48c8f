//! Batches that come again.

use klamm_wire::ErrorCode;
use serde_json::json;

use crate::answer::Asked;
use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::cases::pid::ids::{Writer, each_version, stored_at};
use crate::conn::Conn;
use crate::requests::{self, BASE_OFFSET, CODE};
use crate::run::Run;

/// How many batches the first writes are.
const WRITTEN: i32 = 7;
/// Values of two records for each of the batches.
const VALUES: [[&str; 2]; 7] =
    [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"], ["i", "j"], ["k", "l"], ["m", "n"]];

/// Writes all batches once.
fn write_all(run: &mut Run, writer: &mut Writer) -> Outcome {
    for (index, values) in (0..).zip(&VALUES) {
        writer.stored(run, index * 2, values, i64::from(index * 2))?;
    }
    Ok(())
}

/// The log holds all batches once.
fn all_once(run: &mut Run, writer: &Writer) -> Outcome {
    writer.holds(run, VALUES.as_flattened())
}

pub(super) fn last(run: &mut Run, known: i32) -> Outcome {
    each_version(run, 1, |run, writer| {
        write_all(run, writer)?;
        for (index, values) in (0..).zip(&VALUES).skip_while(|(i, _)| *i < WRITTEN - known) {
            let answer = writer.send("again", 0, index * 2, values)?;
            stored_at(run, &answer, i64::from(index * 2));
        }
        all_once(run, writer)?;
        // What is known may come a third time, and the sequence goes on behind it.
        let [.., values] = &VALUES;
        let answer = writer.send("third", 0, 12, values)?;
        stored_at(run, &answer, 12);
        writer.stored(run, 14, &["o"], 14)
    })
}

pub(super) fn sixth(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        write_all(run, writer)?;
        for (index, values) in (0..).zip(&VALUES).take(2) {
            let answer = writer.send("forgotten", 0, index * 2, values)?;
            if answer.code(CODE) == Some(ErrorCode(46)) {
                run.expect.differs("duplicate-sequence");
            } else {
                run.expect.code(&answer, CODE, 45);
            }
        }
        all_once(run, writer)
    })
}

pub(super) fn other_count(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        write_all(run, writer)?;
        for (note, sequence, values) in [
            ("fewer", 12, &["m"][..]),
            ("more", 12, &["m", "n", "o"][..]),
            ("the-second-record", 13, &["n"][..]),
            ("two-batches-in-one", 10, &["k", "l", "m", "n"][..]),
            ("across-two", 11, &["l", "m"][..]),
            ("earlier-and-longer", 8, &["i", "j", "k"][..]),
        ] {
            let answer = writer.send(note, 0, sequence, values)?;
            run.expect.code(&answer, CODE, 45);
        }
        all_once(run, writer)
    })
}

pub(super) fn after_a_cut(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        let mut old = run.connect_leader(&writer.topic, writer.partition)?.unrecorded();
        let [values @ .., _, _] = &VALUES;
        pipelined(&mut old, writer, values)?;
        drop(old);
        // What arrived before the cut is answered with its time, and what did not is not.
        let mut again = run.connect_leader(&writer.topic, writer.partition)?.unrecorded();
        let asked = pipelined(&mut again, writer, values)?;
        for (offset, asked) in (0..).step_by(2).zip(&asked) {
            let answer = again.receive(asked);
            stored_at(run, &answer, offset);
            run.notes.step(&format!("again.v{}", writer.version), json!(answer.int(BASE_OFFSET)));
        }
        writer.holds(run, values.as_flattened())
    })
}

/// Sends batches without waiting.
fn pipelined(conn: &mut Conn, writer: &Writer, batches: &[[&str; 2]]) -> Result<Vec<Asked>, Stop> {
    let mut asked = Vec::new();
    for (index, values) in (0..).zip(batches) {
        let batch = Batch::of(values).stamped(writer.pid, 0, index * 2).build()?.into();
        let request = requests::produce(&writer.topic, &[(writer.partition, batch)]);
        asked.push(conn.send(writer.version, &request)?);
    }
    Ok(asked)
}
