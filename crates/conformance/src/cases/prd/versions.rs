//! What each version of Produce carries.

use klamm_protocol::ApiKey;
use klamm_wire::{TopicId, Uuid};

use crate::answer::Answer;
use crate::batch::{Batch, Item};
use crate::case::Outcome;
use crate::requests::{self, CODE};
use crate::run::Run;
use crate::topics::Topic;

/// An id that no topic has.
pub(super) const NOBODYS: TopicId =
    TopicId(Uuid::from_u128(0x6b6c_616d_6d00_4000_8000_0000_0000_0002));
/// The first partition of an answer.
const PARTITION: &str = "/responses/0/partitionResponses/0";
/// A time long ago.
const LONG_AGO: i64 = 1_000_000_000_000;

pub(super) fn same_record(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    let item = Item { headers: vec![("h".into(), None)], ..Item::pair(b"key", b"value") };
    let batch = Batch::items(vec![item.clone()]).build()?.bytes();
    for version in versions.iter() {
        let mut c = run.connect_leader(&topic, 0)?;
        let answer = c.ask(version, &requests::produce(&topic, &[(0, batch.clone())]))?;
        run.expect.code(&answer, CODE, 0);
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("records", log.records().count(), versions.iter().count());
    for record in log.records() {
        let same = record.key == item.key
            && record.value == item.value
            && record.headers == [(b"h".to_vec(), None)];
        run.expect.that(&format!("record {} as it was sent", record.offset), same);
    }
    Ok(())
}

pub(super) fn by_id(run: &mut Run, id: TopicId) -> Outcome {
    let version = run.version(ApiKey::Produce, 13)?;
    let topic = Topic { name: String::new(), id, leaders: Vec::new() };
    let mut c = run.connect()?;
    let batch = Batch::of(&["a"]).build()?.into();
    let answer = c.ask(version, &requests::produce(&topic, &[(0, batch)]))?;
    run.expect.code(&answer, CODE, 100);
    Ok(())
}

pub(super) fn fields(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic_with("compacted", 1, &[("cleanup.policy", "compact")])?;
    let good = Batch::items(vec![Item::pair(b"k", b"v")]).build()?.bytes();
    let bad = Batch::of(&["no key"]).build()?.bytes();
    for version in versions.iter() {
        let mut c = run.connect_leader(&topic, 0)?;
        let request = requests::produce(&topic, &[(0, good.clone())]);
        let answer = c.note("good").ask(version, &request)?;
        run.expect.code(&answer, CODE, 0);
        to_the_end(run, &answer, version);
        let start = answer.int(&format!("{PARTITION}/logStartOffset"));
        run.expect.eq(&format!("v{version} start"), start, (version >= 5).then_some(0));
        let request = requests::produce(&topic, &[(0, bad.clone())]);
        let answer = c.note("bad").ask(version, &request)?;
        run.expect.code(&answer, CODE, 87);
        to_the_end(run, &answer, version);
        let refused = answer.list(&format!("{PARTITION}/recordErrors"));
        let index = refused.first().and_then(|entry| entry.get("batchIndex")?.as_i64());
        run.expect.eq(&format!("v{version} index"), index, (version >= 8).then_some(0));
    }
    Ok(())
}

fn to_the_end(run: &mut Run, answer: &Answer, version: i16) {
    let trailing = answer.reply().map(|reply| reply.trailing);
    run.expect.eq(&format!("v{version} bytes behind"), trailing, Some(0));
}

pub(super) fn append_time(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    for kind in ["LogAppendTime", "CreateTime"] {
        let topic = run.topic_with(kind, 1, &[("message.timestamp.type", kind)])?;
        let mut c = run.connect_leader(&topic, 0)?;
        let batch = Batch::of(&["a"]).at(LONG_AGO).build()?.into();
        let answer = c.note(kind).ask(version, &requests::produce(&topic, &[(0, batch)]))?;
        run.expect.code(&answer, CODE, 0);
        let told = answer.int(&format!("{PARTITION}/logAppendTimeMs"));
        let stored = run.log(&topic, 0)?.records().next().map(|record| record.timestamp);
        if kind == "CreateTime" {
            run.expect.eq("the time that is told", told, Some(-1));
            run.expect.eq("the time that is stored", stored, Some(LONG_AGO));
        } else {
            run.expect.eq("the time that is told", told, stored);
            run.expect.that("it is a later one", stored > Some(LONG_AGO));
        }
    }
    Ok(())
}
