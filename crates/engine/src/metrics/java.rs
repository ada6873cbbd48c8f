//! The same numbers under the names of the Java producer, for dashboards that know those.
//!
//! Counters and sums are there from the beginning on (`-total`); rates only between two snapshots
//! (`-rate`). An average or a largest value is one of all time, and not a number before the first.
//! In Java's units: milliseconds, seconds for ages, bytes.
//!
//! Left out is what has no meaning here (`select-*`, `io-*`, the connections by cipher), and what
//! is not counted: `record-size-max`, and the authentications that succeeded.

use std::borrow::Cow;
use std::time::Duration;

use super::distribution::{Tally, ratio};
use super::{Metrics, NodeMetrics, OTHER, TopicMetrics};

#[cfg(test)]
mod tests;

const ALL: &str = "producer-metrics";
const TOPIC: &str = "producer-topic-metrics";
const NODE: &str = "producer-node-metrics";
const NANOS_PER_MILLI: f64 = 1e6;

/// One number under Java's name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JavaMetric<'m> {
    /// Its group.
    pub group: &'static str,
    /// The tag by which it is told from its like, and the tag's value.
    pub tag: Option<(&'static str, Cow<'m, str>)>,
    /// Its name.
    pub name: &'static str,
    /// The number; none ([`f64::NAN`]) where Java has none.
    pub value: f64,
}

/// A name and a number.
type Named = (&'static str, f64);

/// A counter: its rate's name, its own, and how far it has come.
type Counter = (&'static str, &'static str, u64);

impl Metrics {
    /// All numbers under Java's names, without rates.
    pub fn java_names(&self) -> impl Iterator<Item = JavaMetric<'_>> {
        let all = of_all(self).chain(totals(counters_of_all(self)));
        let all = all.map(|named| metric(ALL, None, named));
        let topics = self.topics.iter().flat_map(|(topic, row)| {
            let named = of_topic(row).into_iter().chain(totals(counters_of_topic(row)));
            named.map(move |named| metric(TOPIC, topic_tag(topic.map(|it| &**it)), named))
        });
        let nodes = self.nodes.iter().flat_map(|(node, row)| {
            let named = of_node(row).into_iter().chain(totals(counters_of_node(row)));
            named.map(move |named| metric(NODE, node_tag(node.map(|it| it.0)), named))
        });
        all.chain(topics).chain(nodes)
    }

    /// As [`java_names`](Self::java_names), and the rates per second since an earlier snapshot of
    /// the same producer.
    pub fn java_names_since(&self, earlier: &Self) -> impl Iterator<Item = JavaMetric<'_>> {
        self.java_names().chain(self.rates_since(earlier))
    }

    fn rates_since(&self, earlier: &Self) -> std::vec::IntoIter<JavaMetric<'_>> {
        let seconds = self.at.saturating_duration_since(earlier.at).as_secs_f64();
        let mut rates = Vec::new();
        let before = counters_of_all(earlier);
        let named = per_second(counters_of_all(self), before, seconds);
        rates.extend(named.map(|named| metric(ALL, None, named)));
        rates.push(metric(ALL, None, self.wait_ratio_since(earlier, seconds)));
        for (topic, row) in self.topics.iter() {
            let before = topic.map_or(earlier.topics.others(), |topic| earlier.topics.get(topic));
            let before = counters_of_topic(&before.copied().unwrap_or_default());
            let named = per_second(counters_of_topic(row), before, seconds);
            let tag = topic_tag(topic.map(|it| &**it));
            rates.extend(named.map(|named| metric(TOPIC, tag.clone(), named)));
        }
        for (node, row) in self.nodes.iter() {
            let before = node.map_or(earlier.nodes.others(), |node| earlier.nodes.get(node));
            let before = counters_of_node(&before.copied().unwrap_or_default());
            let named = per_second(counters_of_node(row), before, seconds);
            let tag = node_tag(node.map(|it| it.0));
            rates.extend(named.map(|named| metric(NODE, tag.clone(), named)));
        }
        rates.into_iter()
    }

    /// For which part of the time callers waited for memory; more than 1 if several did at once.
    fn wait_ratio_since(&self, earlier: &Self, seconds: f64) -> Named {
        let nanos = self.memory.waits.sum.saturating_sub(earlier.memory.waits.sum);
        let waited = Duration::from_nanos(nanos).as_secs_f64();
        let ratio = if seconds > 0.0 { waited / seconds } else { f64::NAN };
        ("bufferpool-wait-ratio", ratio)
    }
}

type Tag<'m> = Option<(&'static str, Cow<'m, str>)>;

fn metric<'m>(group: &'static str, tag: Tag<'m>, (name, value): Named) -> JavaMetric<'m> {
    JavaMetric { group, tag, name, value }
}

fn topic_tag(topic: Option<&str>) -> Tag<'_> {
    Some(("topic", Cow::Borrowed(topic.unwrap_or(OTHER))))
}

fn node_tag<'m>(node: Option<i32>) -> Tag<'m> {
    let value = node.map_or(Cow::Borrowed(OTHER), |node| format!("node-{node}").into());
    Some(("node-id", value))
}

fn totals<const N: usize>(counters: [Counter; N]) -> impl Iterator<Item = Named> {
    counters.into_iter().map(|(_, name, count)| (name, count as f64))
}

fn per_second<const N: usize>(
    counters: [Counter; N],
    before: [Counter; N],
    seconds: f64,
) -> impl Iterator<Item = Named> {
    counters.into_iter().zip(before).map(move |((name, _, count), (_, _, before))| {
        let more = count.saturating_sub(before) as f64;
        (name, if seconds > 0.0 { more / seconds } else { f64::NAN })
    })
}

fn counters_of_all(metrics: &Metrics) -> [Counter; 13] {
    let Metrics { records, batches, requests, network, memory, .. } = metrics;
    let io = requests.sent.saturating_add(requests.answered);
    [
        ("record-send-rate", "record-send-total", records.sent),
        ("record-retry-rate", "record-retry-total", records.retried),
        ("record-error-rate", "record-error-total", records.failed),
        ("batch-split-rate", "batch-split-total", batches.split),
        ("buffer-exhausted-rate", "buffer-exhausted-total", memory.exhausted),
        ("connection-creation-rate", "connection-creation-total", network.opened),
        ("connection-close-rate", "connection-close-total", network.closed),
        ("failed-authentication-rate", "failed-authentication-total", network.refused),
        ("network-io-rate", "network-io-total", io),
        ("outgoing-byte-rate", "outgoing-byte-total", network.bytes_out),
        ("incoming-byte-rate", "incoming-byte-total", network.bytes_in),
        ("request-rate", "request-total", requests.sent),
        ("response-rate", "response-total", requests.answered),
    ]
}

fn counters_of_topic(topic: &TopicMetrics) -> [Counter; 4] {
    [
        ("record-send-rate", "record-send-total", topic.records.sent),
        ("byte-rate", "byte-total", topic.bytes),
        ("record-retry-rate", "record-retry-total", topic.records.retried),
        ("record-error-rate", "record-error-total", topic.records.failed),
    ]
}

fn counters_of_node(node: &NodeMetrics) -> [Counter; 4] {
    [
        ("request-rate", "request-total", node.requests.count),
        ("response-rate", "response-total", node.responses.count),
        ("outgoing-byte-rate", "outgoing-byte-total", node.requests.sum),
        ("incoming-byte-rate", "incoming-byte-total", node.responses.sum),
    ]
}

fn of_all(metrics: &Metrics) -> impl Iterator<Item = Named> + use<> {
    of_batches(metrics).into_iter().chain(of_requests(metrics)).chain(of_times(metrics))
}

fn of_batches(metrics: &Metrics) -> [Named; 7] {
    let Metrics { records, batches, requests, .. } = metrics;
    [
        ("batch-size-avg", or_nan(batches.size.mean())),
        ("batch-size-max", largest(batches.size.tally())),
        ("compression-rate-avg", or_nan(batches.compression_rate())),
        ("record-queue-time-avg", millis(batches.queue_time.mean())),
        ("record-queue-time-max", largest(batches.queue_time.tally()) / NANOS_PER_MILLI),
        ("record-size-avg", or_nan(ratio(batches.raw_bytes, records.sent))),
        ("records-per-request-avg", or_nan(ratio(records.sent, requests.sent))),
    ]
}

fn of_requests(metrics: &Metrics) -> [Named; 11] {
    let Metrics { requests, network, memory, .. } = metrics;
    let available = memory.limit.saturating_sub(memory.used);
    [
        ("request-latency-avg", millis(requests.latency.mean())),
        ("request-latency-max", largest(requests.latency.tally()) / NANOS_PER_MILLI),
        ("request-size-avg", or_nan(requests.size.mean())),
        ("request-size-max", largest(requests.size)),
        ("produce-throttle-time-avg", millis(requests.throttle.mean())),
        ("produce-throttle-time-max", largest(requests.throttle) / NANOS_PER_MILLI),
        ("requests-in-flight", requests.in_flight as f64),
        ("connection-count", network.connections as f64),
        ("waiting-threads", memory.waiting as f64),
        ("buffer-total-bytes", memory.limit as f64),
        ("buffer-available-bytes", available as f64),
    ]
}

fn of_times(metrics: &Metrics) -> [Named; 9] {
    let calls = &metrics.calls;
    let age = metrics.metadata_age.map(|age| age.as_secs_f64());
    [
        ("metadata-age", or_nan(age)),
        ("metadata-wait-time-ns-total", calls.topic.sum as f64),
        ("bufferpool-wait-time-ns-total", metrics.memory.waits.sum as f64),
        ("flush-time-ns-total", calls.flush.sum as f64),
        ("txn-init-time-ns-total", calls.init.sum as f64),
        ("txn-begin-time-ns-total", calls.begin.sum as f64),
        ("txn-send-offsets-time-ns-total", calls.send_offsets.sum as f64),
        ("txn-commit-time-ns-total", calls.commit.sum as f64),
        ("txn-abort-time-ns-total", calls.abort.sum as f64),
    ]
}

fn of_topic(topic: &TopicMetrics) -> [Named; 1] {
    [("compression-rate", or_nan(topic.compression_rate()))]
}

fn of_node(node: &NodeMetrics) -> [Named; 4] {
    [
        ("request-latency-avg", millis(node.latency.mean())),
        ("request-latency-max", largest(node.latency) / NANOS_PER_MILLI),
        ("request-size-avg", or_nan(node.requests.mean())),
        ("request-size-max", largest(node.requests)),
    ]
}

fn or_nan(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

fn millis(nanos: Option<f64>) -> f64 {
    or_nan(nanos) / NANOS_PER_MILLI
}

fn largest(tally: Tally) -> f64 {
    if tally.count == 0 { f64::NAN } else { tally.max as f64 }
}
