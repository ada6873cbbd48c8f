//! What it costs to encode a batch with each codec of this build, checksum included.

use std::hint::black_box;
use std::time::{Duration, Instant};

use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::{BufferPool, Codec, Compression, Encoder, OpenBatch, RawBatch};

use crate::facts::{Input, Parts, append_all, inputs};

pub(crate) fn contests() -> Vec<Contest<String>> {
    let sizes = [16, 64, 1_024];
    let cases = Codec::ALL.into_iter().flat_map(|codec| sizes.map(|kib| (codec, kib)));
    cases.filter_map(|(codec, kib)| contest(codec, kib)).collect()
}

/// `None` when the codec does not make such a batch smaller, or is not in this build.
fn contest(codec: Codec, kib: usize) -> Option<Contest<String>> {
    let capacity = kib << 10;
    let inputs = inputs(capacity / 120, 100, Parts::ValueOnly);
    let (pool, mut encoder) = (BufferPool::new(8 << 20), Encoder::new());
    let compression = Compression::of(codec);
    let encoded = encoder.encode(raw(&pool, capacity, inputs), compression, &pool).ok()?;
    if encoded.codec() != codec {
        return None;
    }
    let title = format!("compress {kib} KiB by {codec}");
    let bytes = encoded.size();
    let ours = Contender::timed(Side::Ours, 1, move || {
        let raw = raw(&pool, capacity, inputs);
        let start = Instant::now();
        let encoded = encoder.encode(raw, compression, &pool).expect("encoded before");
        let elapsed: Duration = start.elapsed();
        black_box(&encoded);
        elapsed
    });
    Some(Contest { title, bytes, contenders: vec![ours] })
}

fn raw(pool: &BufferPool, capacity: usize, inputs: &[Input]) -> RawBatch {
    let mut batch = OpenBatch::new(pool.take(capacity), usize::MAX);
    append_all(&mut batch, inputs);
    batch.close().expect("there are records")
}
