//! Our client with a delivery of each record, awaited in the order of the records.

use std::collections::VecDeque;

use klamm::{Delivery, Record, Topic, TryEnqueue, blocking};

use super::klamm::connect;
use crate::run::{Job, Measured};

/// How many records may be awaited at once; far more than those of the batches on their way.
const OPEN: usize = 1 << 17;

pub(crate) fn run(job: &Job) -> Result<Measured, String> {
    let (producer, topic) = connect(&job.settings(), |builder| builder)?;
    let mut values = job.values.iter().cycle();
    let mut open = VecDeque::with_capacity(OPEN);
    let mut delivered = 0;
    job.measure(|first, records| {
        for value in values.by_ref().take(records as usize) {
            if open.len() == OPEN {
                delivered += await_some(&mut open, OPEN / 2)?;
            }
            open.push_back(send(&producer, &topic, value)?);
        }
        let all = open.len();
        delivered += await_some(&mut open, all)?;
        let is_all = delivered == first + records;
        is_all.then_some(()).ok_or_else(|| format!("{delivered} were delivered"))
    })
}

/// Awaits so many of the oldest ones.
fn await_some(open: &mut VecDeque<Delivery>, count: usize) -> Result<u64, String> {
    let mut delivered = 0;
    for delivery in open.drain(..count) {
        blocking::wait(delivery).map_err(|error| error.to_string())?;
        delivered += 1;
    }
    Ok(delivered)
}

#[inline]
fn send(producer: &blocking::Producer, topic: &Topic, value: &[u8]) -> Result<Delivery, String> {
    match producer.try_enqueue(Record::to(topic).value(value)) {
        Ok(delivery) => Ok(delivery),
        Err(TryEnqueue::Full(record) | TryEnqueue::NoMetadata(record)) => {
            producer.enqueue(record).map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}
