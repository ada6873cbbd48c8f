//! FRM: frames and request headers, well-formed and not.

use klamm_protocol::api_versions::ApiVersionsRequest;

use crate::case::{Case, Level, Outcome};
use crate::requests::{self, TOP_CODE};
use crate::run::Run;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "FRM-01",
        level: Level::Must,
        title: "a request comes byte by byte",
        rule: "A frame is what its length says, however the network cuts it.",
        sources: &["NR"],
        needs: &[],
        run: byte_by_byte,
    },
    Case {
        id: "FRM-02",
        level: Level::Must,
        title: "two requests in one segment",
        rule: "Requests of one connection are answered one by one, in their order.",
        sources: &["PG"],
        needs: &[],
        run: two_at_once,
    },
    Case {
        id: "FRM-07",
        level: Level::Must,
        title: "a length of -1",
        rule: "A negative length ends the connection without an answer.",
        sources: &["NR", "RH"],
        needs: &[],
        run: negative_length,
    },
];

fn byte_by_byte(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.brief();
    let frame = c.frame(0, &ApiVersionsRequest::default())?;
    for byte in frame.to_wire() {
        c.send_raw(&[byte]);
    }
    let answer = c.receive(&frame.asked);
    run.expect.code(&answer, TOP_CODE, 0);
    Ok(())
}

fn two_at_once(run: &mut Run) -> Outcome {
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

fn negative_length(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.brief();
    c.send_raw(&(-1_i32).to_be_bytes());
    let end = c.expect_closed();
    run.expect.ended("a length of -1", &end);
    Ok(())
}
