//! Records: each is in the log once, or not at all if it was not taken in.

use std::collections::BTreeMap;

use klamm::{Producer, Record};
use klamm_broker::faults::FaultId;
use klamm_broker::server::TestCluster;

use crate::POLLS;
use crate::world::{cluster, ends, order, polled, producer, values};

fn counts(values: Vec<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    counts
}

#[tokio::test]
async fn a_send_that_is_dropped_anywhere_writes_its_record_once_or_not_at_all() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let mut acked = Vec::new();
    for polls in 0..POLLS {
        let text = polls.to_string();
        if let Some(result) = polled(producer.send(order(&text)), polls).await {
            result.unwrap();
            acked.push(text);
        }
    }
    ends(producer.flush()).await.unwrap();
    let counts = counts(values(&cluster, "orders", 0));
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(!counts.contains_key("0"), "a future that was never polled has sent nothing");
    assert!(acked.iter().all(|text| counts.contains_key(text)), "{acked:?} {counts:?}");
    ends(producer.send(order("after"))).await.unwrap();
}

/// A producer of little memory, and a cluster that takes no records for now.
async fn stuck() -> (TestCluster, Producer, FaultId) {
    let cluster = cluster(1).await;
    let settings = [("buffer.memory", "65536"), ("request.timeout.ms", "500")];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("produce: on-receipt hang".parse().unwrap());
    (cluster, producer, hang)
}

/// So many values of a size of which not all fit into that memory.
fn large(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{n:03} {}", "x".repeat(6000))).collect()
}

#[tokio::test]
async fn an_enqueue_that_is_dropped_while_it_waits_for_memory_takes_nothing() {
    let (cluster, producer, hang) = stuck().await;
    let text = "x".repeat(6000);
    let mut taken = 0;
    // As many as fit; then one waits, and is dropped at its first pause.
    while polled(producer.enqueue(order(&text)), 1).await.is_some() {
        taken += 1;
    }
    let dropped = "y".repeat(6000);
    for _ in 0..4 {
        assert!(polled(producer.enqueue(order(&dropped)), 1).await.is_none());
    }
    cluster.withdraw(hang);
    ends(producer.send(order("after"))).await.unwrap();
    ends(producer.flush()).await.unwrap();
    let counts = counts(values(&cluster, "orders", 0));
    assert_eq!(counts.get(&text), Some(&taken));
    assert_eq!(counts.get(&dropped), None);
}

#[tokio::test]
async fn an_enqueue_that_is_dropped_while_it_waits_for_its_topic_takes_nothing() {
    let cluster = TestCluster::builder().nodes(1).topic("orders", 1).topic("other", 1);
    let cluster = cluster.start().await.unwrap();
    let producer = producer(&cluster, &[("request.timeout.ms", "500")]).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("metadata: on-receipt hang".parse().unwrap());
    let other = |value| Record::to("other").value(value);
    for polls in [0, 1, 1] {
        let enqueued = polled(producer.enqueue(other("dropped")), polls).await;
        assert!(enqueued.is_none(), "{polls} {enqueued:?}");
        let sent = polled(producer.send(other("dropped")), polls).await;
        assert!(sent.is_none(), "{polls} {sent:?}");
    }
    cluster.withdraw(hang);
    ends(producer.send(other("after"))).await.unwrap();
    ends(producer.flush()).await.unwrap();
    assert_eq!(values(&cluster, "other", 0), ["after"]);
}

#[tokio::test]
async fn of_many_records_those_arrive_that_were_taken_in_before_the_drop() {
    for (polls, sends) in (0..4).flat_map(|polls| [(polls, false), (polls, true)]) {
        let (cluster, producer, hang) = stuck().await;
        let texts = large(40);
        let records = || texts.iter().map(|text| order(text));
        if polls > 1 {
            // Memory comes back little by little, and with each time some more are taken in.
            cluster.withdraw(hang);
        }
        let is_whole = if sends {
            polled(producer.send_all(records()), polls).await.is_some()
        } else {
            polled(producer.enqueue_all(records()), polls).await.is_some()
        };
        cluster.withdraw(hang);
        ends(producer.send(order("after"))).await.unwrap();
        let found = values(&cluster, "orders", 0);
        let taken = found.len() - 2;
        assert!(!is_whole || taken == 40, "{taken}");
        assert_eq!(taken > 0, polls > 0, "{taken}");
        assert!(polls > 1 || taken < 40, "{taken}");
        assert_eq!((found[0].as_str(), found[taken + 1].as_str()), ("warm", "after"));
        assert_eq!(found[1..=taken], texts[..taken]);
    }
}
