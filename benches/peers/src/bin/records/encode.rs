//! What it costs to make a whole uncompressed batch of records.

use std::hint::black_box;

use bytes::Bytes;
use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::{BufferPool, Compression, Encoder, OpenBatch, Stamp};

use crate::facts::{Input, Parts, append_all, inputs, prove};
use crate::floor;
use crate::peers::{self, Ownership};

pub(crate) fn contests() -> Vec<Contest<String>> {
    let both = |count, value_len, parts, kib| {
        let of = |ownership| contest(inputs(count, value_len, parts), kib, ownership);
        let title = format!("{count} records of {value_len} B {parts}");
        let named = |how, (bytes, contenders)| Contest {
            title: format!("encode {how} {title}"),
            bytes,
            contenders,
        };
        [named("borrowed", of(Ownership::Taken)), named("prepared", of(Ownership::Prepared))]
    };
    let cases = [
        both(100, 100, Parts::ValueOnly, 16),
        both(1_000, 10, Parts::ValueOnly, 32),
        both(50, 1_024, Parts::KeyAndHeaders, 64),
    ];
    cases.into_iter().flatten().collect()
}

/// Batches of these records, for which ours takes a buffer of so many KiB: how long they are, and
/// who makes them.
fn contest(inputs: &'static [Input], kib: usize, ownership: Ownership) -> (usize, Vec<Contender>) {
    let capacity = kib << 10;
    let (pool, mut encoder) = (BufferPool::new(4 << 20), Encoder::new());
    let whole = ours(&pool, &mut encoder, inputs, capacity).concat();
    prove("ours", &whole, inputs);
    let mut out = vec![0; capacity];
    let written = floor::write_batch(&mut out, inputs);
    assert_eq!(whole, out.get(..written).expect("written"), "ours and the floor differ");
    let times = 32;
    let ours = Contender::repeated(Side::Ours, times, move || {
        black_box(ours(&pool, &mut encoder, black_box(inputs), capacity));
    });
    let floor = Contender::repeated(Side::Floor, times, move || {
        black_box(floor::write_batch(&mut out, black_box(inputs)));
        black_box(&out);
    });
    let mut contenders = vec![ours, floor];
    contenders.extend(peers::encoders(inputs, times, ownership));
    (whole.len(), contenders)
}

/// What a vectored write takes: the header and the payload.
fn ours(pool: &BufferPool, encoder: &mut Encoder, inputs: &[Input], capacity: usize) -> [Bytes; 2] {
    let mut batch = OpenBatch::new(pool.take(capacity), usize::MAX);
    append_all(&mut batch, inputs);
    let raw = batch.close().expect("there are records");
    let encoded = encoder.encode(raw, Compression::NONE, pool).expect("nothing is compressed");
    encoded.stamp(Stamp::Plain).into_segments()
}
