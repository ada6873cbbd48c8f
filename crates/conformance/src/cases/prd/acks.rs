//! Acknowledgements: one, all, none, and those that do not exist.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::TopicId;

use crate::batch::Batch;
use crate::case::Outcome;
use crate::conn::Raw;
use crate::requests::{self, BASE_OFFSET, CODE};
use crate::run::Run;
use crate::topics::Topic;

/// How long nothing must come to count as nothing.
const SILENCE: Duration = Duration::from_millis(500);
/// The last version that names topics.
const BY_NAME: i16 = 12;

pub(super) fn one_record(run: &mut Run, acks: i16) -> Outcome {
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

pub(super) fn without_answer(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = run.topic("orders", 1)?;
    let mut c = run.connect_leader(&topic, 0)?;
    let mut request = requests::produce(&topic, &[(0, Batch::of(&["a"]).build()?.into())]);
    request.acks = 0;
    c.send(version, &request)?;
    run.expect.that("nothing answers", c.read_frame(SILENCE) == Raw::Timeout);
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.answered(&answer);
    let log = run.log_when(&topic, 0, |log| log.end >= 1)?;
    run.expect.eq("the log", log.values(), vec!["a".to_owned()]);
    Ok(())
}

pub(super) fn without_answer_in_vain(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::Produce, BY_NAME)?;
    let name = run.name("nobody-made-this");
    let topic = Topic { name, id: TopicId::ZERO, leaders: Vec::new() };
    let mut c = run.connect()?;
    let mut request = requests::produce(&topic, &[(0, Batch::of(&["a"]).build()?.into())]);
    request.acks = 0;
    c.send(version, &request)?;
    let end = c.expect_closed();
    run.expect.ended("an error under acks 0", &end);
    Ok(())
}

pub(super) fn invalid(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = run.topic("orders", 1)?;
    for acks in [2, -2, i16::MAX] {
        let mut c = run.connect_leader(&topic, 0)?;
        let mut request = requests::produce(&topic, &[(0, Batch::of(&["a"]).build()?.into())]);
        request.acks = acks;
        let answer = c.note(&format!("acks{acks}")).ask(version, &request)?;
        run.expect.code(&answer, CODE, 21);
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, 0);
    Ok(())
}
