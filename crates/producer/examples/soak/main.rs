//! Sends records that follow from a seed, and writes down what became of each.
//!
//! `cargo xtask kafka produce` runs it beside a real cluster and has a reader in Java hold what is
//! in the log against that file.

#![forbid(unsafe_code)]

mod arguments;
mod formula;
mod ledger;
mod sender;
mod transactions;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use klamm::{Error, Producer, Topic};

use arguments::{Arguments, Mode};
use formula::Formula;
use ledger::{Ledger, Sink};
use sender::{Door, Sender};

/// Longer than any delivery may take.
const LIMIT: Duration = Duration::from_secs(150);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// False if not all went as it should where nothing disturbs.
fn run() -> Result<bool, String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(soak(&arguments))
}

async fn soak(arguments: &Arguments) -> Result<bool, String> {
    let ledger = Arc::new(Ledger::default());
    let (producer, topic) = connect(arguments, &ledger).await.map_err(|error| told(&error))?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let formula = Formula {
        seed: arguments.seed,
        partitions: u32::try_from(topic.partitions()).unwrap_or_default(),
        base: i64::try_from(since.as_millis()).unwrap_or_default(),
    };
    let began = Instant::now();
    let mut sender = Sender::new(arguments, formula, &ledger, topic);
    let is_good = match arguments.mode {
        Mode::Transactional => transactions::run(arguments, producer, &mut sender).await,
        Mode::Idempotent | Mode::AcksOne | Mode::AcksNone => plain(&producer, &mut sender).await,
    };
    let is_told = ledger.wait(LIMIT);
    sender.settle();
    let seconds = began.elapsed().as_secs_f64();
    println!("{{\"seconds\":{seconds:.2},{}}}", ledger.counts());
    let written = ledger.write(&arguments.outcome, &formula);
    written.map_err(|error| format!("{}: {error}", arguments.outcome.display()))?;
    Ok(is_good && is_told)
}

/// A producer whose records' ends go to the ledger, and the topic.
async fn connect(arguments: &Arguments, ledger: &Arc<Ledger>) -> Result<(Producer, Topic), Error> {
    let mut builder = Producer::builder().sink(Sink(Arc::clone(ledger)));
    for (name, value) in &arguments.properties {
        builder = builder.set(name, value);
    }
    let producer = builder.build().await?;
    let topic = producer.topic(&arguments.topic).await?;
    Ok((producer, topic))
}

/// Sends without transactions, and closes.
async fn plain(producer: &Producer, sender: &mut Sender<'_>) -> bool {
    while sender.goes_on() {
        sender.send(Door::Producer(producer)).await;
    }
    match producer.close(LIMIT).await {
        Ok(closed) => closed.not_written == 0 && closed.unknown == 0,
        Err(error) => {
            eprintln!("close: {}", told(&error));
            false
        }
    }
}

/// An error with what is known about it.
fn told(error: &Error) -> String {
    format!("{:?}, {:?}: {error}", error.kind(), error.fate())
}
