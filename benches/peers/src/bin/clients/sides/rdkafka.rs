//! The peer in C, librdkafka, through its binding and with a callback.

use std::sync::Arc;
use std::time::Duration;

use klamm_peers_bench::{TOPIC, nap};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, DeliveryResult, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext};

use crate::run::{Heard, Job, Measured};

/// How long to wait for room in the queue, which holds a hundred thousand records.
const NAP: Duration = Duration::from_millis(1);

struct Context(Arc<Heard>);

impl ClientContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        match result {
            Ok(_) => self.0.delivered(number as u64),
            Err((error, _)) => self.0.failed(error),
        }
    }
}

pub(crate) fn run(job: &Job) -> Result<Measured, String> {
    let heard = Arc::new(Heard::default());
    let mut config = ClientConfig::new();
    for (name, value) in job.settings().pairs() {
        config.set(name, value);
    }
    let producer: ThreadedProducer<Context> = config
        .create_with_context(Context(Arc::clone(&heard)))
        .map_err(|error| error.to_string())?;
    let mut values = job.values.iter().cycle();
    job.measure(|first, records| {
        for (number, value) in (first..first + records).zip(&mut values) {
            send(&producer, value, number as usize).map_err(|error| error.to_string())?;
        }
        heard.wait(first + records)
    })
}

#[inline]
fn send(
    producer: &ThreadedProducer<Context>,
    value: &[u8],
    number: usize,
) -> Result<(), KafkaError> {
    let mut record = BaseRecord::<(), [u8], usize>::with_opaque_to(TOPIC, number).payload(value);
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                record = back;
                nap(NAP);
            }
            Err((error, _)) => return Err(error),
        }
    }
}
