//! Ends gracefully on Ctrl-C and SIGTERM: takes no more records, and waits for those it has.
//!
//! Run: `cargo run -p klamm --example shutdown`
//! Last line: `closed: 0 not written, 0 unknown`

mod common;

use std::time::Duration;

use klamm::{Producer, Record};

/// How long the platform lets us go on after a signal, less a little.
const GRACE: Duration = Duration::from_secs(20);

#[cfg(unix)]
async fn signalled() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminated.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signalled() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// The work: a record every few milliseconds. Dropping it between two records loses none, since
/// `enqueue` takes a record in whole or not at all.
async fn work(producer: &Producer) -> Result<(), klamm::Error> {
    for n in 0..100 {
        let value = format!("order {n}");
        drop(producer.enqueue(Record::to("orders").value(&value)).await?);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> common::Outcome {
    let (builder, _cluster) = common::begin().await?;
    let producer = builder.build().await?;
    tokio::select! {
        signal = signalled() => {
            signal?;
            println!("a signal came");
        }
        worked = work(&producer) => worked?,
    }
    let closed = producer.close(GRACE).await?;
    println!("closed: {} not written, {} unknown", closed.not_written, closed.unknown);
    Ok(())
}
