//! The end of the sequence, behind which it begins again.

use klamm_wire::ErrorCode;

use crate::case::{Outcome, Stop};
use crate::cases::pid::ids::{Writer, each_version, stored_at};
use crate::requests::CODE;
use crate::run::Run;

/// A producer that nobody remembers begins shortly before the end, where that is allowed.
fn begin(run: &mut Run, writer: &mut Writer, sequence: i32) -> Outcome {
    let answer = writer.send("begin", 0, sequence, &["a"])?;
    if [Some(ErrorCode(45)), Some(ErrorCode(59))].contains(&answer.code(CODE)) {
        return Err(Stop::Skipped("a producer must begin at 0, and the end is far".into()));
    }
    stored_at(run, &answer, 0);
    Ok(())
}

pub(super) fn around(run: &mut Run) -> Outcome {
    each_version(run, 1, |run, writer| {
        begin(run, writer, i32::MAX)?;
        let answer = writer.send("one-is-a-gap", 0, 1, &["refused"])?;
        run.expect.code(&answer, CODE, 45);
        writer.stored(run, 0, &["b"], 1)?;
        writer.stored(run, 1, &["c"], 2)?;
        let answer = writer.send("again", 0, i32::MAX, &["a"])?;
        stored_at(run, &answer, 0);
        writer.holds(run, &["a", "b", "c"])
    })
}

pub(super) fn across(run: &mut Run, again: bool) -> Outcome {
    each_version(run, 1, |run, writer| {
        begin(run, writer, i32::MAX - 2)?;
        let spanning = ["b", "c", "d", "e"];
        writer.stored(run, i32::MAX - 1, &spanning, 1)?;
        if again {
            let answer = writer.send("again", 0, i32::MAX - 1, &spanning)?;
            stored_at(run, &answer, 1);
            let answer = writer.send("shorter", 0, i32::MAX - 1, &["b"])?;
            run.expect.code(&answer, CODE, 45);
        }
        writer.stored(run, 2, &["f"], 5)?;
        if again {
            let answer = writer.send("again", 0, i32::MAX - 1, &spanning)?;
            stored_at(run, &answer, 1);
        }
        writer.holds(run, &["a", "b", "c", "d", "e", "f"])
    })
}
