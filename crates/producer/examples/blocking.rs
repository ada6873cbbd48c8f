//! Without an async runtime: every call blocks its thread, on any number of threads.
//!
//! Run: `cargo run -p klamm --example blocking`
//! Last line: `4 threads, 400 acknowledged`

mod common;

use std::thread;
use std::time::Duration;

use klamm::blocking::{Producer, wait};
use klamm::{Error, Record};

fn sell(producer: &Producer, shop: usize) -> Result<u64, Error> {
    let key = format!("shop {shop}");
    let mut deliveries = Vec::new();
    for n in 0..100 {
        let value = format!("order {n}");
        deliveries.push(producer.enqueue(Record::to("orders").key(&key).value(&value))?);
    }
    let mut acked = 0;
    for delivery in deliveries {
        wait(delivery)?;
        acked += 1;
    }
    Ok(acked)
}

fn main() -> common::Outcome {
    // The cluster of the example needs a runtime, and the producer does not.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (builder, _cluster) = runtime.block_on(common::begin())?;

    let producer = Producer::build(builder)?;
    let threads: Vec<_> = (0..4)
        .map(|shop| {
            let producer = producer.clone();
            thread::spawn(move || sell(&producer, shop))
        })
        .collect();
    let (mut count, mut acked) = (0, 0);
    for thread in threads {
        acked += thread.join().map_err(|_| "a thread panicked")??;
        count += 1;
    }
    producer.close(Duration::from_secs(10))?;
    println!("{count} threads, {acked} acknowledged");
    Ok(())
}
