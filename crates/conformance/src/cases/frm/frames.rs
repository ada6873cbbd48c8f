//! What the length in front of a frame says, and what is true.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_wire::Reader;
use serde_json::json;

use crate::answer::{Answer, Asked};
use crate::batch::Batch;
use crate::case::Outcome;
use crate::conn::Raw;
use crate::requests::{self, CODE, TOP_CODE};
use crate::run::Run;

/// The beginning of a TLS 1.2 handshake.
pub(super) const CLIENT_HELLO: &[u8] =
    &[0x16, 0x03, 0x01, 0x00, 0x2f, 0x01, 0x00, 0x00, 0x2b, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00];
/// How many requests go out without waiting.
const MANY: usize = 100;
/// How long silence must last to count as such.
const SILENCE: Duration = Duration::from_secs(2);
/// How many frames of garbage are sent.
const ROUNDS: usize = 16;

pub(super) fn byte_by_byte(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.brief();
    let frame = c.frame(0, &ApiVersionsRequest::default())?;
    for byte in frame.to_wire() {
        c.send_raw(&[byte]);
    }
    let answer = c.receive(&frame.asked);
    run.expect.code(&answer, TOP_CODE, 0);
    Ok(())
}

pub(super) fn two_at_once(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.brief();
    let first = c.frame(0, &ApiVersionsRequest::default())?;
    let second = c.frame(1, &requests::metadata(&[]))?;
    c.send_raw(&[first.to_wire(), second.to_wire()].concat());
    let answer = c.receive(&first.asked);
    run.expect.code(&answer, TOP_CODE, 0);
    let answer = c.receive(&second.asked);
    run.expect.answered(&answer);
    Ok(())
}

pub(super) fn a_hundred_at_once(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.unrecorded();
    let request = requests::metadata(&[]);
    let frames: Vec<_> = (0..MANY).map(|_| c.frame(1, &request)).collect::<Result<_, _>>()?;
    let wire: Vec<Vec<u8>> = frames.iter().map(crate::conn::Frame::to_wire).collect();
    c.send_raw(&wire.concat());
    let mut answered = 0;
    for frame in &frames {
        let answer = c.receive(&frame.asked);
        run.expect.answered(&answer);
        if answer.reply().is_none() {
            break;
        }
        answered += 1;
    }
    run.notes.step("answered-in-order", json!(answered));
    Ok(())
}

pub(super) fn slow_before_quick(run: &mut Run) -> Outcome {
    let version = run.newest(ApiKey::Produce, 12)?;
    let topic = run.topic("orders", 1)?;
    let mut c = run.connect_leader(&topic, 0)?;
    let batch = Batch::of(&["a"]).build()?;
    let slow = c.send(version, &requests::produce(&topic, &[(0, batch.into())]))?;
    let quick = c.send(1, &requests::metadata(&[]))?;
    let answer = c.receive(&slow);
    run.expect.code(&answer, CODE, 0);
    let answer = c.receive(&quick);
    run.expect.answered(&answer);
    Ok(())
}

pub(super) fn half_a_frame(run: &mut Run) -> Outcome {
    let mut neighbour = run.connect()?;
    let mut c = run.connect()?;
    let wire = c.frame(1, &requests::metadata(&[]))?.to_wire();
    c.send_raw(wire.get(..wire.len() / 2).unwrap_or_default());
    drop(c);
    let answer = neighbour.note("neighbour").ask(1, &requests::metadata(&[]))?;
    run.expect.answered(&answer);
    Ok(())
}

pub(super) fn length_alone(run: &mut Run, length: i32) -> Outcome {
    let mut c = run.connect()?;
    c.send_raw(&length.to_be_bytes());
    if length > 0 {
        c.send_raw(b"a few bytes");
    }
    let end = c.expect_closed();
    run.expect.ended(&format!("a length of {length}"), &end);
    Ok(())
}

pub(super) fn one_too_long(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let first = c.frame(0, &ApiVersionsRequest::default())?;
    let second = c.frame(1, &requests::metadata(&[]))?;
    let length = i32::try_from(first.bytes.len()).unwrap_or(i32::MAX);
    c.send_raw(&[first.claiming(length.saturating_add(1)), second.to_wire()].concat());
    let sent = [first.asked.id, second.asked.id];
    let mut came = Vec::new();
    let end = loop {
        match c.read_frame(SILENCE) {
            Raw::Frame(frame) => {
                let id = Reader::new(&frame).i32("correlation_id").unwrap_or_default();
                run.expect.that("the id is one that was sent", sent.contains(&id));
                came.push(id);
            }
            Raw::Closed => break "closed",
            Raw::Timeout => break "silence",
        }
    };
    run.notes.step("answers", json!({"ids": came, "end": end}));
    Ok(())
}

pub(super) fn bytes_behind(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let mut frame = c.frame(1, &requests::metadata(&[]))?;
    frame.bytes.extend_from_slice(b"more");
    let answer = c.ask_frame(&frame);
    run.expect.remark(format!("four bytes behind the body: {}", answer.kind()));
    Ok(())
}

pub(super) fn cut_body(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let mut frame = c.frame(1, &requests::metadata(&["nobody-made-this"]))?;
    frame.bytes.truncate(frame.bytes.len().saturating_sub(4));
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn foreign(run: &mut Run, bytes: &[u8]) -> Outcome {
    let mut c = run.connect()?;
    c.send_raw(bytes);
    let end = c.expect_closed();
    run.expect.ended("another protocol", &end);
    Ok(())
}

pub(super) fn garbage(run: &mut Run) -> Outcome {
    // The same bytes in every run, so that two runs can be compared.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUNDS {
        let bytes: Vec<u8> = (0..1024).map(|_| noise(&mut state)).collect();
        let mut c = run.connect()?;
        let length = i32::try_from(bytes.len()).unwrap_or_default();
        c.send_raw(&[&length.to_be_bytes()[..], &bytes].concat());
        match c.expect_closed() {
            Raw::Closed => {}
            Raw::Timeout => run.expect.hang("garbage: still open"),
            Raw::Frame(frame) => {
                let asked = asked_by(&bytes);
                let answer = Answer::of(&frame, &asked);
                run.expect.remark(format!("garbage for {}: {}", asked.api(), answer.to_json()));
            }
        }
    }
    Ok(())
}

/// What random bytes happen to ask.
fn asked_by(bytes: &[u8]) -> Asked {
    let mut reader = Reader::new(bytes);
    let key = reader.i16("key").unwrap_or_default();
    let version = reader.i16("version").unwrap_or_default();
    let id = reader.i32("id").unwrap_or_default();
    Asked { key, version, id, note: String::new() }
}

/// The next byte of xorshift64.
fn noise(state: &mut u64) -> u8 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    let [low, ..] = state.to_le_bytes();
    low
}
