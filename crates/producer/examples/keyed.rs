//! Keys keep what belongs together in one partition and in order; headers; a tombstone.
//!
//! Run: `cargo run -p klamm --example keyed`
//! Last line: `3 records of customer 7, all in partition …`

mod common;

use std::time::Duration;

use klamm::{Header, Record};

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let producer = builder.set("linger.ms", 0).build().await?;
    let orders = producer.topic("orders").await?;
    let of_customer = || Record::to(&orders).key("customer 7");

    // Headers are a list: keys repeat, and a value may be null, which is not the empty one.
    let headers = [
        Header::new("source", b"shop"),
        Header::new("source", b"warehouse"),
        Header { key: "checked", value: None },
    ];
    let first = producer.send(of_customer().value("two of those").headers(&headers)).await?;
    // The time is the producer's unless a record says another one.
    let old = of_customer().value("one of these").timestamp(1_700_000_000_000);
    let second = producer.send(old).await?;
    // Without a value a record is a tombstone: a compacted topic forgets the key.
    let third = producer.send(of_customer()).await?;

    for acked in [&first, &second, &third] {
        println!("{acked} at {}", acked.timestamp);
        if acked.partition != first.partition {
            return Err("one key, one partition".into());
        }
    }
    producer.close(Duration::from_secs(10)).await?;
    println!("3 records of customer 7, all in partition {}", first.partition);
    Ok(())
}
