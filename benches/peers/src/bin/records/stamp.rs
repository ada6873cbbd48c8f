//! What it costs to put a header before a payload.

use std::hint::black_box;

use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::{BufferPool, Compression, EncodedBatch, Encoder, Identity, OpenBatch, Stamp};
use klamm_wire::{Epoch, ProducerId, Sequence};

use crate::facts::{Parts, append_all, inputs};

pub(crate) fn contests() -> Vec<Contest<String>> {
    vec![contest(16), contest(1_024)]
}

fn contest(kib: usize) -> Contest<String> {
    let batch = encoded(kib << 10);
    let identity = Identity {
        producer_id: ProducerId(4_711),
        epoch: Epoch(3),
        base_sequence: Sequence(1_234_567),
    };
    let stamp = move || batch.stamp(black_box(Stamp::Idempotent(identity)));
    let bytes = stamp().header().len();
    let ours = Contender::repeated(Side::Ours, 64, move || _ = black_box(stamp()));
    let title = format!("stamp a batch of {kib} KiB");
    Contest { title, bytes, contenders: vec![ours] }
}

fn encoded(capacity: usize) -> EncodedBatch {
    let pool = BufferPool::new(0);
    let mut batch = OpenBatch::new(pool.take(capacity), usize::MAX);
    append_all(&mut batch, inputs(capacity / 120, 100, Parts::ValueOnly));
    let raw = batch.close().expect("there are records");
    Encoder::new().encode(raw, Compression::NONE, &pool).expect("nothing is compressed")
}
