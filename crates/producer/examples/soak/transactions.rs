//! The same in transactions, of which some are aborted.

use klamm::{Producer, Transaction};

use crate::arguments::Arguments;
use crate::ledger::End;
use crate::sender::{Door, Sender};
use crate::{LIMIT, connect, told};

/// One transaction of so many is aborted.
const ABORTED: u64 = 7;

/// How often a producer may be lost before that is the end.
const LOSSES: u32 = 20;

/// False if a transaction did not end as it was meant to.
pub(crate) async fn run(
    arguments: &Arguments,
    mut producer: Producer,
    sender: &mut Sender<'_>,
) -> bool {
    let (mut ordinal, mut losses) = (0_u64, 0_u32);
    while sender.goes_on() {
        ordinal = ordinal.wrapping_add(1);
        match one(&producer, sender, arguments.per_transaction, ordinal % ABORTED == 0).await {
            Ok(()) => {}
            Err(Trouble::Transaction) => losses = losses.saturating_add(1),
            Err(Trouble::Producer) => {
                losses = losses.saturating_add(1);
                match connect(arguments, sender.ledger()).await {
                    Ok((another, topic)) => {
                        producer = another;
                        sender.set_topic(topic);
                    }
                    Err(error) => eprintln!("again: {}", told(&error)),
                }
            }
        }
        if losses > LOSSES {
            eprintln!("given up after {losses} transactions that failed");
            return false;
        }
    }
    let closed = producer.close(LIMIT).await;
    closed.inspect_err(|error| eprintln!("close: {}", told(error))).is_ok() && losses == 0
}

/// What failed.
enum Trouble {
    Transaction,
    Producer,
}

/// One transaction, from its beginning to its end.
async fn one(
    producer: &Producer,
    sender: &mut Sender<'_>,
    records: u64,
    is_to_abort: bool,
) -> Result<(), Trouble> {
    let transaction = producer.begin().await.map_err(|error| {
        eprintln!("begin: {}", told(&error));
        Trouble::Producer
    })?;
    let since = sender.next();
    let mut is_sound = true;
    while is_sound && sender.next().saturating_sub(since) < records && sender.goes_on() {
        is_sound = sender.send(Door::Transaction(&transaction)).await;
    }
    let end =
        if is_sound && !is_to_abort { commit(transaction).await } else { abort(transaction).await };
    if !matches!(end, Ok(End::Acked)) {
        sender.rule(since, *end.as_ref().unwrap_or(&End::Unknown));
    }
    match end {
        Ok(End::Acked) => Ok(()),
        Ok(_) if is_to_abort && is_sound => Ok(()),
        Ok(_) => Err(Trouble::Transaction),
        Err(trouble) => Err(trouble),
    }
}

async fn commit(transaction: Transaction) -> Result<End, Trouble> {
    match transaction.commit().await {
        Ok(()) => Ok(End::Acked),
        Err(error) => {
            eprintln!("commit: {}", told(error.error()));
            if error.error().is_fatal() { Err(Trouble::Producer) } else { Ok(End::Unknown) }
        }
    }
}

async fn abort(transaction: Transaction) -> Result<End, Trouble> {
    match transaction.abort().await {
        Ok(()) => Ok(End::Aborted),
        Err(error) => {
            eprintln!("abort: {}", told(error.error()));
            if error.error().is_fatal() { Err(Trouble::Producer) } else { Ok(End::Unknown) }
        }
    }
}
