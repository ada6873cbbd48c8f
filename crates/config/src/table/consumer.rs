//! Names of consumers' settings, as files that several programs share hold them.

use crate::row::Row;
use crate::row::Takes::Ignored;

const WHY: &str = "it is a setting of consumers";
const DOC: &str = "A setting of consumers.";

const fn both(name: &'static str) -> Row {
    Row::both(name, Ignored(WHY), DOC)
}

const fn java(name: &'static str) -> Row {
    Row::java(name, Ignored(WHY), DOC)
}

const fn librdkafka(name: &'static str) -> Row {
    Row::librdkafka(name, Ignored(WHY), DOC)
}

/// Every such row: harmless to leave where it is, and told.
pub(crate) static ROWS: &[Row] = &[
    both("auto.commit.interval.ms"),
    both("auto.offset.reset"),
    both("check.crcs"),
    both("enable.auto.commit"),
    both("fetch.max.bytes"),
    both("fetch.min.bytes"),
    both("group.id"),
    both("group.instance.id"),
    both("group.protocol"),
    both("group.remote.assignor"),
    both("heartbeat.interval.ms"),
    both("isolation.level"),
    both("max.partition.fetch.bytes"),
    both("max.poll.interval.ms"),
    both("partition.assignment.strategy"),
    both("session.timeout.ms"),
    java("default.api.timeout.ms"),
    java("exclude.internal.topics"),
    java("fetch.max.wait.ms"),
    java("key.deserializer"),
    java("max.poll.records"),
    java("value.deserializer"),
    librdkafka("auto.commit.enable"),
    librdkafka("consume.callback.max.messages"),
    librdkafka("coordinator.query.interval.ms"),
    librdkafka("enable.auto.offset.store"),
    librdkafka("enable.partition.eof"),
    librdkafka("fetch.error.backoff.ms"),
    librdkafka("fetch.message.max.bytes"),
    librdkafka("fetch.queue.backoff.ms"),
    librdkafka("fetch.wait.max.ms"),
    librdkafka("group.protocol.type"),
    librdkafka("offset.store.method"),
    librdkafka("offset.store.path"),
    librdkafka("offset.store.sync.interval.ms"),
    librdkafka("queued.max.messages.kbytes"),
    librdkafka("queued.min.messages"),
];
