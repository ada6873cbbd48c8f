//! API: what a broker says it can, and whether it is true.

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use serde_json::Value;

use crate::answer::Answer;
use crate::case::{Case, Outcome, Stop};
use crate::conn::{Conn, Raw};
use crate::requests::TOP_CODE;
use crate::run::Run;

mod sweep;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "API-01",
        "ApiVersions v0 as the first request",
        "Version 0 is always served, and no range is upside down.",
        &["PG"],
        oldest_first,
    ),
    Case::must(
        "API-02",
        "a small request of every advertised version of each producer API",
        "What is advertised is answered, in the layout of its version to the last byte.",
        &["PG"],
        sweep::every_version,
    ),
    Case::must(
        "API-03",
        "ApiVersions v32767",
        "An unknown version is answered by error 35 in the layout of version 0, with the range.",
        &["RC", "K-511"],
        far_too_new,
    )
    .reference(),
    Case::must(
        "API-04",
        "the header in front of ApiVersions v3 and later",
        "The answer has a header of version 0, which has no place for tags.",
        &["K-511"],
        old_header,
    ),
    Case::must(
        "API-05",
        "names of software that no software has",
        "A name or a version outside the pattern of KIP-511 is refused as an invalid request.",
        &["AV"],
        bad_names,
    )
    .reference(),
    Case::must(
        "API-06",
        "the software name a.b-1",
        "Dots and dashes may stand inside a name.",
        &["AV"],
        good_name,
    )
    .reference(),
    Case::must(
        "API-07",
        "the features of v3 and later",
        "Feature tags can be decoded, and a finalized level lies in its supported range.",
        &["K-584", "K-890"],
        features,
    )
    .reference(),
    Case::must(
        "API-08",
        "Produce v0 to v2 although they are listed",
        "They are listed for the sake of an old client and end the connection.",
        &["KAFKA-18659"],
        ancient_produce,
    )
    .quirk(),
    Case::must(
        "API-09",
        "twice on one plain connection",
        "The same question has the same answer.",
        &["KA"],
        twice,
    )
    .reference(),
    Case::must(
        "API-10",
        "features whose least version is 0",
        "Version 3 hides them, since its readers took 0 for an error.",
        &["KAFKA-17011"],
        zero_features,
    )
    .reference(),
];

fn named(name: &str) -> ApiVersionsRequest<'_> {
    ApiVersionsRequest {
        client_software_name: name.into(),
        client_software_version: "1.0".into(),
        ..ApiVersionsRequest::default()
    }
}

fn oldest_first(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let answer = c.ask(0, &ApiVersionsRequest::default())?;
    run.expect.code(&answer, TOP_CODE, 0);
    for api in answer.list("/apiKeys") {
        let bound = |field: &str| api.get(field).and_then(Value::as_i64);
        let upright = bound("minVersion") <= bound("maxVersion");
        run.expect.that(&format!("a range in {api}"), upright);
    }
    Ok(())
}

fn far_too_new(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let body = [&[7], &b"client"[..], &[4], b"1.0", &[0]].concat();
    let frame = c.frame_of(ApiKey::ApiVersions.code(), i16::MAX, true, &body);
    let answer = c.ask_frame(&frame);
    run.expect.code(&answer, TOP_CODE, 35);
    let mut keys = answer.list("/apiKeys").iter();
    let own = keys.find(|api| api.get("apiKey").and_then(Value::as_i64) == Some(18));
    let listed = run.can().listed(ApiKey::ApiVersions);
    let max = own.and_then(|api| api.get("maxVersion")).and_then(Value::as_i64);
    run.expect.eq("the newest ApiVersions", max, listed.map(|range| i64::from(range.max)));
    // The connection goes on as if nothing had been asked.
    let mut c = c.brief();
    let again = c.note("afterwards").ask(0, &ApiVersionsRequest::default())?;
    run.expect.code(&again, TOP_CODE, 0);
    Ok(())
}

fn old_header(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::ApiVersions)?;
    for version in versions.iter().filter(|version| *version >= 3) {
        let mut c = run.connect()?.brief();
        let answer = c.ask(version, &named("client"))?;
        run.expect.code(&answer, TOP_CODE, 0);
        // With a tag byte in front, the code would be cut in two and a byte be left over.
        let left = answer.reply().map(|reply| reply.trailing);
        run.expect.eq("bytes behind the answer", left, Some(0));
    }
    Ok(())
}

fn bad_names(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::ApiVersions, i16::MAX)?;
    let mut versioned = named("client");
    versioned.client_software_version = "".into();
    let requests =
        [("odd-name", named("bad name!")), ("no-name", named("")), ("no-version", versioned)];
    for (note, request) in requests {
        let mut c = run.connect()?.brief();
        let answer = c.note(note).ask(version, &request)?;
        run.expect.code(&answer, TOP_CODE, 42);
    }
    Ok(())
}

fn good_name(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::ApiVersions, i16::MAX)?;
    let mut c = run.connect()?.brief();
    let answer = c.ask(version, &named("a.b-1"))?;
    run.expect.code(&answer, TOP_CODE, 0);
    Ok(())
}

fn features(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::ApiVersions)?;
    for version in versions.iter().filter(|version| *version >= 3) {
        let mut c = run.connect()?;
        let answer = c.ask(version, &named("client"))?;
        run.expect.code(&answer, TOP_CODE, 0);
        let supported = answer.list("/supportedFeatures");
        for finalized in answer.list("/finalizedFeatures") {
            let name = finalized.get("name");
            let level = finalized.get("maxVersionLevel").and_then(Value::as_i64);
            let known = supported.iter().find(|feature| feature.get("name") == name);
            let bound = |field: &str| known.and_then(|k| k.get(field)).and_then(Value::as_i64);
            // Version 3 leaves features with a least version of 0 out of the supported ones.
            let fits = bound("minVersion") <= level && level <= bound("maxVersion");
            let hidden = version == 3 && known.is_none();
            run.expect.that(&format!("v{version} supports {finalized}"), fits || hidden);
        }
    }
    let level = run.transaction_version();
    run.expect.remark(format!("transaction.version {level}"));
    Ok(())
}

fn ancient_produce(run: &mut Run) -> Outcome {
    let listed = run.can().listed(ApiKey::Produce);
    let listed = listed.ok_or_else(|| Stop::Skipped("Produce is not advertised".into()))?;
    for version in 0..3 {
        let mut c = run.connect()?;
        // Acks, timeout and no topics.
        let body = [&1_i16.to_be_bytes()[..], &1000_i32.to_be_bytes(), &[0; 4]].concat();
        let frame = c.frame_of(ApiKey::Produce.code(), version, false, &body);
        c.send_frame(&frame);
        let end = c.note(&format!("produce-v{version}")).expect_closed();
        let listed = listed.contains(version);
        run.expect.remark(format!("v{version}, listed {listed}: {}", kind(&end)));
    }
    Ok(())
}

fn kind(end: &Raw) -> &'static str {
    match end {
        Raw::Frame(_) => "a frame",
        Raw::Closed => "closed",
        Raw::Timeout => "silence",
    }
}

fn twice(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::ApiVersions, i16::MAX)?;
    let mut c = run.connect()?.brief();
    let first = json(&ask(&mut c, version)?);
    let second = json(&ask(&mut c, version)?);
    run.expect.that("both answers are the same", first.is_some() && first == second);
    Ok(())
}

fn ask(c: &mut Conn, version: i16) -> Result<Answer, Stop> {
    c.ask(version, &named("client"))
}

/// All of it but the epoch, which grows with whatever else happens in the cluster.
fn json(answer: &Answer) -> Option<Value> {
    let mut json = answer.reply()?.json.clone();
    json.as_object_mut()?.remove("finalizedFeaturesEpoch");
    Some(json)
}

fn zero_features(run: &mut Run) -> Outcome {
    let version = run.version(ApiKey::ApiVersions, 3)?;
    let mut c = run.connect()?.brief();
    let answer = ask(&mut c, version)?;
    run.expect.code(&answer, TOP_CODE, 0);
    let least = |feature: &Value| feature.get("minVersion").and_then(Value::as_i64);
    let shown = answer.list("/supportedFeatures").iter().any(|feature| least(feature) == Some(0));
    run.expect.that("no feature of version 0 in v3", !shown);
    Ok(())
}
