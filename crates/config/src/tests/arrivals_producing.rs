//! Where the value of each property of producers is seen.
#![cfg(test)]

use klamm_batching::partitioner::{Choice, Draws, Partitions, Question};

use super::arrivals::{Arrival, Pairs, at, debug};
use crate::Config;
use crate::Family::{Java, Librdkafka};

const ALONE: Pairs = &[];
const PLAIN: Pairs = &[("enable.idempotence", "false")];
const NAMED: Pairs = &[("transactional.id", "t")];
const GZIP: Pairs = &[("compression.type", "gzip")];
const LZ4: Pairs = &[("compression.type", "lz4")];
const ZSTD: Pairs = &[("compression.type", "zstd")];

pub(super) const ARRIVALS: &[Arrival] = &[
    at(Java, ("klamm.profile", "Balanced"), ALONE, batch_size, "65536"),
    at(Java, ("acks", "0"), PLAIN, mode, "Plain(None) 0"),
    at(Librdkafka, ("request.required.acks", "1"), ALONE, mode, "Plain(Leader) 1"),
    at(Java, ("enable.idempotence", "false"), ALONE, mode, "Plain(Leader) -1"),
    at(Java, ("retries", "0"), ALONE, mode, "Plain(Leader) -1"),
    at(Librdkafka, ("message.send.max.retries", "7"), ALONE, warned, "retries counted"),
    at(Java, ("transactional.id", "t"), ALONE, mode, "Transactional -1"),
    at(
        Java,
        ("transaction.timeout.ms", "1"),
        NAMED,
        |c| debug(&c.producing().transaction_timeout),
        "1ms",
    ),
    at(Java, ("batch.size", "7"), ALONE, batch_size, "7"),
    at(Java, ("linger.ms", "0"), ALONE, linger, "0ns"),
    at(Librdkafka, ("queue.buffering.max.ms", "0.25"), ALONE, linger, "250µs"),
    at(Java, ("buffer.memory", "20000"), ALONE, memory, "20000"),
    at(Librdkafka, ("queue.buffering.max.kbytes", "20"), ALONE, memory, "20480"),
    at(Java, ("delivery.timeout.ms", "30005"), ALONE, delivery, "30.005s"),
    at(Librdkafka, ("delivery.timeout.ms", "0"), ALONE, delivery, "3153600000s"),
    at(Librdkafka, ("message.timeout.ms", "5000"), ALONE, delivery, "5s"),
    at(
        Librdkafka,
        ("request.timeout.ms", "9"),
        ALONE,
        |c| debug(&c.producing().broker_timeout),
        "9ms",
    ),
    at(Java, ("max.block.ms", "0"), ALONE, |c| debug(&c.producing().max_block), "0ns"),
    at(Java, ("max.request.size", "50000"), ALONE, largest, "50000 50000"),
    at(Librdkafka, ("message.max.bytes", "50001"), ALONE, largest, "50001 50001"),
    at(Java, ("compression.type", "snappy"), ALONE, codec, "Snappy None"),
    at(Librdkafka, ("compression.codec", "zstd"), ALONE, codec, "Zstd None"),
    at(Java, ("compression.gzip.level", "9"), GZIP, codec, "Gzip Some(9)"),
    at(Java, ("compression.lz4.level", "17"), LZ4, codec, "Lz4 Some(17)"),
    at(Java, ("compression.zstd.level", "-7"), ZSTD, codec, "Zstd Some(-7)"),
    at(Librdkafka, ("compression.level", "4"), GZIP, codec, "Gzip Some(4)"),
    at(
        Java,
        ("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"),
        ALONE,
        partitioner,
        "round_robin",
    ),
    at(Librdkafka, ("partitioner", "murmur2_random"), ALONE, partitioner, "murmur2_random"),
    at(Java, ("partitioner.ignore.keys", "true"), ALONE, partitioner, "default, keys ignored"),
    at(
        Java,
        ("partitioner.adaptive.partitioning.enable", "false"),
        ALONE,
        |c| c.producing().batching.adaptive.to_string(),
        "false",
    ),
    at(
        Java,
        ("partitioner.availability.timeout.ms", "8"),
        ALONE,
        |c| debug(&c.producing().slow_after),
        "Some(8ms)",
    ),
    at(Librdkafka, ("sticky.partitioning.linger.ms", "0"), ALONE, sticks, "false"),
];

fn mode(c: &Config) -> String {
    format!("{:?} {}", c.producing().machine.mode, c.producing().acks)
}

fn warned(c: &Config) -> String {
    let is_told = c.warnings().iter().any(|warning| warning.text.starts_with("times are not"));
    if is_told { "retries counted" } else { "" }.to_owned()
}

fn batch_size(c: &Config) -> String {
    c.producing().batching.batch_size.to_string()
}

fn linger(c: &Config) -> String {
    debug(&c.producing().batching.linger)
}

fn memory(c: &Config) -> String {
    c.producing().batching.memory.to_string()
}

fn delivery(c: &Config) -> String {
    debug(&c.producing().batching.delivery_timeout)
}

fn largest(c: &Config) -> String {
    format!("{} {}", c.producing().max_request, c.producing().batching.max_record)
}

fn codec(c: &Config) -> String {
    let compression = c.producing().batching.compression;
    format!("{:?} {:?}", compression.codec(), compression.level())
}

/// Asks the partitioner itself where keys go.
fn partitioner(c: &Config) -> String {
    let partitioner = c.producing().batching.partitioner;
    let is_sticky = choice(c, Some(b"key")) == Choice::Sticky;
    let ignored = if is_sticky { ", keys ignored" } else { "" };
    format!("{}{ignored}", partitioner.name())
}

fn sticks(c: &Config) -> String {
    (choice(c, None) == Choice::Sticky).to_string()
}

fn choice(c: &Config, key: Option<&[u8]>) -> Choice {
    let (draws, partitions) = (Draws::new(0), Three);
    let question =
        Question { topic: "t", key, value: None, partitions: &partitions, draws: &draws };
    c.producing().batching.partitioner.choose(&question)
}

/// Three partitions.
struct Three;

impl Partitions for Three {
    fn count(&self) -> u32 {
        3
    }

    fn is_available(&self, _: u32) -> bool {
        true
    }
}
