//! Every single bit of a batch.

use klamm_protocol::ApiKey;

use crate::answer::Answer;
use crate::batch::{Batch, Item};
use crate::case::Outcome;
use crate::requests::{self, CODE};
use crate::run::Run;

/// Where the part begins that the checksum covers.
const COVERED: usize = 21 * 8;
/// Corrupt, or, as transactions are looked for before checksums, not allowed to be part of one.
const REFUSED: &[&str] = &["2", "53"];

pub(super) fn every_bit(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let items = || vec![Item::pair(b"k1", b"one"), Item::pair(b"k2", b"two"), Item::value(b"3")];
    let batch = Batch::items(items()).build()?;
    let version = run.usable(ApiKey::Produce)?.max;
    let mut c = run.connect_leader(&topic, 0)?.unrecorded();
    let mut outcomes = Vec::new();
    for bit in 0..batch.len() * 8 {
        let turned = batch.clone().flipped(bit).into();
        let answer = c.ask(version, &requests::produce(&topic, &[(0, turned)]))?;
        if answer.reply().is_none() {
            c = run.connect_leader(&topic, 0)?.unrecorded();
        }
        let told = told(&answer);
        let is_covered = bit >= COVERED;
        run.expect.that(&format!("bit {bit}: {told}"), !is_covered || REFUSED.contains(&&*told));
        outcomes.push(told);
    }
    let stored = outcomes.iter().filter(|told| *told == "0").count();
    run.notes.step("bits", ranges(&outcomes).into());
    let log = run.log(&topic, 0)?;
    run.expect.eq("batches that were stored", log.batches.len(), stored);
    let wanted = items();
    for (record, item) in log.records().zip(wanted.iter().cycle()) {
        let same = record.key == item.key && record.value == item.value;
        run.expect.that(&format!("record {} as it was sent", record.offset), same);
    }
    run.expect.eq("records", log.records().count(), stored * wanted.len());
    Ok(())
}

fn told(answer: &Answer) -> String {
    answer.code(CODE).map_or_else(|| answer.kind().to_owned(), |code| code.0.to_string())
}

/// `0-63: 87` for each run of bits with the same outcome.
fn ranges(outcomes: &[String]) -> Vec<String> {
    let mut begin = 0;
    let mut out = Vec::new();
    for same in outcomes.chunk_by(|a, b| a == b) {
        let end = begin + same.len();
        out.push(format!("{begin}-{}: {}", end - 1, same.first().map_or("", String::as_str)));
        begin = end;
    }
    out
}
