//! What a transaction shows to whom.

use klamm_protocol::ApiKey;

use crate::batch::Batch;
use crate::case::Outcome;
use crate::requests::{self, CODE, TOP_CODE};
use crate::run::Run;

use super::actor::{Actor, Style, is_settled};

pub(super) fn over_two_partitions(run: &mut Run, committed: bool) -> Outcome {
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 2)?;
        let mut actor = Actor::begin(run, style.name(), style)?;
        actor.join(&topic, &[0, 1])?;
        for (partition, values) in [(0, &["a", "b"][..]), (1, &["x"]), (0, &["c"])] {
            let answer = actor.write(&topic, partition, values)?;
            run.expect.code(&answer, CODE, 0);
        }
        let answer = actor.end(committed)?;
        run.expect.code(&answer, TOP_CODE, 0);
        for (partition, values) in [(0, &["a", "b", "c"][..]), (1, &["x"])] {
            let end = i64::try_from(values.len()).unwrap_or_default() + 1;
            let log = run.committed_when(&topic, partition, is_settled(end))?;
            let wanted = values.iter().map(|value| (*value).to_owned());
            let wanted: Vec<_> = wanted.filter(|_| committed).collect();
            run.expect.eq("visible", log.visible(), wanted);
            run.expect.eq("one marker behind the records", log.end, end);
            run.expect.eq("aborted", log.aborted.len(), usize::from(!committed));
            let log = run.log(&topic, partition)?;
            run.expect.eq("written", log.values().len(), values.len());
        }
    }
    Ok(())
}

pub(super) fn open_transaction(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    for style in Style::all(run) {
        let topic = run.topic(style.name(), 1)?;
        let mut actor = Actor::begin(run, style.name(), style)?;
        let mut c = run.connect_leader(&topic, 0)?;
        let mut plain = |value: &str| {
            let batch = Batch::of(&[value]).build()?.into();
            c.note("plain").ask(version, &requests::produce(&topic, &[(0, batch)]))
        };
        let before = plain("before")?;
        actor.join(&topic, &[0])?;
        let inside = actor.write(&topic, 0, &["inside"])?;
        let behind = plain("behind")?;
        for answer in [&before, &inside, &behind] {
            run.expect.code(answer, CODE, 0);
        }
        let log = run.committed_when(&topic, 0, |log| log.end >= 3)?;
        run.expect.eq("visible", log.visible(), vec!["before".to_owned()]);
        run.expect.eq("stable end", log.stable, 1);
        run.expect.eq("end", log.end, 3);
        let answer = actor.end(true)?;
        run.expect.code(&answer, TOP_CODE, 0);
        let log = run.committed_when(&topic, 0, is_settled(4))?;
        let wanted = ["before", "inside", "behind"].map(str::to_owned).to_vec();
        run.expect.eq("visible", log.visible(), wanted);
    }
    Ok(())
}
