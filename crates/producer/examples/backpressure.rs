//! More than can leave: `try_enqueue` gives the record back, and `enqueue` waits for memory.
//!
//! Run: `cargo run -p klamm --example backpressure`
//! Last line: `5000 acknowledged with 131072 bytes of memory`

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use klamm::{Acked, Error, Record, TryEnqueue};

const MEMORY: usize = 131_072;
const RECORDS: u64 = 5_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let acked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&acked);
    // Told the end of every record with a tag; a tag costs nothing per record, a future would.
    let sink = move |tag: u64, result: Result<Acked, Error>| match result {
        Ok(_) => drop(counter.fetch_add(1, Ordering::Relaxed)),
        Err(error) => println!("record {tag}: {error}"),
    };
    let producer = builder.set("buffer.memory", MEMORY).sink(sink).build().await?;
    let orders = producer.topic("orders").await?;

    let value = [b'x'; 1_000];
    let (mut waits, mut peak) = (0, 0);
    for tag in 0..RECORDS {
        match producer.try_enqueue(Record::to(&orders).value(&value).tag(tag)) {
            Ok(delivery) => drop(delivery),
            // A server would answer "try later" here; this one waits, at most `max.block.ms`.
            Err(TryEnqueue::Full(record) | TryEnqueue::NoMetadata(record)) => {
                waits += 1;
                drop(producer.enqueue(record).await?);
            }
            Err(failed) => return Err(failed.to_string().into()),
        }
        peak = producer.memory_used().max(peak);
    }
    producer.flush().await?;
    producer.close(Duration::from_secs(10)).await?;
    drop(producer);
    println!("waited for memory {waits} times; {peak} bytes were used at most");
    // The sink runs on a thread of its own, which may be a moment behind.
    while acked.load(Ordering::Relaxed) < RECORDS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("{RECORDS} acknowledged with {MEMORY} bytes of memory");
    Ok(())
}
