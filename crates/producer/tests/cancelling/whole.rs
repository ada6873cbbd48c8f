//! Calls about the whole producer, and about topics.

use std::sync::Arc;
use std::time::Duration;

use klamm::admin::{Admin, NewTopic};
use klamm::{Acked, Error, Producer, Record};

use crate::POLLS;
use crate::world::{LONG, cluster, ends, order, polled, producer, values};

#[tokio::test]
async fn a_flush_that_is_dropped_has_hurried_the_records_along() {
    for polls in 1..4 {
        let cluster = cluster(1).await;
        let producer = producer(&cluster, &[("linger.ms", "80000")]).await;
        let delivery = ends(producer.enqueue(order("x"))).await.unwrap();
        drop(polled(producer.flush(), polls).await);
        ends(delivery).await.unwrap();
        assert_eq!(values(&cluster, "orders", 0), ["x"]);
    }
}

#[tokio::test]
async fn questions_can_be_dropped_anywhere_and_asked_again() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    for polls in 0..POLLS {
        let name = format!("new-{polls}");
        drop(polled(producer.topic(&name), polls).await);
        drop(polled(producer.metrics(), polls).await);
        drop(polled(producer.check(&["orders", &name]), polls).await);
        let text = polls.to_string();
        ends(producer.send(Record::to(name.as_str()).value(&text))).await.unwrap();
        assert_eq!(values(&cluster, &name, 0), [text]);
    }
    assert_eq!(ends(producer.topic("orders")).await.unwrap().partitions(), 1);
    assert_eq!(ends(producer.check(&["orders"])).await.unwrap().steps.len(), 3);
    assert_eq!(ends(producer.metrics()).await.records.acked, 8);
}

fn topic(name: &str) -> NewTopic {
    let (partitions, replication) = (Some(1), Some(1));
    NewTopic { name: name.to_owned(), partitions, replication, configs: [].into() }
}

#[tokio::test]
async fn requests_about_topics_can_be_dropped_anywhere_and_made_again() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let admin = Admin::of(&producer);
    for polls in 0..4 {
        let name = format!("made-{polls}");
        drop(polled(admin.create(&[topic(&name)]), polls).await);
        drop(polled(admin.describe(&[&name]), polls).await);
        let made = ends(admin.create(&[topic(&name)])).await.unwrap().remove(0).1;
        let is_there = made.as_ref().is_err_and(|error| error.broker_code() == Some(36));
        assert!(made.is_ok() || is_there, "{made:?}");
        drop(polled(admin.delete(&[&name]), polls).await);
        let deleted = ends(admin.delete(&[&name])).await.unwrap().remove(0).1;
        let is_gone = deleted.as_ref().is_err_and(|error| error.broker_code() == Some(3));
        assert!(deleted.is_ok() || is_gone, "{deleted:?}");
    }
    ends(producer.send(order("after"))).await.unwrap();
}

#[tokio::test]
async fn a_build_that_is_dropped_anywhere_ends_all_that_it_began() {
    let cluster = cluster(1).await;
    for polls in 0..6 {
        let lives = Arc::new(());
        let held = Arc::clone(&lives);
        let sink = move |_: u64, _: Result<Acked, Error>| assert!(Arc::strong_count(&held) > 0);
        let builder = Producer::builder().bootstrap(&cluster.bootstrap()).sink(sink);
        drop(polled(builder.build(), polls).await);
        ends(async {
            while Arc::strong_count(&lives) > 1 {
                tokio::task::yield_now().await;
            }
        })
        .await;
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
