//! What cannot be sent, and what cannot be reached: each says so, in time.
#![cfg(test)]

mod world;

use std::time::Duration;

use klamm::{ErrorKind, Fate, Producer, Record, TryEnqueue};
use klamm_broker::server::TestCluster;
use world::{LONG, cluster, ends, order, producer, values};

#[tokio::test]
async fn a_record_larger_than_a_request_is_refused_at_once() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[("max.request.size", "2000")]).await;
    let error = ends(producer.send(order(&"x".repeat(3000)))).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::InvalidRecord, Fate::NotWritten));
    assert!(error.to_string().contains("max.request.size"), "{error}");
    ends(producer.send(order("small"))).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["small"]);
}

#[tokio::test]
async fn impossible_names_and_numbers_are_refused_at_once() {
    let cluster = cluster(2).await;
    let producer = producer(&cluster, &[]).await;
    let long = "x".repeat(250);
    for name in ["", "..", "a b", "a\u{1b}[2J", &long] {
        let error = ends(producer.send(Record::to(name).value("x"))).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::Topic, Fate::NotWritten));
        assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
        let tried = producer.try_enqueue(Record::to(name).value("x"));
        assert!(matches!(tried, Err(TryEnqueue::Failed(_))), "{tried:?}");
    }
    for partition in [-1, 2, i32::MAX, i32::MIN] {
        let error = ends(producer.send(order("x").partition(partition))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRecord, "{partition}: {error}");
    }
    for timestamp in [-1, i64::MIN] {
        let error = ends(producer.send(order("x").timestamp(timestamp))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRecord, "{timestamp}: {error}");
    }
}

#[tokio::test]
async fn a_topic_that_is_not_there_is_told_in_time() {
    let cluster = TestCluster::builder().nodes(1).settings(|s| s.topics.auto_create = false);
    let cluster = cluster.start().await.unwrap();
    let producer = producer(&cluster, &[("max.block.ms", "300")]).await;
    let error = ends(producer.topic("nowhere")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Topic | ErrorKind::TimedOut), "{error}");
    assert_eq!(error.fate(), Fate::NotWritten);
}

#[tokio::test]
async fn nothing_is_taken_after_the_close() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let orders = producer.topic("orders").await.unwrap();
    let closed = ends(producer.close(LONG)).await.unwrap();
    assert_eq!((closed.not_written, closed.unknown), (0, 0));
    for record in [order("x"), Record::to(&orders).value("x"), Record::to("other")] {
        let error = ends(producer.send(record)).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::Closed, Fate::NotWritten), "{error}");
    }
    assert_eq!(ends(producer.flush()).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.close(LONG)).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.topic("orders")).await.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn another_producers_topic_is_refused() {
    let cluster = cluster(1).await;
    let (one, other) = (producer(&cluster, &[]).await, producer(&cluster, &[]).await);
    let orders = one.topic("orders").await.unwrap();
    let error = ends(other.send(Record::to(&orders).value("x"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IllegalState);
}

#[tokio::test]
async fn full_memory_is_waited_for_and_given_back() {
    let cluster = cluster(1).await;
    let settings = [("buffer.memory", "65536"), ("batch.size", "16384"), ("max.block.ms", "200")];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("produce: on-receipt hang".parse().unwrap());
    let text = "x".repeat(8000);
    let error = loop {
        match ends(producer.enqueue(order(&text))).await {
            Ok(delivery) => drop(delivery),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), error.fate()), (ErrorKind::BufferFull, Fate::NotWritten));
    assert!(error.is_retriable() && error.to_string().contains("buffer.memory"), "{error}");
    let tried = producer.try_enqueue(order(&text));
    assert!(matches!(tried, Err(TryEnqueue::Full(_))), "{tried:?}");
    cluster.withdraw(hang);
    drop(producer);
}

#[tokio::test]
async fn a_cluster_that_is_dead_from_the_start_fails_the_build_in_time() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    drop(socket);
    let builder = Producer::builder().bootstrap(&address).set("max.block.ms", "200");
    let error = ends(builder.build()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    assert!(error.is_retriable() && error.to_string().contains("refused"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_cluster_that_dies_in_the_middle_fails_records_by_their_deadline() {
    let mut cluster = cluster(1).await;
    let settings = [
        ("delivery.timeout.ms", "600"),
        ("request.timeout.ms", "300"),
        ("linger.ms", "0"),
        ("max.block.ms", "300"),
    ];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("first"))).await.unwrap();
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    let error = ends(producer.send(order("second"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(error.is_retriable());
    ends(producer.flush()).await.unwrap();
    ends(producer.close(Duration::from_millis(100))).await.unwrap();
}

#[tokio::test]
async fn bad_settings_are_refused_with_their_name() {
    for (name, value) in [("linger.ms", "soon"), ("no.such.thing", "1"), ("acks", "7")] {
        let builder = Producer::builder().bootstrap("127.0.0.1:1").set(name, value);
        let error = ends(builder.build()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = ends(Producer::builder().build()).await.unwrap_err();
    assert!(error.to_string().contains("bootstrap.servers"), "{error}");
}

#[tokio::test]
async fn ten_thousand_half_filled_partitions_starve_nobody() {
    let cluster = cluster(10_000).await;
    let settings = [("buffer.memory", "1048576"), ("linger.ms", "60000")];
    let producer = producer(&cluster, &settings).await;
    let orders = producer.topic("orders").await.unwrap();
    let mut deliveries = Vec::new();
    for partition in 0..10_000 {
        let record = Record::to(&orders).value("half").partition(partition);
        deliveries.push(ends(producer.enqueue(record)).await.unwrap());
    }
    ends(producer.flush()).await.unwrap();
    for delivery in deliveries {
        assert!(ends(delivery).await.is_ok());
    }
}

/// Takes the key for the number of a partition.
struct ByNumber;

impl klamm::Partitioner for ByNumber {
    fn name(&self) -> &'static str {
        "by number"
    }

    fn choose(&self, question: &klamm::partitioner::Question<'_>) -> klamm::partitioner::Choice {
        let key = question.key.and_then(|key| std::str::from_utf8(key).ok());
        let number = key.and_then(|key| key.parse().ok()).unwrap_or(0);
        klamm::partitioner::Choice::partition(number)
    }
}

#[tokio::test]
async fn a_partitioner_of_ones_own_is_asked_and_cannot_invent_partitions() {
    let cluster = cluster(3).await;
    let builder = Producer::builder().bootstrap(&cluster.bootstrap()).partitioner(ByNumber);
    let producer = builder.build().await.unwrap();
    for number in [2, 0, 1] {
        let key = number.to_string();
        let acked = ends(producer.send(order("x").key(&key))).await.unwrap();
        assert_eq!(acked.partition, number);
    }
    for number in [3, -1, i32::MAX] {
        let key = number.to_string();
        let error = ends(producer.send(order("x").key(&key))).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::InvalidRecord, Fate::NotWritten));
    }
    let explicit = ends(producer.send(order("x").key("9").partition(1))).await.unwrap();
    assert_eq!(explicit.partition, 1, "what the record names comes first");
}
