//! TAG: tagged fields, and lengths that lie.

use std::time::Duration;

use klamm_protocol::{ApiKey, encode};
use klamm_wire::UnknownTags;

use crate::batch::Batch;
use crate::case::{Case, Outcome, Stop};
use crate::conn::{Conn, Frame};
use crate::requests::{self, CODE};
use crate::run::Run;

/// The first flexible version of Produce, and of Metadata too.
const FLEXIBLE: i16 = 9;
/// A version of Produce with classic lengths.
const CLASSIC: i16 = 3;
/// A tag that no spec uses.
const UNKNOWN: u32 = 9999;
/// How fast garbage must be told from requests.
const FAST: Duration = Duration::from_secs(5);
/// The number 2^31 - 1 as a varint.
const GREATEST: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0x07];

pub(super) const CASES: &[Case] = &[
    Case::must(
        "TAG-01",
        "an unknown tag in the header",
        "Tags that a broker does not know are ignored.",
        &["K-482"],
        in_the_header,
    ),
    Case::must(
        "TAG-02",
        "an unknown tag in each struct of Produce, from v9 on",
        "Tags that a broker does not know are ignored.",
        &["K-482"],
        in_each_struct,
    ),
    Case::must(
        "TAG-03",
        "2^31 - 1 tags in a few bytes",
        "A count that the bytes cannot hold ends the connection at once.",
        &["GEN"],
        |run| bad_header(run, GREATEST),
    )
    .reference(),
    Case::must(
        "TAG-04",
        "a tag that is longer than its frame",
        "A size that the bytes cannot hold ends the connection at once.",
        &["GEN"],
        // One tag, number 5, of 127 bytes.
        |run| bad_header(run, &[1, 5, 127]),
    )
    .reference(),
    Case::must(
        "TAG-05",
        "tags that come twice or in the wrong order",
        "Tags are to be written in ascending order; what readers do is open.",
        &["K-482"],
        disordered,
    )
    .quirk(),
    Case::must(
        "TAG-06",
        "null in the place of a list that cannot be null",
        "Null where a list must be ends the connection.",
        &["GEN"],
        |run| bad_list(run, &(-1_i32).to_be_bytes(), &[0]),
    )
    .reference(),
    Case::must(
        "TAG-07",
        "a list of 2^31 - 1 elements in ten bytes",
        "A count that the bytes cannot hold ends the connection at once.",
        &["GEN", "CVE-2022-34917"],
        |run| bad_list(run, &i32::MAX.to_be_bytes(), GREATEST),
    )
    .reference(),
    Case::must(
        "TAG-08",
        "a varint of six bytes",
        "A varint has at most five bytes; a longer one ends the connection.",
        &["GEN"],
        six_bytes,
    )
    .reference(),
];

/// Metadata v9 for no topics, with these tags in its header.
fn metadata_with(c: &mut Conn, tags: &[u8]) -> Result<Frame, Stop> {
    let body = encode(&requests::metadata(&[]), FLEXIBLE)
        .map_err(|error| Stop::Failed(error.to_string()))?
        .to_vec();
    Ok(c.frame_of(ApiKey::Metadata.code(), FLEXIBLE, false, &[tags, &body].concat()))
}

fn in_the_header(run: &mut Run) -> Outcome {
    run.version(ApiKey::Metadata, FLEXIBLE)?;
    let mut c = run.connect()?;
    // One tag, number 127, of two bytes.
    let frame = metadata_with(&mut c, &[1, 127, 2, 0xca, 0xfe])?;
    let answer = c.ask_frame(&frame);
    run.expect.answered(&answer);
    run.expect.that("there is a broker", !answer.list("/brokers").is_empty());
    Ok(())
}

fn in_each_struct(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["a"]).build()?.bytes();
    let tag = |tags: &mut UnknownTags<'_>| tags.push(UNKNOWN, b"tag".to_vec());
    let flexible: Vec<i16> = versions.iter().filter(|version| *version >= FLEXIBLE).collect();
    for version in &flexible {
        let mut request = requests::produce(&topic, &[(0, batch.clone())]);
        tag(&mut request.unknown_tags);
        for topic in &mut request.topic_data {
            tag(&mut topic.unknown_tags);
            topic.partition_data.iter_mut().for_each(|data| tag(&mut data.unknown_tags));
        }
        let mut c = run.connect_leader(&topic, 0)?;
        let answer = c.ask(*version, &request)?;
        run.expect.code(&answer, CODE, 0);
    }
    let log = run.log(&topic, 0)?;
    run.expect.eq("records", log.records().count(), flexible.len());
    Ok(())
}

fn bad_header(run: &mut Run, tags: &[u8]) -> Outcome {
    run.version(ApiKey::Metadata, FLEXIBLE)?;
    let mut c = run.connect()?.with_patience(FAST);
    let frame = c.frame_of(ApiKey::Metadata.code(), FLEXIBLE, false, tags);
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

fn disordered(run: &mut Run) -> Outcome {
    run.version(ApiKey::Metadata, FLEXIBLE)?;
    // Two empty tags each: number 127 twice, and 127 before 126.
    for (note, tags) in [("twice", [2, 127, 0, 127, 0]), ("descending", [2, 127, 0, 126, 0])] {
        let mut c = run.connect()?;
        let mut frame = metadata_with(&mut c, &tags)?;
        note.clone_into(&mut frame.asked.note);
        let answer = c.ask_frame(&frame);
        run.expect.remark(format!("tags {note}: {}", answer.kind()));
    }
    Ok(())
}

/// Produce up to its list of topics, which begins with these bytes and goes on with ten zeros.
fn bad_list(run: &mut Run, classic: &[u8], compact: &[u8]) -> Outcome {
    let usable = run.usable(ApiKey::Produce)?;
    let fixed = [&1_i16.to_be_bytes()[..], &1000_i32.to_be_bytes()].concat();
    for (version, id, list) in [(CLASSIC, &[0xff, 0xff][..], classic), (FLEXIBLE, &[0], compact)] {
        if usable.contains(version) {
            let mut c = run.connect()?.with_patience(FAST);
            let body = [id, &fixed, list, &[0; 10]].concat();
            let frame = c.frame_of(ApiKey::Produce.code(), version, version >= FLEXIBLE, &body);
            let answer = c.ask_frame(&frame);
            run.expect.closed(&answer);
        }
    }
    Ok(())
}

fn six_bytes(run: &mut Run) -> Outcome {
    run.version(ApiKey::Metadata, FLEXIBLE)?;
    let mut c = run.connect()?.with_patience(FAST);
    let body = [0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0, 0, 0];
    let frame = c.frame_of(ApiKey::Metadata.code(), FLEXIBLE, true, &body);
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}
