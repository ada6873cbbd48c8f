//! The answer as a whole: which topics, which brokers, which leaders.

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::metadata::MetadataRequest;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::case::Outcome;
use crate::requests::{self, TOP_CODE};
use crate::run::Run;
use crate::topics::endpoint;

/// The names of the topics that this case made.
fn own(run: &Run, answer: &Answer) -> Vec<String> {
    let names = answer.list("/topics").iter().filter_map(|topic| topic.get("name")?.as_str());
    let own = names.filter(|name| name.starts_with(&run.name("")));
    let mut own: Vec<String> = own.map(str::to_owned).collect();
    own.sort();
    own
}

/// Asks for `topics` in a version and records which of this case's topics are told.
fn listed(
    run: &mut Run,
    version: i16,
    topics: Option<()>,
) -> Result<Vec<String>, crate::case::Stop> {
    let mut c = run.connect()?.unrecorded();
    let request = MetadataRequest { topics: topics.map(|()| Vec::new()), ..Default::default() };
    let answer = c.ask(version, &request)?;
    run.expect.answered(&answer);
    let own = own(run, &answer);
    run.notes.step(&format!("Metadata.v{version}"), json!({"own": own, "came": answer.kind()}));
    Ok(own)
}

pub(super) fn null_is_all(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    for version in run.usable(ApiKey::Metadata)?.iter().filter(|version| *version > 0) {
        let own = listed(run, version, None)?;
        run.expect.eq(&format!("own topics in v{version}"), own, vec![topic.name.clone()]);
    }
    Ok(())
}

pub(super) fn empty_is_none(run: &mut Run) -> Outcome {
    run.topic("orders", 1)?;
    for version in run.usable(ApiKey::Metadata)?.iter().filter(|version| *version > 0) {
        let own = listed(run, version, Some(()))?;
        run.expect.eq(&format!("own topics in v{version}"), own, Vec::new());
    }
    Ok(())
}

pub(super) fn empty_was_all(run: &mut Run) -> Outcome {
    let version = run.version(ApiKey::Metadata, 0)?;
    let topic = run.topic("orders", 1)?;
    let own = listed(run, version, Some(()))?;
    run.expect.eq("own topics", own, vec![topic.name]);
    Ok(())
}

pub(super) fn addresses_serve(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.that("there is a broker", !answer.list("/brokers").is_empty());
    let ids = answer.list("/brokers").iter().filter_map(|broker| broker.get("nodeId")?.as_i64());
    for id in ids.collect::<Vec<_>>() {
        let address = endpoint(&answer, id).unwrap_or_default();
        let mut c = run.connect_to(&address)?.brief();
        let versions = c.ask(0, &ApiVersionsRequest::default())?;
        run.expect.code(&versions, TOP_CODE, 0);
    }
    Ok(())
}

pub(super) fn structure(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 3)?;
    for version in run.usable(ApiKey::Metadata)?.iter() {
        let mut c = run.connect()?;
        let answer = c.ask(version, &requests::metadata(&[&topic.name]))?;
        run.expect.answered(&answer);
        check_partitions(run, &answer, version);
        if version >= 2 {
            let cluster = answer.text("/clusterId").unwrap_or_default();
            run.expect.that(&format!("v{version} has a cluster id"), !cluster.is_empty());
        }
        if version >= 10 {
            let id = answer.text("/topics/0/topicId").unwrap_or_default().to_owned();
            run.expect.eq(&format!("v{version} id"), id, topic.id.to_string());
        }
    }
    Ok(())
}

fn check_partitions(run: &mut Run, answer: &Answer, version: i16) {
    let int = |partition: &Value, field: &str| partition.get(field).and_then(Value::as_i64);
    let partitions = answer.list("/topics/0/partitions");
    let mut indexes: Vec<_> = partitions.iter().map(|p| int(p, "partitionIndex")).collect();
    indexes.sort_unstable();
    run.expect.eq(&format!("v{version} partitions"), indexes, vec![Some(0), Some(1), Some(2)]);
    for partition in partitions {
        let leader = int(partition, "leaderId").unwrap_or(-1);
        let coded = int(partition, "errorCode") != Some(0);
        let known = endpoint(answer, leader).is_some();
        run.expect.that(&format!("v{version} leader {leader} is listed"), known || coded);
    }
}

pub(super) fn epochs_never_fall(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 2)?;
    for version in run.usable(ApiKey::Metadata)?.iter().filter(|version| *version >= 7) {
        let mut c = run.connect()?;
        let request = requests::metadata(&[&topic.name]);
        let (first, second) = (c.ask(version, &request)?, c.ask(version, &request)?);
        let (before, after) = (epochs(&first), epochs(&second));
        run.expect.eq("partitions", after.len(), 2);
        let kept = before.iter().zip(&after).all(|(before, after)| before <= after);
        run.expect.that(&format!("v{version}: {before:?} to {after:?}"), kept);
    }
    Ok(())
}

/// Partition and leader epoch of each partition, in the order of the partitions.
fn epochs(answer: &Answer) -> Vec<(i64, i64)> {
    let int = |partition: &Value, field: &str| partition.get(field)?.as_i64();
    let partitions = answer.list("/topics/0/partitions").iter();
    let pair =
        |partition| Some((int(partition, "partitionIndex")?, int(partition, "leaderEpoch")?));
    let mut epochs: Vec<_> = partitions.filter_map(pair).collect();
    epochs.sort_unstable();
    epochs
}
