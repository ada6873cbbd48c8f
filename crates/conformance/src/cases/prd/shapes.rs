//! Requests of unusual shapes: parts that are missing, doubled, empty or many.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::produce::ProduceRequest;
use serde_json::Value;

use crate::answer::Answer;
use crate::batch::Batch;
use crate::case::Outcome;
use crate::requests::{self, CODE};
use crate::run::Run;

/// How long nothing must come to count as nothing.
const SILENCE: Duration = Duration::from_secs(3);

/// Number and code of each partition, in whichever part of the answer it stands.
fn codes(answer: &Answer) -> Vec<(i64, i64)> {
    let partitions = |topic: &'_ Value| topic.get("partitionResponses")?.as_array().cloned();
    let entries = answer.list("/responses").iter().filter_map(partitions).flatten();
    let int = |entry: &Value, field: &str| entry.get(field)?.as_i64();
    let pair = |entry: Value| Some((int(&entry, "index")?, int(&entry, "errorCode")?));
    let mut codes: Vec<_> = entries.filter_map(pair).collect();
    codes.sort_unstable();
    codes
}

pub(super) fn one_of_two(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    for version in [versions.min, versions.max] {
        let batch = Batch::of(&["a"]).build()?.bytes();
        let mut c = run.connect_leader(&topic, 0)?;
        let request = requests::produce(&topic, &[(0, batch.clone()), (7, batch)]);
        let answer = c.ask(version, &request)?;
        run.expect.answered(&answer);
        run.expect.eq(&format!("v{version} codes"), codes(&answer), vec![(0, 0), (7, 3)]);
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, 2);
    Ok(())
}

pub(super) fn null_records(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    for version in [versions.min, versions.max] {
        let mut request = requests::produce(&topic, &[(0, Bytes::new())]);
        for data in request.topic_data.iter_mut().flat_map(|topic| &mut topic.partition_data) {
            data.records = None;
        }
        let mut c = run.connect_leader(&topic, 0)?.with_patience(SILENCE);
        let answer = c.ask(version, &request)?;
        match answer {
            Answer::Closed => run.expect.differs("closed-for-null-records"),
            Answer::Timeout => run.expect.remark(format!("v{version}: no answer at all")),
            Answer::Frame(_) | Answer::Malformed(_) => run.expect.any_error(&answer, CODE),
        }
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, 0);
    Ok(())
}

pub(super) fn no_bytes(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    for version in [versions.min, versions.max] {
        let mut c = run.connect_leader(&topic, 0)?;
        let answer = c.ask(version, &requests::produce(&topic, &[(0, Bytes::new())]))?;
        run.expect.code(&answer, CODE, 87);
    }
    Ok(())
}

pub(super) fn no_topics(run: &mut Run) -> Outcome {
    for version in run.usable(ApiKey::Produce)?.iter() {
        let mut c = run.connect()?;
        let request = ProduceRequest { acks: -1, timeout_ms: 1000, ..ProduceRequest::default() };
        let answer = c.ask(version, &request)?;
        run.expect.answered(&answer);
        run.expect.eq("topics", answer.list("/responses").len(), 0);
    }
    Ok(())
}

pub(super) fn one_partition_twice(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    let (first, second) = (Batch::of(&["first"]).build()?, Batch::of(&["second"]).build()?);
    let request = requests::produce(&topic, &[(0, first.into()), (0, second.into())]);
    let mut c = run.connect_leader(&topic, 0)?;
    let answer = c.ask(versions.max, &request)?;
    let log = run.log(&topic, 0)?;
    run.expect.remark(format!("answers {:?}, log {:?}", codes(&answer), log.values()));
    Ok(())
}

pub(super) fn fifty_partitions(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = run.topic("orders", 50)?;
    let batch = Batch::of(&["a"]).build()?.bytes();
    // Where there are several brokers, each leads a share.
    for leader in topic.leaders.iter().collect::<BTreeSet<_>>() {
        let led = (0..50).zip(&topic.leaders).filter(|(_, other)| *other == leader);
        let batches: Vec<_> = led.map(|(partition, _)| (partition, batch.clone())).collect();
        let mut c = run.connect_to(leader)?;
        let answer = c.ask(version, &requests::produce(&topic, &batches))?;
        let wanted: Vec<(i64, i64)> = batches.iter().map(|(at, _)| (i64::from(*at), 0)).collect();
        run.expect.eq("codes", codes(&answer), wanted);
    }
    Ok(())
}

pub(super) fn transactional_without_id(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 2)?;
    let marked = Batch::of(&["a"]).stamped(1, 0, 0).transactional().build()?.bytes();
    let plain = Batch::of(&["a"]).build()?.bytes();
    for version in [versions.min, versions.max] {
        let mut c = run.connect_leader(&topic, 0)?;
        let request = requests::produce(&topic, &[(0, marked.clone()), (1, plain.clone())]);
        let answer = c.ask(version, &request)?;
        run.expect.answered(&answer);
        run.expect.eq(&format!("v{version} codes"), codes(&answer), vec![(0, 53), (1, 53)]);
    }
    let log = run.log(&topic, 1)?;
    run.expect.eq("the end of the plain partition", log.end, 0);
    Ok(())
}
