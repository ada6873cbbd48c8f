//! FCO: who coordinates a transactional id.

use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::case::{Case, Outcome, Stop};
use crate::conn::{Conn, PATIENCE};
use crate::run::Run;

/// The first version that takes several keys.
const BATCHED: i16 = 4;
/// The key type of transactional ids.
const TRANSACTION: i8 = 1;
/// A key type that does not exist.
const NO_TYPE: i8 = 9;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "FCO-01",
        "the coordinator of a transactional id",
        "A node is told, after 15 at most for as long as coordinators are made.",
        &["KA"],
        one_key,
    )
    .reference(),
    Case::must(
        "FCO-02",
        "two keys at once, from v4 on",
        "Each key has an entry of its own.",
        &["KA"],
        two_keys,
    )
    .reference(),
    Case::must(
        "FCO-03",
        "key type 9",
        "A type that does not exist is an invalid request.",
        &["KA"],
        no_such_type,
    )
    .reference(),
];

fn find(version: i16, keys: &[String], key_type: i8) -> FindCoordinatorRequest<'static> {
    let mut request = FindCoordinatorRequest { key_type, ..FindCoordinatorRequest::default() };
    if version < BATCHED {
        request.key = keys.first().cloned().unwrap_or_default().into();
    } else {
        request.coordinator_keys = keys.iter().map(|key| key.clone().into()).collect();
    }
    request
}

/// The codes of an answer, of whichever layout.
fn codes(answer: &Answer, version: i16) -> Vec<Option<i64>> {
    if version < BATCHED {
        return vec![answer.int("/errorCode")];
    }
    let entries = answer.list("/coordinators").iter();
    entries.map(|entry| entry.get("errorCode").and_then(Value::as_i64)).collect()
}

/// Asks until no code says that coordinators are still being made.
fn settled(c: &mut Conn, version: i16, keys: &[String]) -> Result<Answer, Stop> {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = c.ask(version, &find(version, keys, TRANSACTION))?;
        let waits = codes(&answer, version).contains(&Some(15));
        if !waits || Instant::now() > until {
            return Ok(answer);
        }
        sleep(Duration::from_millis(100));
    }
}

fn one_key(run: &mut Run) -> Outcome {
    let keys = [run.name("txn")];
    for version in run.usable(ApiKey::FindCoordinator)?.iter().filter(|version| *version >= 1) {
        let mut c = run.connect()?.unrecorded();
        let answer = settled(&mut c, version, &keys)?;
        run.expect.answered(&answer);
        run.expect.eq(&format!("v{version} codes"), codes(&answer, version), vec![Some(0)]);
        let place = if version < BATCHED { "" } else { "/coordinators/0" };
        let node = answer.int(&format!("{place}/nodeId")).unwrap_or(-1);
        run.expect.that(&format!("v{version} names a node"), node >= 0);
        let port = answer.int(&format!("{place}/port")).unwrap_or_default();
        run.expect.that(&format!("v{version} names a port"), port > 0);
        run.notes.step(&format!("FindCoordinator.v{version}"), answer.to_json());
    }
    Ok(())
}

fn two_keys(run: &mut Run) -> Outcome {
    let keys = [run.name("one"), run.name("two")];
    let usable = run.usable(ApiKey::FindCoordinator)?;
    for version in usable.iter().filter(|version| *version >= BATCHED) {
        let mut c = run.connect()?.unrecorded();
        let answer = settled(&mut c, version, &keys)?;
        let codes = codes(&answer, version);
        run.expect.eq(&format!("v{version} codes"), codes, vec![Some(0), Some(0)]);
        let entries = answer.list("/coordinators").iter();
        let mut told: Vec<_> = entries.filter_map(|e| e.get("key")?.as_str()).collect();
        told.sort_unstable();
        run.expect.eq(&format!("v{version} keys"), told, keys.iter().map(|k| &**k).collect());
        run.notes.step(&format!("FindCoordinator.v{version}"), answer.to_json());
    }
    Ok(())
}

fn no_such_type(run: &mut Run) -> Outcome {
    let keys = [run.name("txn")];
    for version in run.usable(ApiKey::FindCoordinator)?.iter().filter(|version| *version >= 1) {
        let mut c = run.connect()?;
        let answer = c.ask(version, &find(version, &keys, NO_TYPE))?;
        run.expect.answered(&answer);
        // From version 4 on the reference may say it on top of an empty list.
        let mut codes = codes(&answer, version);
        codes.extend(answer.int("/errorCode").map(Some));
        let refused = codes.contains(&Some(42));
        run.expect.that(&format!("v{version}: 42 and not {}", json!(codes)), refused);
    }
    Ok(())
}
