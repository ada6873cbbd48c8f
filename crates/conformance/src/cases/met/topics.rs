//! Topics asked for one by one: unknown, invalid, twice, by id.

use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_wire::{TopicId, Uuid};
use serde_json::json;

use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::requests;
use crate::run::Run;

/// The code of the first topic.
const TOPIC_CODE: &str = "/topics/0/errorCode";
/// How long a topic may take to appear.
const APPEARANCE: Duration = Duration::from_secs(30);
/// An id that no topic has.
const NOBODYS: TopicId = TopicId(Uuid::from_u128(0x6b6c_616d_6d00_4000_8000_0000_0000_0001));

fn by_id(id: TopicId, name: Option<&str>) -> MetadataRequest<'static> {
    MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            topic_id: id,
            name: name.map(|name| name.to_owned().into()),
            ..MetadataRequestTopic::default()
        }]),
        allow_auto_topic_creation: false,
        ..MetadataRequest::default()
    }
}

pub(super) fn not_made(run: &mut Run) -> Outcome {
    let name = run.name("nobody-made-this");
    for version in run.usable(ApiKey::Metadata)?.iter().filter(|version| *version >= 4) {
        let mut c = run.connect()?;
        let request =
            MetadataRequest { allow_auto_topic_creation: false, ..requests::metadata(&[&name]) };
        for note in ["first", "again"] {
            let answer = c.note(note).ask(version, &request)?;
            run.expect.code(&answer, TOPIC_CODE, 3);
        }
    }
    Ok(())
}

pub(super) fn made_on_demand(run: &mut Run) -> Outcome {
    let name = run.name("made-on-demand");
    let version = run.newest(ApiKey::Metadata, 12)?;
    run.remove_at_the_end(&name);
    let mut c = run.connect()?.unrecorded();
    let until = Instant::now() + APPEARANCE;
    let last = loop {
        let answer = c.ask(version, &requests::metadata(&[&name]))?;
        let code = answer.code(TOPIC_CODE).map(|code| code.0);
        run.expect.code_in(&answer, TOPIC_CODE, &[0, 3, 5]);
        if code != Some(3) && code != Some(5) || Instant::now() > until {
            break answer;
        }
        sleep(Duration::from_millis(200));
    };
    let code = last.code(TOPIC_CODE).map(|code| code.0);
    if code == Some(3) {
        run.expect.differs("makes-no-topics");
    }
    run.notes.step("in-the-end", json!(code));
    Ok(())
}

pub(super) fn invalid_name(run: &mut Run, name: &str) -> Outcome {
    for version in run.usable(ApiKey::Metadata)?.iter() {
        let mut c = run.connect()?;
        let answer = c.ask(version, &requests::metadata(&[name]))?;
        run.expect.code(&answer, TOPIC_CODE, 17);
    }
    Ok(())
}

pub(super) fn twice(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    for version in run.usable(ApiKey::Metadata)?.iter() {
        let mut c = run.connect()?;
        let answer = c.ask(version, &requests::metadata(&[&topic.name, &topic.name]))?;
        let count = answer.list("/topics").len();
        run.expect.eq(&format!("v{version} entries"), count, 1);
    }
    Ok(())
}

pub(super) fn ids_too_early(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let usable = run.usable(ApiKey::Metadata)?;
    for version in usable.iter().filter(|version| (10..12).contains(version)) {
        let asked =
            [("id", by_id(topic.id, Some(&topic.name))), ("null-name", by_id(TopicId::ZERO, None))];
        for (note, request) in asked {
            let mut c = run.connect()?;
            let answer = c.note(note).ask(version, &request)?;
            refused(run, &answer, &format!("v{version} {note}"));
        }
    }
    Ok(())
}

/// By code 42, on top or on each topic, or by the end of the connection.
fn refused(run: &mut Run, answer: &Answer, what: &str) {
    if *answer == Answer::Closed {
        run.expect.differs("closed-for-an-early-id");
        return;
    }
    run.expect.answered(answer);
    for topic in answer.list("/topics") {
        let code = topic.get("errorCode").and_then(serde_json::Value::as_i64);
        run.expect.eq(what, code, Some(42));
    }
}

pub(super) fn unknown_id(run: &mut Run) -> Outcome {
    by_id_from_v12(run, NOBODYS, |run, answer| {
        run.expect.code(answer, TOPIC_CODE, 100);
        run.expect.that("the name is null", answer.at("/topics/0/name") == Some(&json!(null)));
    })
}

pub(super) fn known_id(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    by_id_from_v12(run, topic.id, |run, answer| {
        run.expect.code(answer, TOPIC_CODE, 0);
        let name = answer.text("/topics/0/name").map(str::to_owned);
        run.expect.eq("the name", name, Some(topic.name.clone()));
    })
}

fn by_id_from_v12(run: &mut Run, id: TopicId, judge: impl Fn(&mut Run, &Answer)) -> Outcome {
    let usable = run.usable(ApiKey::Metadata)?;
    let versions: Vec<i16> = usable.iter().filter(|version| *version >= 12).collect();
    if versions.is_empty() {
        return Err(Stop::Skipped("Metadata v12 is not advertised".into()));
    }
    for version in versions {
        let mut c = run.connect()?;
        let answer = c.ask(version, &by_id(id, None))?;
        judge(run, &answer);
    }
    Ok(())
}
