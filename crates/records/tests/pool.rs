//! Buffers that are shared between threads, and where they end up.

#![cfg(test)]

use std::thread;

use bytes::Bytes;
use klamm_records::{BufferPool, Compression, EncodedBatch, Encoder, OpenBatch, Stamp};
use klamm_wire::WallMillis;

/// A batch of one record whose value has so many bytes.
fn encoded(pool: &BufferPool, len: usize) -> EncodedBatch {
    let mut batch = OpenBatch::new(pool.take(len + 100), usize::MAX);
    batch.append(WallMillis(0), None, Some(&vec![7; len]), &[]).unwrap();
    Encoder::new().encode(batch.close().unwrap(), Compression::NONE, pool).unwrap()
}

#[test]
fn buffers_return_from_any_thread() {
    let pool = BufferPool::new(1 << 20);
    let lent: Vec<Bytes> = (0..8).map(|_| encoded(&pool, 900).payload().clone()).collect();
    assert_eq!(pool.idle_bytes(), 0);
    thread::scope(|scope| {
        for bytes in lent {
            scope.spawn(move || drop(bytes));
        }
    });
    assert_eq!(pool.idle_bytes(), 8 * 1_024);
}

#[test]
fn a_payload_is_held_as_long_as_anything_that_was_stamped_is() {
    let pool = BufferPool::new(1 << 20);
    let batch = encoded(&pool, 5_000);
    let [_, payload] = batch.stamp(Stamp::Plain).into_segments();
    drop(batch);
    assert_eq!(pool.idle_bytes(), 0);
    drop(payload);
    assert_ne!(pool.idle_bytes(), 0);
}

#[test]
fn batches_may_be_encoded_on_any_thread() {
    let pool = BufferPool::new(1 << 20);
    let here = encoded(&pool, 3_000);
    let there = thread::scope(|scope| scope.spawn(|| encoded(&pool, 3_000)).join().unwrap());
    assert_eq!(here.stamp(Stamp::Plain).into_segments(), there.stamp(Stamp::Plain).into_segments());
}
