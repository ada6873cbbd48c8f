//! A partitioner of one's own: the north has the last partition to itself.
//!
//! Run: `cargo run -p klamm --example partitioner`
//! Last line: `the north is alone`

mod common;

use std::time::Duration;

use klamm::Record;
use klamm::partitioner::{Choice, JavaDefault, Partitioner, Question};

/// The last partition is for the north, and among the others everybody goes where Java's producer
/// would put them.
struct ByRegion;

impl Partitioner for ByRegion {
    fn name(&self) -> &'static str {
        "by region"
    }

    fn choose(&self, question: &Question<'_>) -> Choice {
        let count = question.partitions.count();
        let last = i32::try_from(count).unwrap_or(i32::MAX).saturating_sub(1);
        match (question.key, JavaDefault::default().choose(question)) {
            (Some(b"north"), _) => Choice::partition(last),
            (_, Choice::Partition(other)) if other.0 == last => Choice::partition(0),
            (_, other) => other,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let producer = builder.set("linger.ms", 0).partitioner(ByRegion).build().await?;
    let orders = producer.topic("orders").await?;

    let (mut north, mut others) = (Vec::new(), Vec::new());
    for region in ["north", "south", "east", "west", "north"] {
        let acked = producer.send(Record::to(&orders).key(region).value("an order")).await?;
        println!("{region}: {acked}");
        if region == "north" { &mut north } else { &mut others }.push(acked.partition);
    }

    producer.close(Duration::from_secs(10)).await?;
    let is_alone = north.iter().all(|place| !others.contains(place));
    println!("{}", if is_alone { "the north is alone" } else { "the topic has one partition" });
    Ok(())
}
