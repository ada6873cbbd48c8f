//! What comes before authentication, in the right order and in others.

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::produce::ProduceRequest;

use super::talk::{self, CODE, PLAIN};
use crate::case::Outcome;
use crate::requests;
use crate::run::Run;

/// One byte above the limit of strangers.
const TOO_LARGE: i32 = 524_288 + 1;

pub(super) fn produce_first(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let mut c = run.connect_sasl()?;
    let request = ProduceRequest { acks: -1, ..ProduceRequest::default() };
    let answer = c.ask(version, &request)?;
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn unknown_mechanism(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?;
    let answer = talk::handshake(&mut c, "NOBODY-KNOWS-THIS")?;
    run.expect.code(&answer, CODE, 33);
    run.expect.that("mechanisms are told", !answer.list("/mechanisms").is_empty());
    let end = c.expect_closed();
    run.expect.ended("after an unknown mechanism", &end);
    Ok(())
}

pub(super) fn versions_twice(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?.brief();
    let first = c.ask(0, &ApiVersionsRequest::default())?;
    run.expect.code(&first, CODE, 0);
    let second = c.note("again").ask(0, &ApiVersionsRequest::default())?;
    run.expect.closed(&second);
    Ok(())
}

pub(super) fn versions_too_new(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?.brief();
    let body = [&[7], &b"client"[..], &[4], b"1.0", &[0]].concat();
    let frame = c.frame_of(ApiKey::ApiVersions.code(), i16::MAX, true, &body);
    let answer = c.ask_frame(&frame);
    run.expect.code(&answer, CODE, 35);
    let again = c.note("in-v0").ask(0, &ApiVersionsRequest::default())?;
    run.expect.code(&again, CODE, 0);
    let answer = talk::handshake(&mut c, PLAIN)?;
    run.expect.code(&answer, CODE, 0);
    Ok(())
}

pub(super) fn metadata_too_early(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?;
    talk::handshake(&mut c, PLAIN)?;
    let answer = c.ask(1, &requests::metadata(&["any-topic"]))?;
    run.expect.code(&answer, "/topics/0/errorCode", 34);
    let end = c.expect_closed();
    run.expect.ended("after Metadata", &end);
    Ok(())
}

pub(super) fn authenticate_first(run: &mut Run) -> Outcome {
    let version = talk::newest(run)?;
    let mut c = run.connect_sasl()?;
    let (user, password) = (run.target().user.clone(), run.target().password.clone());
    let answer = talk::token(&mut c, version, &talk::plain_token(&user, &password))?;
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn too_large(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?;
    c.send_raw(&TOO_LARGE.to_be_bytes());
    c.send_raw(b"a few bytes");
    let end = c.expect_closed();
    run.expect.ended("a large request of a stranger", &end);
    Ok(())
}

pub(super) fn on_a_plain_listener(run: &mut Run) -> Outcome {
    for version in run.usable(ApiKey::SaslHandshake)?.iter() {
        let mut c = run.connect()?;
        let mechanism = PLAIN.into();
        let request = klamm_protocol::sasl_handshake::SaslHandshakeRequest { mechanism };
        let answer = c.ask(version, &request)?;
        run.expect.code(&answer, CODE, 34);
    }
    Ok(())
}
