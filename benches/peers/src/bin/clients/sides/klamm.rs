//! Our client with a sink.

use std::sync::Arc;

use klamm::{Builder, Record, Topic, TryEnqueue, blocking};
use klamm_peers_bench::{Settings, TOPIC};

use crate::run::{Heard, Job, Measured};

pub(crate) fn run(job: &Job) -> Result<Measured, String> {
    let heard = Arc::new(Heard::default());
    let told = Arc::clone(&heard);
    let sink = move |number: u64, result: Result<klamm::Acked, klamm::Error>| match result {
        Ok(_) => told.delivered(number),
        Err(error) => told.failed(&error),
    };
    let (producer, topic) = connect(&job.settings(), |builder| builder.sink(sink))?;
    let mut values = job.values.iter().cycle();
    job.measure(|first, records| {
        for (number, value) in (first..first + records).zip(&mut values) {
            send(&producer, &topic, value, number)?;
        }
        heard.wait(first + records)
    })
}

/// A producer with these settings and what `more` adds, and its topic.
pub(super) fn connect(
    settings: &Settings<'_>,
    more: impl FnOnce(Builder) -> Builder,
) -> Result<(blocking::Producer, Topic), String> {
    let builder = settings
        .pairs()
        .into_iter()
        .fold(klamm::Producer::builder(), |builder, pair| builder.set(pair.0, pair.1));
    let producer = blocking::Producer::build(more(builder)).map_err(|error| error.to_string())?;
    let topic = producer.topic(TOPIC).map_err(|error| error.to_string())?;
    Ok((producer, topic))
}

#[inline]
fn send(
    producer: &blocking::Producer,
    topic: &Topic,
    value: &[u8],
    number: u64,
) -> Result<(), String> {
    match producer.try_enqueue(Record::to(topic).value(value).tag(number)) {
        Ok(_delivery) => Ok(()),
        Err(TryEnqueue::Full(record) | TryEnqueue::NoMetadata(record)) => {
            producer.enqueue(record).map(drop).map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}
