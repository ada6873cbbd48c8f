//! What it costs to append one record to a batch.

use std::hint::black_box;

use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::{BufferPool, OpenBatch};

use crate::facts::{Input, Parts, append_all, inputs};
use crate::floor;

pub(crate) fn contests() -> Vec<Contest<String>> {
    let mut contests = Vec::new();
    for parts in [Parts::ValueOnly, Parts::Key, Parts::KeyAndHeaders] {
        for value_len in [10, 100, 1_024] {
            contests.push(contest(value_len, parts, 64));
        }
    }
    contests.push(contest(100, Parts::ValueOnly, 16));
    contests.push(contest(100, Parts::ValueOnly, 1_024));
    contests
}

/// A batch of so many KiB, filled over and over again.
fn contest(value_len: usize, parts: Parts, kib: usize) -> Contest<String> {
    let capacity = kib << 10;
    let inputs = as_many_as_fit(inputs(capacity / value_len, value_len, parts), capacity);
    let mut out = vec![0; capacity];
    let written = floor::write_records(&mut out, inputs);
    assert_eq!(
        ours(inputs, capacity),
        out.get(..written).expect("written"),
        "ours and the floor differ"
    );
    let pool = BufferPool::new(4 << 20);
    let ours = Contender::whole(Side::Ours, inputs.len(), move || {
        let mut batch = OpenBatch::new(pool.take(capacity), usize::MAX);
        append_all(&mut batch, black_box(inputs));
        black_box(&batch);
    });
    let floor = Contender::whole(Side::Floor, inputs.len(), move || {
        black_box(floor::write_records(&mut out, black_box(inputs)));
        black_box(&out);
    });
    Contest {
        title: format!("append {value_len} B {parts}, batch of {kib} KiB"),
        bytes: written / inputs.len(),
        contenders: vec![ours, floor],
    }
}

fn as_many_as_fit(inputs: &'static [Input], capacity: usize) -> &'static [Input] {
    let mut out = vec![0; 2 * capacity + 64 * inputs.len()];
    let written = floor::write_records(&mut out, inputs);
    // All records of a contest are about as long as one another.
    let count = (inputs.len() * capacity / written).min(inputs.len());
    inputs.get(..count * 99 / 100).expect("fewer than all")
}

fn ours(inputs: &[Input], capacity: usize) -> Vec<u8> {
    let mut batch = OpenBatch::new(BufferPool::new(0).take(capacity), usize::MAX);
    append_all(&mut batch, inputs);
    batch.close().expect("there are records").payload().to_vec()
}
