//! The names that are there, held to a list that was written by hand.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;
use std::time::Duration;

use klamm_wire::{NodeId, Time};

use super::*;
use crate::metrics::{Ended, Memory, Meter, Sending};

/// Java's names of the group for the whole producer; `~` stands for rate and total.
const WHOLE: &str = "batch-size-avg batch-size-max compression-rate-avg record-queue-time-avg \
    record-queue-time-max request-latency-avg request-latency-max produce-throttle-time-avg \
    produce-throttle-time-max record-send-~ records-per-request-avg record-retry-~ record-error-~ \
    record-size-avg requests-in-flight metadata-age batch-split-~ waiting-threads \
    buffer-total-bytes buffer-available-bytes buffer-exhausted-~ bufferpool-wait-ratio \
    bufferpool-wait-time-ns-total flush-time-ns-total metadata-wait-time-ns-total \
    txn-init-time-ns-total txn-begin-time-ns-total txn-send-offsets-time-ns-total \
    txn-commit-time-ns-total txn-abort-time-ns-total connection-close-~ connection-creation-~ \
    connection-count failed-authentication-~ network-io-~ outgoing-byte-~ incoming-byte-~ \
    request-~ response-~ request-size-avg request-size-max";
const OF_TOPIC: &str = "record-send-~ byte-~ record-retry-~ record-error-~ compression-rate";
const OF_NODE: &str = "request-~ response-~ outgoing-byte-~ incoming-byte-~ request-size-avg \
    request-size-max request-latency-avg request-latency-max";

fn written(names: &str) -> BTreeSet<String> {
    let both = |name: &str| ["rate", "total"].map(|kind| name.replace('~', kind));
    names.split_whitespace().flat_map(both).collect()
}

fn meter() -> Meter {
    let mut meter = Meter::new(1000);
    let topic = meter.topic("t".into());
    let first_after = Some(Duration::from_millis(4));
    let batch = Sending { topic, records: 10, bytes: 250, raw_bytes: 1000, first_after };
    meter.batch_sent(&batch);
    meter.request_sent(NodeId(3), 300);
    meter.answered(NodeId(3), 80, Duration::from_millis(6));
    meter.batch_ended(&Ended { topic, acked: 8, failed: 2, age: Duration::from_millis(10) });
    meter
}

fn snapshot(meter: &Meter, seconds: u64) -> Metrics {
    let age = Some(Duration::from_secs(30));
    meter.snapshot(Time(seconds * 1_000_000_000), Memory::new(100, 40, 2), age)
}

fn value(metrics: &[JavaMetric<'_>], group: &str, name: &str) -> f64 {
    let found: Vec<_> = metrics.iter().filter(|it| it.group == group && it.name == name).collect();
    assert_eq!(found.len(), 1, "{group} {name}");
    found[0].value
}

#[test]
fn the_names_are_those_of_the_list() {
    let meter = meter();
    let (early, late) = (snapshot(&Meter::new(1000), 1), snapshot(&meter, 2));
    let all: Vec<_> = late.java_names_since(&early).collect();
    for (group, names) in [(ALL, WHOLE), (TOPIC, OF_TOPIC), (NODE, OF_NODE)] {
        let there = all.iter().filter(|it| it.group == group).map(|it| it.name.to_owned());
        assert_eq!(there.collect::<BTreeSet<_>>(), written(names));
    }
    let names: BTreeSet<_> = all.iter().map(|it| (it.group, it.tag.clone(), it.name)).collect();
    assert_eq!(names.len(), all.len(), "each is there once");
}

#[test]
fn without_an_earlier_snapshot_there_are_no_rates() {
    let metrics = snapshot(&meter(), 1);
    let rates: Vec<_> = metrics.java_names().filter(|it| it.name.ends_with("-rate")).collect();
    assert!(rates.iter().all(|it| it.name == "compression-rate"), "{rates:?}");
}

#[test]
fn numbers_are_in_javas_units() {
    let metrics = snapshot(&meter(), 1);
    let all: Vec<_> = metrics.java_names().collect();
    let expected = [
        ("record-send-total", 10.0),
        ("record-error-total", 2.0),
        ("batch-size-avg", 250.0),
        ("compression-rate-avg", 0.25),
        ("record-queue-time-max", 4.0),
        ("request-latency-avg", 6.0),
        ("record-size-avg", 100.0),
        ("records-per-request-avg", 10.0),
        ("metadata-age", 30.0),
        ("buffer-available-bytes", 60.0),
        ("waiting-threads", 2.0),
    ];
    for (name, number) in expected {
        assert_eq!(value(&all, ALL, name), number, "{name}");
    }
    assert_eq!(value(&all, NODE, "request-latency-max"), 6.0);
    assert!(value(&all, ALL, "produce-throttle-time-avg").is_nan());
}

#[test]
fn rates_are_per_second_between_two_snapshots() {
    let mut meter = meter();
    let early = snapshot(&meter, 10);
    meter.request_sent(NodeId(3), 300);
    meter.request_sent(NodeId(4), 300);
    let late = snapshot(&meter, 14);
    let all: Vec<_> = late.java_names_since(&early).collect();
    assert_eq!(value(&all, ALL, "request-rate"), 0.5);
    assert_eq!(value(&all, TOPIC, "byte-rate"), 0.0);
    let node = |number: &str| {
        let of = |it: &&JavaMetric<'_>| it.tag.as_ref().is_some_and(|tag| tag.1 == number);
        let rate = all.iter().filter(of).find(|it| it.name == "request-rate");
        rate.map(|it| it.value)
    };
    assert_eq!((node("node-3"), node("node-4")), (Some(0.25), Some(0.25)));
    let same: Vec<_> = late.java_names_since(&late).collect();
    assert!(value(&same, ALL, "request-rate").is_nan());
    assert!(value(&same, ALL, "bufferpool-wait-ratio").is_nan());
}

#[test]
fn waits_for_memory_are_a_part_of_the_time() {
    let meter = meter();
    let (early, mut late) = (snapshot(&meter, 10), snapshot(&meter, 14));
    late.memory.waits.record_time(Duration::from_millis(500));
    late.memory.waits.record_time(Duration::from_millis(1500));
    late.memory.exhausted = 2;
    let all: Vec<_> = late.java_names_since(&early).collect();
    assert_eq!(value(&all, ALL, "bufferpool-wait-ratio"), 0.5);
    assert_eq!(value(&all, ALL, "bufferpool-wait-time-ns-total"), 2e9);
    assert_eq!(value(&all, ALL, "buffer-exhausted-rate"), 0.5);
}

#[test]
fn rows_bear_the_name_of_their_topic_or_broker() {
    let metrics = snapshot(&meter(), 1);
    let tags: BTreeSet<_> = metrics.java_names().filter_map(|it| it.tag).collect();
    let expected = [("node-id", "node-3".into()), ("topic", "t".into())];
    assert_eq!(tags, BTreeSet::from(expected));
}
