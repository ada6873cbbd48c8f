//! Copies of requests that arrive when everything has moved on.

use crate::case::Outcome;
use crate::conn::Conn;
use crate::requests::{CODE, TOP_CODE};
use crate::run::Run;
use crate::topics::Topic;

use super::actor::{Actor, Asking, Style, is_settled};
use super::requests::end;

pub(super) fn of_an_end(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        for committed in [true, false] {
            let name = format!("{}-{}", style.name(), if committed { "commit" } else { "abort" });
            let topic = run.topic(&name, 1)?;
            let mut actor = Actor::begin(run, &name, style)?;
            actor.join(&topic, &[0])?;
            let answer = actor.write(&topic, 0, &["first"])?;
            run.expect.code(&answer, CODE, 0);
            let (id, who) = (actor.id.clone(), (actor.pid, actor.epoch));
            let answer = actor.end(committed)?;
            run.expect.code(&answer, TOP_CODE, 0);
            actor.join(&topic, &[0])?;
            let answer = actor.write(&topic, 0, &["second"])?;
            run.expect.code(&answer, CODE, 0);
            let version = actor.end_version;
            let answer =
                actor.asking("copy").settled(version, &end(&id, who, committed), TOP_CODE)?;
            if style == Style::Explicit {
                // Nothing tells the two transactions apart, so the copy ends the wrong one.
                run.expect.remark(format!("{name}: {:?}", answer.code(TOP_CODE)));
                run.log_when(&topic, 0, is_settled(4))?;
                continue;
            }
            run.expect.any_error(&answer, TOP_CODE);
            whole(run, &mut actor, &topic, committed)?;
        }
    }
    Ok(())
}

/// The second transaction goes on and is committed as a whole.
fn whole(run: &mut Run, actor: &mut Actor, topic: &Topic, first: bool) -> Outcome {
    let log = run.log(topic, 0)?;
    run.expect.eq("the second transaction is still open", log.stable, 2);
    let answer = actor.write(topic, 0, &["third"])?;
    run.expect.code(&answer, CODE, 0);
    let answer = actor.end(true)?;
    run.expect.code(&answer, TOP_CODE, 0);
    let log = run.committed_when(topic, 0, is_settled(5))?;
    let mut wanted = ["first", "second", "third"].map(str::to_owned).to_vec();
    wanted.drain(..usize::from(!first));
    run.expect.eq("visible", log.visible(), wanted);
    Ok(())
}

pub(super) fn of_a_write(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        for version in style.produce_versions(run)? {
            let name = format!("{}-{version}", style.name());
            let topic = run.topic(&name, 1)?;
            let mut actor = Actor::begin(run, &name, style)?;
            actor.produce_version = version;
            actor.join(&topic, &[0])?;
            let copy = actor.request(&topic, 0, 0, &["a"])?;
            let mut c = run.connect_leader(&topic, 0)?.unrecorded();
            let notes = run.notes.clone();
            let deliver = |run: &mut Run, conn: &mut Conn, note: &str, codes: &[i16]| {
                let asking = Asking { conn, notes: &notes, note };
                let answer = asking.settled(version, &copy, CODE)?;
                run.expect.code_in(&answer, CODE, codes);
                Ok::<_, crate::case::Stop>(())
            };
            deliver(run, &mut c, "first", &[0])?;
            let answer = actor.write_at(&topic, 0, 1, &["b"])?;
            run.expect.code(&answer, CODE, 0);
            let answer = actor.end(false)?;
            run.expect.code(&answer, TOP_CODE, 0);
            run.log_when(&topic, 0, is_settled(3))?;
            deliver(run, &mut c, "behind", &[47, 48, 120])?;
            actor.join(&topic, &[0])?;
            deliver(run, &mut c, "begun", if style == Style::Explicit { &[0] } else { &[47] })?;
            let next = if style == Style::Explicit { 2 } else { 0 };
            let answer = actor.write_at(&topic, 0, next, &["c"])?;
            // The refused copy may have left a mark: nothing behind its sequence may come first.
            let marked: &[i16] = if style == Style::Explicit { &[0, 45] } else { &[0] };
            run.expect.code_in(&answer, CODE, marked);
            let is_written = answer.int(CODE) == Some(0);
            deliver(run, &mut c, "within", if style == Style::Explicit { &[0] } else { &[47] })?;
            let answer = actor.end(true)?;
            run.expect.code(&answer, TOP_CODE, 0);
            let end = 4 + i64::from(is_written);
            let log = run.committed_when(&topic, 0, is_settled(end))?;
            let wanted: Vec<_> = is_written.then(|| "c".to_owned()).into_iter().collect();
            run.expect.eq("visible", log.visible(), wanted);
            run.expect.eq("the end of the log", log.end, end);
        }
    }
    Ok(())
}
