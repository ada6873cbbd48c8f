//! The language of the tests: clusters in this process, producers on threads of their own.
#![cfg(test)]
#![allow(dead_code, reason = "each test file speaks a part of it")]

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use klamm::{Producer, Record};
use klamm_broker::server::TestCluster;
use klamm_engine::records::view::Control;
use klamm_engine::records::{Decompressors, Entry, RecordSet, RecordView};

/// Far more than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A cluster of one node with a topic `orders` of so many partitions.
pub(crate) async fn cluster(partitions: i32) -> TestCluster {
    TestCluster::builder().nodes(1).topic("orders", partitions).start().await.unwrap()
}

/// A producer to that cluster with these settings.
pub(crate) async fn producer(cluster: &TestCluster, settings: &[(&str, &str)]) -> Producer {
    let builder = Producer::builder().bootstrap(&cluster.bootstrap());
    let set = |builder: klamm::Builder, (name, value): &(&str, &str)| builder.set(name, value);
    settings.iter().fold(builder, set).build().await.unwrap()
}

/// A record to `orders`.
pub(crate) fn order(value: &str) -> Record<'_> {
    Record::to("orders").value(value)
}

/// Everything that a partition's log holds, in order; records that have no value are `(null)`.
pub(crate) fn values(cluster: &TestCluster, topic: &str, partition: i32) -> Vec<String> {
    let mut values = Vec::new();
    each_record(cluster, (topic, partition), |_, record| values.push(value_of(record)));
    values
}

/// What readers of committed records see of a partition that one producer writes to.
pub(crate) fn committed(cluster: &TestCluster, topic: &str, partition: i32) -> Vec<String> {
    let (mut values, mut open) = (Vec::new(), Vec::new());
    each_record(cluster, (topic, partition), |is_control, record| {
        if !is_control {
            return open.push(value_of(record));
        }
        let control = Control::read(record).unwrap();
        if matches!(control, Control::Commit { .. }) {
            values.append(&mut open);
        } else {
            assert!(matches!(control, Control::Abort { .. }), "{control:?}");
            open.clear();
        }
    });
    values
}

fn each_record(
    cluster: &TestCluster,
    (topic, partition): (&str, i32),
    mut each: impl FnMut(bool, &RecordView<'_>),
) {
    let mut decompressors = Decompressors::new();
    for bytes in cluster.log(topic, partition) {
        for entry in RecordSet::new(&bytes) {
            let entry = entry.unwrap();
            let Entry::Batch(batch) = &entry else { panic!("no producer writes old messages") };
            let is_control = batch.header().attributes.is_control();
            for record in entry.records(&mut decompressors, 64 << 20).unwrap() {
                each(is_control, &record.unwrap());
            }
        }
    }
}

fn value_of(record: &RecordView<'_>) -> String {
    let value = record.value.map(|value| String::from_utf8_lossy(value).into_owned());
    value.unwrap_or_else(|| "(null)".to_owned())
}

/// Fails if a future does not end. For those that have deadlines of their own.
pub(crate) async fn ends<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(LONG, future).await.expect("invariant: every future ends")
}

/// Polls a future so many times, each time it is woken, and drops it then. What it came to, if it
/// ended before that.
pub(crate) async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = times;
    poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
