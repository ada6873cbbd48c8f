//! Read, work, write: records and the offsets of what they were made from, all or nothing.
//!
//! Run: `cargo run -p klamm --example transaction`
//! Last line: `one committed, one aborted`

mod common;

use std::time::Duration;

use klamm::{Error, GroupMember, Offset, Record, Transaction};

/// Commits; a commit whose answer did not come in time is asked for again, because only that can
/// tell whether it has happened.
async fn commit(mut transaction: Transaction) -> Result<(), Error> {
    loop {
        match transaction.commit().await {
            Ok(()) => return Ok(()),
            Err(failed) if failed.error().is_retriable() => {
                let error = failed.error().clone();
                transaction = failed.into_transaction().ok_or(error)?;
            }
            Err(failed) => return Err(failed.into_error()),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    // One name for each instance of a program: a second one with the same name fences the first.
    let producer = builder.set("transactional.id", "invoices-1").build().await?;

    // What was read, as the consumer knows it: the offset is that of the next record.
    let group = GroupMember {
        group: "invoices".to_owned(),
        generation: -1,
        member: String::new(),
        instance: None,
    };
    let read = Offset {
        topic: "orders".to_owned(),
        partition: 0,
        offset: 42,
        leader_epoch: -1,
        metadata: None,
    };

    let transaction = producer.begin().await?;
    let first = transaction.enqueue(Record::to("orders").key("customer 7").value("a bill")).await?;
    let second =
        transaction.enqueue(Record::to("orders").key("customer 8").value("a bill")).await?;
    transaction.send_offsets(&group, &[read]).await?;
    commit(transaction).await?;
    println!("committed: {} and {}", first.await?, second.await?);

    let transaction = producer.begin().await?;
    let unwanted = transaction.send(Record::to("orders").value("a mistake")).await?;
    transaction.abort().await?;
    println!("aborted: {unwanted}");

    producer.close(Duration::from_secs(10)).await?;
    println!("one committed, one aborted");
    Ok(())
}
