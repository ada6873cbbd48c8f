//! ROB: what a broker outlives.

use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;
use serde_json::json;

use crate::batch::Batch;
use crate::case::{Case, Need, Outcome, Stop};
use crate::conn::{Conn, Raw};
use crate::requests::{self, TOP_CODE};
use crate::run::Run;

/// How many damaged frames are sent.
const FRAMES: u64 = 100_000;
/// How many connections send them, by turns.
const CONNECTIONS: usize = 8;
/// How many frames go out between two canaries.
const BETWEEN_CANARIES: u64 = 5_000;
/// How many connections say half of something and wait.
const HALF_OPEN: usize = 1_000;
/// How long a flood of requests without reading lasts.
const FLOOD: Duration = Duration::from_secs(5);

pub(super) const CASES: &[Case] = &[
    Case::must(
        "ROB-01",
        "a hundred thousand damaged frames on eight connections",
        "Whatever comes, a fresh connection is served as before.",
        &["PG"],
        damaged_frames,
    )
    .needing(&[Need::Alone, Need::Slow]),
    Case::must(
        "ROB-02",
        "a client that never reads",
        "Who does not read answers harms nobody else.",
        &["PG"],
        never_reads,
    )
    .needing(&[Need::Alone]),
    Case::must(
        "ROB-03",
        "a thousand connections with half a request each",
        "Who does not finish a request harms nobody else.",
        &["PG"],
        half_open,
    )
    .needing(&[Need::Alone]),
];

/// xorshift64, so that every run of a seed sends the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or_default()
    }
}

fn damaged_frames(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["a", "b", "c"]).build()?.bytes();
    let mut dice = Dice(run.seed() | 1);
    let mut source = run.connect()?;
    let frames = [
        source.frame(0, &ApiVersionsRequest::default())?.bytes,
        source.frame(1, &requests::metadata(&[&topic.name]))?.bytes,
        source.frame(version, &requests::produce(&topic, &[(0, batch)]))?.bytes,
        source.frame(0, &requests::producer_id())?.bytes,
    ];
    let mut conns: Vec<Option<Conn>> = (0..CONNECTIONS).map(|_| None).collect();
    for sent in 0..FRAMES {
        let turn = dice.below(CONNECTIONS);
        let Some(place) = conns.get_mut(turn) else { continue };
        let conn = match place.take() {
            Some(conn) => conn,
            None => run.connect()?.unrecorded(),
        };
        *place = send_damaged(conn, &frames, &mut dice);
        if sent % BETWEEN_CANARIES == 0 {
            canary(run)?;
        }
    }
    run.notes.step("frames", json!(FRAMES));
    canary(run)
}

/// Sends one damaged frame; the connection comes back if it is still of use.
fn send_damaged(mut conn: Conn, frames: &[Vec<u8>], dice: &mut Dice) -> Option<Conn> {
    let mut bytes = frames.get(dice.below(frames.len()))?.clone();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let bit = dice.below(8);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1_u8.checked_shl(u32::try_from(bit).unwrap_or_default()).unwrap_or_default();
        }
    }
    let length = i32::try_from(bytes.len()).unwrap_or_default();
    conn.send_raw(&[&length.to_be_bytes()[..], &bytes].concat());
    // Most of them are answered or end the connection; a few have no answer, as with acks 0.
    match conn.read_frame(Duration::from_millis(20)) {
        Raw::Frame(_) => Some(conn),
        Raw::Closed | Raw::Timeout => None,
    }
}

fn canary(run: &mut Run) -> Outcome {
    let mut c = run.connect()?.unrecorded();
    let answer = c.ask(0, &ApiVersionsRequest::default())?;
    run.expect.code(&answer, TOP_CODE, 0);
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.that("there is a broker", !answer.list("/brokers").is_empty());
    match answer.reply() {
        Some(_) => Ok(()),
        None => Err(Stop::Hang("the broker serves nobody any more".into())),
    }
}

fn never_reads(run: &mut Run) -> Outcome {
    let mut deaf = run.connect()?.unrecorded().with_patience(Duration::from_secs(1));
    let frame = deaf.frame(0, &ApiVersionsRequest::default())?.to_wire();
    let many = frame.repeat(100);
    let until = Instant::now() + FLOOD;
    let mut sent = 0_u64;
    // Writing ends when the buffers on the way are full, which is what a good broker lets happen.
    while Instant::now() < until && deaf.try_send(&many) {
        sent += 100;
    }
    canary(run)?;
    run.expect.remark(format!("{sent} requests were taken of a client that never reads"));
    run.notes.step("neighbours-served", json!(true));
    Ok(())
}

fn half_open(run: &mut Run) -> Outcome {
    let mut waiting = Vec::new();
    for _ in 0..HALF_OPEN {
        match run.connect() {
            Ok(mut conn) => {
                conn.send_raw(&[0, 0, 0]);
                waiting.push(conn);
            }
            Err(_) => break,
        }
    }
    canary(run)?;
    run.notes.step("half-open", json!(waiting.len()));
    run.expect.eq("connections", waiting.len(), HALF_OPEN);
    Ok(())
}
