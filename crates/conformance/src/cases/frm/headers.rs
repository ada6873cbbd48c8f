//! What a request header says, and what of it is served.

use klamm_protocol::ApiKey;

use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::conn::{Conn, Frame};
use crate::requests;
use crate::run::Run;

/// An API that no broker serves to clients.
const CONTROLLERS_ONLY: ApiKey = ApiKey::BrokerRegistration;

pub(super) fn unknown_key(run: &mut Run, key: i16) -> Outcome {
    let mut c = run.connect()?;
    let frame = c.frame_of(key, 0, false, &[]);
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn version_too_new(run: &mut Run) -> Outcome {
    let listed = run.can().listed(ApiKey::Metadata);
    let listed = listed.ok_or_else(|| Stop::Skipped("Metadata is not advertised".into()))?;
    metadata_at(run, listed.max.saturating_add(1))
}

pub(super) fn negative_version(run: &mut Run) -> Outcome {
    metadata_at(run, -1)
}

fn metadata_at(run: &mut Run, version: i16) -> Outcome {
    let mut c = run.connect()?;
    let newest = run.usable(ApiKey::Metadata)?.max;
    // The frame of a version that exists, which then claims to be of another.
    let mut frame = c.frame(newest, &requests::metadata(&[]))?;
    let place = frame.bytes.get_mut(2..4).ok_or_else(|| Stop::Failed("a short frame".into()))?;
    place.copy_from_slice(&version.to_be_bytes());
    frame.asked.note = if version < 0 { "negative" } else { "too-new" }.to_owned();
    frame.asked.version = newest;
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn controller_only(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let frame = c.frame_of(CONTROLLERS_ONLY.code(), 0, true, &[]);
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn null_client_id(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.with_client_id(None);
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.answered(&answer);
    Ok(())
}

pub(super) fn negative_client_id(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let frame = with_client_id(&mut c, -2, b"");
    let answer = c.ask_frame(&frame);
    run.expect.remark(format!("a client id of length -2: {}", answer.kind()));
    Ok(())
}

pub(super) fn client_id_past_the_end(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let frame = with_client_id(&mut c, 1000, b"short");
    let answer = c.ask_frame(&frame);
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn garbled_client_id(run: &mut Run) -> Outcome {
    let mut c = run.connect()?;
    let frame = with_client_id(&mut c, 4, &[0xff, 0xfe, 0xc0, 0x80]);
    let answer = c.ask_frame(&frame);
    let came = if answer == Answer::Closed { "closed" } else { answer.kind() };
    run.expect.remark(format!("a client id that is not UTF-8: {came}"));
    Ok(())
}

/// Metadata v1 for no topics, with a client id of one's choice.
fn with_client_id(c: &mut Conn, length: i16, id: &[u8]) -> Frame {
    let mut frame = c.frame_of(ApiKey::Metadata.code(), 1, false, &[]);
    // Key, version and correlation id stay.
    frame.bytes.truncate(8);
    frame.bytes.extend(length.to_be_bytes());
    frame.bytes.extend(id);
    frame.bytes.extend(0_i32.to_be_bytes());
    frame
}
