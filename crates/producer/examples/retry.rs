//! An answer is lost after the record was written: it is sent again, and stands in the log once.
//!
//! Run: `cargo run -p klamm --example retry`
//! Last line: `acknowledged: orders-0@0, sent again 1 times, 1 batches in the log`

mod common;

use std::time::Duration;

use klamm::{Fate, Record};

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, cluster) = common::begin().await?;
    // A record has this long, whatever happens in between; nobody counts attempts.
    let builder = builder.set("delivery.timeout.ms", 30_000).set("request.timeout.ms", 5_000);
    let producer = builder.set("linger.ms", 0).build().await?;
    if let Some(cluster) = &cluster {
        cluster.inject("produce: after-append drop-connection times 1".parse()?);
    }

    let record = || Record::to("orders").value("two of those").partition(0);
    let acked = match producer.send(record()).await {
        Ok(acked) => acked,
        // Only what is certainly not in the log may be sent again without a second thought.
        Err(error) if error.fate() == Fate::NotWritten && error.is_retriable() => {
            producer.send(record()).await?
        }
        Err(error) => return Err(error.into()),
    };

    let retried = producer.metrics().await.records.retried;
    let batches = cluster.as_ref().map_or(1, |cluster| cluster.log("orders", 0).len());
    producer.close(Duration::from_secs(10)).await?;
    println!("acknowledged: {acked}, sent again {retried} times, {batches} batches in the log");
    Ok(())
}
