//! Names that are known and that nothing reads yet.
//!
//! They are refused, so that none is a setting in vain, unless the caller says that producing is
//! not its business.

use crate::row::Row;
use crate::row::Takes::{Ignored, Never, Producing};

/// Every such row.
pub(crate) static NAMES: &[&[Row]] = &[BOTH, JAVA, LIBRDKAFKA, PARTS_OF_JAVA];

const ABOUT_PRODUCING: &str = "A setting of producers.";

const fn both(name: &'static str) -> Row {
    Row::both(name, Producing, ABOUT_PRODUCING)
}

const fn java(name: &'static str) -> Row {
    Row::java(name, Producing, ABOUT_PRODUCING)
}

const fn librdkafka(name: &'static str) -> Row {
    Row::librdkafka(name, Producing, ABOUT_PRODUCING)
}

const fn part_of_java(name: &'static str, instead: &'static str) -> Row {
    Row::java(name, Ignored(instead), "A class of Java.")
}

const BOTH: &[Row] = &[
    both("acks"),
    both("batch.size"),
    both("client.rack"),
    both("compression.type"),
    both("delivery.timeout.ms"),
    both("enable.idempotence"),
    both("enable.metrics.push"),
    both("linger.ms"),
    both("retries"),
    both("transaction.timeout.ms"),
    both("transactional.id"),
];

const JAVA: &[Row] = &[
    java("buffer.memory"),
    java("compression.gzip.level"),
    java("compression.lz4.level"),
    java("compression.zstd.level"),
    java("max.block.ms"),
    java("max.request.size"),
    java("metrics.num.samples"),
    java("metrics.recording.level"),
    java("metrics.sample.window.ms"),
    java("partitioner.adaptive.partitioning.enable"),
    java("partitioner.availability.timeout.ms"),
    java("partitioner.class"),
    java("partitioner.ignore.keys"),
    java("transaction.two.phase.commit.enable"),
    Row::java(
        "config.providers",
        Never("values are taken as they are written", "Write the values themselves"),
        "Classes of Java that look values up elsewhere.",
    ),
];

const LIBRDKAFKA: &[Row] = &[
    Row::librdkafka(
        "request.timeout.ms",
        Producing,
        "How long a broker may wait for its replicas.",
    )
    .clash("how long a broker may wait for its replicas, where the Java client means answers"),
    librdkafka("api.version.fallback.ms"),
    librdkafka("api.version.request"),
    librdkafka("api.version.request.timeout.ms"),
    librdkafka("batch.num.messages"),
    librdkafka("broker.address.ttl"),
    librdkafka("broker.version.fallback"),
    librdkafka("compression.codec"),
    librdkafka("compression.level"),
    librdkafka("debug"),
    librdkafka("delivery.report.only.error"),
    librdkafka("enable.gapless.guarantee"),
    librdkafka("enable.random.seed"),
    librdkafka("internal.termination.signal"),
    librdkafka("log.connection.close"),
    librdkafka("log.queue"),
    librdkafka("log.thread.name"),
    librdkafka("log_level"),
    librdkafka("message.copy.max.bytes"),
    librdkafka("message.max.bytes"),
    librdkafka("message.send.max.retries"),
    librdkafka("message.timeout.ms"),
    librdkafka("msg_order_cmp"),
    librdkafka("partitioner"),
    librdkafka("plugin.library.paths"),
    librdkafka("produce.offset.report"),
    librdkafka("queue.buffering.backpressure.threshold"),
    librdkafka("queue.buffering.max.kbytes"),
    librdkafka("queue.buffering.max.messages"),
    librdkafka("queue.buffering.max.ms"),
    librdkafka("queuing.strategy"),
    librdkafka("reconnect.backoff.jitter.ms"),
    librdkafka("request.required.acks"),
    librdkafka("socket.blocking.max.ms"),
    librdkafka("socket.max.fails"),
    librdkafka("statistics.interval.ms"),
    librdkafka("sticky.partitioning.linger.ms"),
    librdkafka("topic.blacklist"),
    librdkafka("topic.metadata.refresh.fast.cnt"),
];

/// What Java's configurations hold of Java: harmless to leave where it is.
const PARTS_OF_JAVA: &[Row] = &[
    part_of_java("key.serializer", "keys are handed in as bytes"),
    part_of_java("value.serializer", "values are handed in as bytes"),
    part_of_java("interceptor.classes", "classes of Java cannot be run"),
    part_of_java("metric.reporters", "classes of Java cannot be run"),
];
