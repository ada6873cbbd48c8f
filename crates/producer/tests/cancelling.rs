//! Futures that are dropped at every point where they wait: nothing is lost, and nothing doubled.
#![cfg(test)]

mod world;

use std::collections::BTreeMap;
use std::time::Duration;

use klamm::{Producer, Record};
use world::{LONG, cluster, ends, order, polled, producer, values};

/// So many polls end every call here.
const POLLS: usize = 8;

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

#[tokio::test]
async fn an_enqueue_that_is_dropped_while_it_waits_for_memory_takes_nothing() {
    let cluster = cluster(1).await;
    let settings = [("buffer.memory", "65536"), ("request.timeout.ms", "500")];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("produce: on-receipt hang".parse().unwrap());
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
async fn calls_about_the_whole_can_be_dropped_anywhere() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let mut delivered = Vec::new();
    for polls in 0..POLLS {
        let text = polls.to_string();
        delivered.push(ends(producer.enqueue(order(&text))).await.unwrap());
        drop(polled(producer.flush(), polls).await);
        drop(polled(producer.topic("orders"), polls).await);
        drop(polled(producer.metrics(), polls).await);
        drop(polled(producer.check(&["orders"]), polls).await);
        let records = [order("a"), order("b")];
        drop(polled(producer.send_all(records), polls).await);
        drop(polled(producer.enqueue_all([Record::to("orders")]), polls).await);
    }
    for delivery in delivered {
        ends(delivery).await.unwrap();
    }
    ends(producer.send(order("after"))).await.unwrap();
}

#[tokio::test]
async fn a_build_that_is_dropped_anywhere_leaves_nothing_that_hinders_the_next() {
    let cluster = cluster(1).await;
    for polls in 0..4 {
        let builder = Producer::builder().bootstrap(&cluster.bootstrap());
        drop(polled(builder.build(), polls).await);
    }
    ends(producer(&cluster, &[]).await.send(order("x"))).await.unwrap();
}

#[tokio::test]
async fn a_close_that_is_dropped_goes_on() {
    for polls in 0..3 {
        let cluster = cluster(1).await;
        let producer = producer(&cluster, &[("linger.ms", "60000")]).await;
        let delivery = ends(producer.enqueue(order("x"))).await.unwrap();
        drop(polled(producer.close(LONG), polls).await);
        if polls > 0 {
            ends(delivery).await.unwrap();
            assert_eq!(values(&cluster, "orders", 0), ["x"]);
        } else {
            assert!(delivery.result().is_none());
            ends(producer.close(Duration::from_secs(30))).await.unwrap();
        }
    }
}
