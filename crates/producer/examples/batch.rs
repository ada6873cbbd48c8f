//! Many records at once: the producer makes batches of them, and each has a result of its own.
//!
//! Run: `cargo run -p klamm --example batch`
//! Last line: `2000 acknowledged, 0 failed`

mod common;

use std::time::Duration;

use klamm::Record;

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let producer = builder.set("compression.type", "zstd").build().await?;
    let orders = producer.topic("orders").await?;
    let values: Vec<String> = (0..1000).map(|n| format!("order {n}")).collect();

    // All at once: the results are in the order of the records, and one that fails stops none.
    let results = producer.send_all(values.iter().map(|v| Record::to(&orders).value(v))).await;
    let (mut acked, mut failed) = (0, 0);
    for (value, result) in values.iter().zip(results) {
        match result {
            Ok(_) => acked += 1,
            Err(error) => {
                failed += 1;
                println!("{value}: {error} ({:?})", error.fate());
            }
        }
    }

    // One after the other: `enqueue` returns when a record is taken in, its end comes later.
    let mut deliveries = Vec::new();
    for value in &values {
        deliveries.push(producer.enqueue(Record::to(&orders).value(value)).await?);
    }
    for delivery in deliveries {
        delivery.await?;
        acked += 1;
    }

    let batches = producer.metrics().await.batches;
    println!("{} batches, {} bytes for {}", batches.sent, batches.bytes, batches.raw_bytes);
    producer.close(Duration::from_secs(10)).await?;
    println!("{acked} acknowledged, {failed} failed");
    Ok(())
}
