//! Reads every partition from its beginning to its end.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::content::Mark;
use crate::options::{Options, PARTITIONS};
use crate::tally::Tally;

const PATIENCE: Duration = Duration::from_secs(60);

/// Reads everything that is in the topic.
pub(crate) fn run(options: &Options) -> Result<Tally, String> {
    let consumer: BaseConsumer = options
        .client()
        .set("group.id", format!("{}-reader", options.topic))
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_uncommitted")
        .create()
        .map_err(|error| format!("no consumer: {error}"))?;
    let mut tally = Tally::default();
    for partition in 0..i32::try_from(PARTITIONS).map_err(|error| error.to_string())? {
        read(&consumer, options, partition, &mut tally)?;
    }
    Ok(tally)
}

fn read(
    consumer: &BaseConsumer,
    options: &Options,
    partition: i32,
    tally: &mut Tally,
) -> Result<(), String> {
    let end = end(consumer, options, partition)?;
    let mut assignment = TopicPartitionList::new();
    assignment
        .add_partition_offset(&options.topic, partition, Offset::Beginning)
        .map_err(|error| error.to_string())?;
    consumer.assign(&assignment).map_err(|error| error.to_string())?;
    let mut next = 0;
    let mut since = Instant::now();
    while next < end {
        match consumer.poll(Duration::from_millis(200)) {
            Some(Ok(message)) => {
                next = message.offset() + 1;
                tally.take(Mark::read(&message), message.offset());
                since = Instant::now();
            }
            Some(Err(error)) => eprintln!("while reading partition {partition}: {error}"),
            None => {}
        }
        if since.elapsed() > PATIENCE {
            return Err(format!("partition {partition} ends at {next} and not at {end}"));
        }
    }
    Ok(())
}

/// Where a partition ends; asked again while its leader has moved and the client has not seen it.
fn end(consumer: &BaseConsumer, options: &Options, partition: i32) -> Result<i64, String> {
    let began = Instant::now();
    loop {
        match consumer.fetch_watermarks(&options.topic, partition, PATIENCE) {
            Ok((_, end)) => return Ok(end),
            Err(error) if began.elapsed() > PATIENCE => {
                return Err(format!("no end of partition {partition}: {error}"));
            }
            // The client forgets a leader that refused it when it reads its metadata again.
            Err(_) => drop(consumer.fetch_metadata(Some(&options.topic), PATIENCE)),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
