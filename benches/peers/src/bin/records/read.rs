//! What it costs to read a record of a batch, with the checksum compared and without.

use std::hint::black_box;

use bytes::Bytes;
use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::{BatchView, Checksum, Decompressors};

use crate::facts::{Input, Parts, inputs};
use crate::sum::Sum;
use crate::{floor, peers};

pub(crate) fn contests() -> Vec<Contest<String>> {
    let mut contests = Vec::new();
    for (parts, kib) in
        [(Parts::ValueOnly, 64), (Parts::ValueOnly, 1_024), (Parts::KeyAndHeaders, 64)]
    {
        contests.extend(of_batch(kib, parts));
    }
    contests
}

/// One operation is one record.
fn of_batch(kib: usize, parts: Parts) -> [Contest<String>; 2] {
    let inputs = inputs((kib << 10) / 110, 100, parts);
    let batch = batch(inputs, kib << 11);
    let (count, bytes) = (inputs.len(), batch.len() / inputs.len());
    let sum = ours(&batch, Checksum::Checked);
    assert_eq!(sum, floor::read(&batch), "ours and the floor differ");
    let contest = |checksum, what| {
        let (for_ours, for_floor) = (batch.clone(), batch.clone());
        let ours = Contender::whole(Side::Ours, count, move || {
            black_box(ours(black_box(&for_ours), checksum));
        });
        let floor = Contender::whole(Side::Floor, count, move || {
            black_box(by_hand(black_box(&for_floor), checksum));
        });
        let title = format!("read 100 B {parts}, batch of {kib} KiB, {what}");
        Contest { title, bytes, contenders: vec![ours, floor] }
    };
    let mut checked = contest(Checksum::Checked, "checksum compared");
    checked.contenders.extend(peers::decoders(&batch, count, sum));
    [checked, contest(Checksum::Deferred, "checksum ignored")]
}

fn batch(inputs: &[Input], capacity: usize) -> Bytes {
    let mut out = vec![0; capacity];
    let written = floor::write_batch(&mut out, inputs);
    out.truncate(written);
    let batch = Bytes::from(out);
    // The first clone of `Bytes` allocates its reference count; no decoder shall pay for it.
    drop(batch.clone());
    batch
}

#[inline(never)]
fn ours(batch: &[u8], checksum: Checksum) -> Sum {
    let (batch, _) = BatchView::read(batch, checksum).expect("valid");
    let mut unused = Decompressors::new();
    let mut sum = Sum::default();
    for record in batch.records(&mut unused, 0).expect("not compressed") {
        let record = record.expect("valid");
        sum.number(record.timestamp.0);
        sum.number(record.offset);
        sum.piece(record.key);
        sum.piece(record.value);
        for header in record.headers {
            sum.piece(Some(header.key));
            sum.piece(header.value);
        }
    }
    sum
}

fn by_hand(batch: &[u8], checksum: Checksum) -> Sum {
    if checksum == Checksum::Checked {
        black_box(batch.get(21..).map(floor::crc32c));
    }
    floor::read(batch)
}
