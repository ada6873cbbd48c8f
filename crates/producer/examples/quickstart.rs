//! The shortest way to an acknowledged record.
//!
//! Run: `cargo run -p klamm --example quickstart`
//! Last line: `acknowledged: orders-…@…`

mod common;

use std::time::Duration;

use klamm::Record;

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let producer = builder.set("linger.ms", 0).build().await?;
    let orders = producer.topic("orders").await?;
    let acked = producer.send(Record::to(&orders).key("customer 7").value("two of those")).await?;
    producer.close(Duration::from_secs(10)).await?;
    println!("acknowledged: {acked}");
    Ok(())
}
