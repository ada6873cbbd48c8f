//! Writes the records and keeps the delivery report of each.

use std::sync::Mutex;
use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::{ClientContext, Message};

use crate::content::Mark;
use crate::options::{Options, PARTITIONS};

/// What the producer was told: for each mark that was acknowledged, at which offset.
#[derive(Debug, Default)]
pub(crate) struct Acks {
    pub(crate) told: Vec<(Mark, i64)>,
    pub(crate) failed: u64,
}

struct Reports(Mutex<Acks>);

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, index: usize) {
        let Ok(mut acks) = self.0.lock() else { return };
        match result {
            Ok(message) => acks.told.push((mark(index), message.offset())),
            Err((error, _)) => {
                acks.failed += 1;
                if acks.failed <= 5 {
                    eprintln!("not acknowledged: {error}");
                }
            }
        }
    }
}

/// The mark of the record that is sent as the `index`th.
fn mark(index: usize) -> Mark {
    let index = index as u64;
    let partition = i32::try_from(index % u64::from(PARTITIONS)).unwrap_or_default();
    Mark { partition, number: index / u64::from(PARTITIONS) }
}

/// Sends all records and waits for all reports.
pub(crate) fn run(options: &Options) -> Result<Acks, String> {
    let producer: BaseProducer<Reports> = options
        .client()
        .set("enable.idempotence", options.is_idempotent.to_string())
        .set("acks", "all")
        .set("compression.type", &options.codec)
        .set("linger.ms", "5")
        .create_with_context(Reports(Mutex::default()))
        .map_err(|error| format!("no producer: {error}"))?;
    let count = usize::try_from(options.records).map_err(|error| error.to_string())?;
    for index in 0..count {
        send(&producer, &options.topic, index)?;
    }
    producer
        .flush(Duration::from_secs(120))
        .map_err(|error| format!("not everything is delivered: {error}"))?;
    let mut acks = producer.context().0.lock().map_err(|error| error.to_string())?;
    Ok(std::mem::take(&mut *acks))
}

fn send(producer: &BaseProducer<Reports>, topic: &str, index: usize) -> Result<(), String> {
    let mark = mark(index);
    let (key, value) = (mark.key(), mark.value());
    let mut record = BaseRecord::with_opaque_to(topic, index)
        .partition(mark.partition)
        .key(&key)
        .payload(&value)
        .headers(mark.headers());
    if index.is_multiple_of(1000) {
        producer.poll(Duration::ZERO);
    }
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), returned)) => {
                record = returned;
                producer.poll(Duration::from_millis(10));
            }
            Err((error, _)) => return Err(format!("cannot send: {error}")),
        }
    }
}
