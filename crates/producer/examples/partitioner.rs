//! A partition of one's own choice; without one, `partitioner` and `partitioner.class` decide.
//!
//! Run: `cargo run -p klamm --example partitioner`
//! Last line: `north and south are apart`

mod common;

use std::time::Duration;

use klamm::{Record, Topic};

/// The last partition is for the north, and the others are for everybody else, by length of name.
fn partition_of(region: &str, topic: &Topic) -> common::Outcome<i32> {
    let last = topic.partitions().checked_sub(1).ok_or("the topic has no partitions")?;
    let chosen = if region == "north" { last } else { region.len() % last.max(1) };
    Ok(i32::try_from(chosen)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    // Keys of records without a partition of their own go where librdkafka and Java's producer
    // would both put them. librdkafka's own default is `consistent_random`, which is CRC-32.
    let builder = builder.set("linger.ms", 0).set("partitioner", "murmur2_random");
    let producer = builder.set("enable.idempotence", true).build().await?;
    let orders = producer.topic("orders").await?;

    let mut chosen = Vec::new();
    for region in ["north", "south", "east"] {
        let partition = partition_of(region, &orders)?;
        let record = Record::to(&orders).key(region).value("an order").partition(partition);
        let acked = producer.send(record).await?;
        println!("{region}: {acked}");
        chosen.push(acked.partition);
    }
    let keyed = producer.send(Record::to(&orders).key("west").value("an order")).await?;
    println!("west, by its key: {keyed}");

    producer.close(Duration::from_secs(10)).await?;
    match chosen.as_slice() {
        [north, south, ..] if north == south => Err("the topic needs two partitions".into()),
        _ => {
            println!("north and south are apart");
            Ok(())
        }
    }
}
