//! What is counted where.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::metrics::{Records, TopicMetrics};

const NODE: NodeId = NodeId(1);
const MS: Duration = Duration::from_millis(1);

fn sending(topic: Slot, first_after: Option<Duration>) -> Sending {
    Sending { topic, records: 10, bytes: 400, raw_bytes: 800, first_after }
}

fn snapshot(meter: &Meter) -> Metrics {
    meter.snapshot(Time(5), Memory::new(100, 40, 2), Some(MS))
}

#[test]
fn a_batch_is_counted_once_as_new_and_then_as_sent_again() {
    let mut meter = Meter::new(1600);
    let topic = meter.topic("t".into());
    meter.batch_sent(&sending(topic, Some(MS)));
    meter.batch_sent(&sending(topic, None));
    meter.batch_ended(&Ended { topic, acked: 9, failed: 1, age: 3 * MS });
    let all = snapshot(&meter);
    let counts = Records { acked: 9, failed: 1, sent: 20, retried: 10 };
    assert_eq!(all.records, counts);
    let row = TopicMetrics { records: counts, bytes: 800, raw_bytes: 1600 };
    assert_eq!(all.topics.get(&"t".into()), Some(&row));
    assert_eq!((all.batches.sent, all.batches.retried), (2, 1));
    assert_eq!((all.batches.size.max(), all.batches.records.count()), (400, 1));
    assert_eq!(all.batches.fill.max(), 500);
    assert_eq!(all.batches.queue_time.max(), 1_000_000);
    assert_eq!(all.batches.latency.max(), 3_000_000);
    assert_eq!(all.batches.compression_rate(), Some(0.5));
    assert_eq!(row.compression_rate(), Some(0.5));
}

#[test]
fn a_request_is_in_flight_until_it_ends_one_way_or_another() {
    let mut meter = Meter::new(1);
    (0..4).for_each(|_| meter.request_sent(NODE, 50));
    assert_eq!(snapshot(&meter).requests.in_flight, 4);
    meter.answered(NODE, 20, MS);
    meter.request_lost(NODE, true);
    meter.request_lost(NODE, false);
    meter.flushed();
    let all = snapshot(&meter);
    assert_eq!((all.requests.sent, all.requests.in_flight), (4, 0));
    assert_eq!((all.requests.answered, all.requests.lost, all.requests.timed_out), (1, 2, 1));
    let node = all.nodes.get(&NODE).expect("invariant: it was counted");
    assert_eq!((node.requests.count, node.requests.sum, node.responses.sum), (4, 200, 20));
    assert_eq!((node.latency.max, node.lost), (1_000_000, 2));
}

#[test]
fn connections_and_what_holds_at_present_are_in_the_snapshot() {
    let mut meter = Meter::new(1);
    meter.connected();
    meter.connected();
    meter.disconnected();
    meter.unreachable(false);
    meter.unreachable(true);
    meter.wrote(7);
    meter.read(9);
    meter.throttled(MS);
    meter.odd_answer();
    meter.batch_split();
    let all = snapshot(&meter);
    let network = (all.network.connections, all.network.opened, all.network.closed);
    assert_eq!(network, (1, 2, 1));
    assert_eq!((all.network.failed, all.network.refused), (2, 1));
    assert_eq!((all.network.bytes_out, all.network.bytes_in), (7, 9));
    assert_eq!((all.memory.limit, all.memory.used, all.memory.waiting), (100, 40, 2));
    assert_eq!((all.at, all.metadata_age), (Time(5), Some(MS)));
    assert_eq!((all.requests.throttle.count, all.requests.odd_answers), (1, 1));
    assert_eq!(all.batches.split, 1);
}

#[test]
fn each_call_has_its_time() {
    use Kind::{Abort, BeginTxn, Close, Commit, Flush, InitTxn, SendOffsets};
    let mut meter = Meter::new(1);
    let kinds = [Flush, Close, InitTxn, BeginTxn, SendOffsets, Commit, Abort];
    for (nth, kind) in (1..).zip(kinds) {
        meter.call_ended(kind, nth * MS);
    }
    meter.topic_waited(8 * MS);
    let all = snapshot(&meter).calls;
    let told = [all.flush, all.close, all.init, all.begin, all.send_offsets, all.commit, all.abort];
    for (nth, tally) in (1..).zip(told.into_iter().chain([all.topic])) {
        assert_eq!((tally.count, tally.sum), (1, nth * 1_000_000));
    }
}

#[test]
fn counters_stay_at_their_end() {
    let mut meter = Meter::new(0);
    let topic = meter.topic("t".into());
    meter.so_far.records.sent = u64::MAX;
    meter.batch_sent(&sending(topic, Some(MS)));
    meter.disconnected();
    let all = snapshot(&meter);
    assert_eq!((all.records.sent, all.network.connections), (u64::MAX, 0));
    assert_eq!(all.batches.fill.max(), 0);
}
