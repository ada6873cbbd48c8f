//! PRD: what Produce does with good and bad requests.

use klamm_protocol::ApiKey;

use crate::batch::Batch;
use crate::case::{Case, Level, Outcome};
use crate::requests::{self, BASE_OFFSET, CODE};
use crate::run::Run;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "PRD-01",
        level: Level::Must,
        title: "one record with acks 1",
        rule: "The record is appended at the end, its offset is told, and it can be read.",
        sources: &["PG"],
        needs: &[],
        run: |run| one_record(run, 1),
    },
    Case {
        id: "PRD-02",
        level: Level::Must,
        title: "one record with acks -1",
        rule: "The record is appended at the end, its offset is told, and it can be read.",
        sources: &["PG"],
        needs: &[],
        run: |run| one_record(run, -1),
    },
];

fn one_record(run: &mut Run, acks: i16) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = run.topic("orders", 1)?;
    let mut c = run.connect_leader(&topic, 0)?;
    for (offset, value) in (0..).zip(["a", "b"]) {
        let mut request = requests::produce(&topic, &[(0, Batch::of(&[value]).build()?.into())]);
        request.acks = acks;
        let answer = c.ask(version, &request)?;
        run.expect.code(&answer, CODE, 0);
        run.expect.eq("base offset", answer.int(BASE_OFFSET), Some(offset));
    }
    let log = run.log_when(&topic, 0, |log| log.end >= 2)?;
    run.expect.eq("the log", log.values(), vec!["a".to_owned(), "b".to_owned()]);
    Ok(())
}
