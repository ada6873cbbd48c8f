//! What a topic does not take: too much, or anything at all.

use std::thread::sleep;
use std::time::{Duration, Instant};

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_wire::TopicId;

use crate::batch::{Batch, Item};
use crate::case::{Outcome, Stop};
use crate::conn::PATIENCE;
use crate::requests::{self, CODE};
use crate::run::Run;
use crate::topics::Topic;

/// The setting `max.message.bytes` of the topic.
const LIMIT: usize = 2000;
/// The least segment that every broker allows.
const SEGMENT: usize = 1024 * 1024;
/// A topic of the broker's own.
const INTERNAL: &str = "__consumer_offsets";
/// The last version of Produce that names topics.
const BY_NAME: i16 = 12;

/// A batch of so many bytes, of one record.
fn batch_of(size: usize) -> Result<Bytes, Stop> {
    let batch = |len: usize| Batch::items(vec![Item::value(&vec![b'x'; len])]).build();
    let overhead = batch(size)?.len() - size;
    let exact = batch(size.saturating_sub(overhead))?;
    if exact.len() == size {
        return Ok(exact.into());
    }
    Err(Stop::Failed(format!("no batch has {size} bytes")))
}

pub(super) fn around_the_limit(run: &mut Run, above: usize) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let limit = LIMIT.to_string();
    let topic = run.topic_with("limited", 1, &[("max.message.bytes", &limit)])?;
    let batch = batch_of(LIMIT + above)?;
    for version in [versions.min, versions.max] {
        let mut c = run.connect_leader(&topic, 0)?;
        let answer = c.ask(version, &requests::produce(&topic, &[(0, batch.clone())]))?;
        run.expect.code(&answer, CODE, if above > 0 { 10 } else { 0 });
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, if above > 0 { 0 } else { 2 });
    Ok(())
}

pub(super) fn larger_than_a_segment(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let (segment, limit) = (SEGMENT.to_string(), (4 * SEGMENT).to_string());
    let configs = [("segment.bytes", &*segment), ("max.message.bytes", &*limit)];
    let topic = run.topic_with("segmented", 1, &configs)?;
    let mut c = run.connect_leader(&topic, 0)?;
    let request = requests::produce(&topic, &[(0, batch_of(2 * SEGMENT)?)]);
    let answer = c.ask(version, &request)?;
    run.expect.code(&answer, CODE, 18);
    let log = run.log(&topic, 0)?;
    run.expect.eq("the end of the log", log.end, 0);
    Ok(())
}

pub(super) fn internal_topic(run: &mut Run, as_admin: bool) -> Outcome {
    let version = run.newest(ApiKey::Produce, BY_NAME)?;
    make_internal(run)?;
    let topic = Topic { name: INTERNAL.into(), id: TopicId::ZERO, leaders: Vec::new() };
    // A key of a version that no coordinator knows, without a value: whoever loads it skips it.
    let item = Item { key: Some(vec![0x7f, 0xff]), ..Item::default() };
    let batch = Batch::items(vec![item]).build()?.into();
    let mut c = run.connect()?.unrecorded();
    if as_admin {
        c = c.with_client_id(Some("__admin_client"));
    }
    let answer = c.ask(version, &requests::produce(&topic, &[(0, batch)]))?;
    if as_admin {
        run.expect.remark(format!("as __admin_client: {:?}", answer.code(CODE)));
    } else {
        run.expect.code(&answer, CODE, 17);
    }
    run.notes.step("code", answer.int(CODE).into());
    Ok(())
}

/// A question for the coordinator of a group brings the topic of all groups into being.
fn make_internal(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::FindCoordinator, 3)?;
    let mut c = run.connect()?.unrecorded();
    let key = run.name("group");
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let request = FindCoordinatorRequest { key: key.as_str().into(), ..Default::default() };
        let answer = c.ask(version, &request)?;
        if answer.int("/errorCode") == Some(0) {
            return Ok(());
        }
        sleep(Duration::from_millis(100));
    }
    Err(Stop::Skipped("there are no groups".into()))
}
