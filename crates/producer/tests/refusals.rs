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
        assert_eq!((error.fate(), error.is_retriable()), (Fate::NotWritten, false));
    }
    for timestamp in [-1, i64::MIN] {
        let error = ends(producer.send(order("x").timestamp(timestamp))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRecord, "{timestamp}: {error}");
        assert_eq!((error.fate(), error.is_retriable()), (Fate::NotWritten, false));
    }
    ends(producer.flush()).await.unwrap();
    assert!([0, 1].iter().all(|partition| values(&cluster, "orders", *partition).is_empty()));
}

#[tokio::test]
async fn a_topic_that_is_not_there_is_told_in_time() {
    let cluster = TestCluster::builder().nodes(1).settings(|s| s.topics.auto_create = false);
    let cluster = cluster.start().await.unwrap();
    let producer = producer(&cluster, &[("max.block.ms", "300")]).await;
    let nowhere = Record::to("nowhere").value("x");
    let results = [
        ends(producer.topic("nowhere")).await.map(drop),
        ends(producer.send(nowhere)).await.map(drop),
        ends(producer.check(&["nowhere"])).await.map(drop),
    ];
    for result in results {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::Topic, Fate::NotWritten), "{error}");
        assert_eq!((error.broker_code(), error.is_retriable()), (Some(3), true));
        assert!(error.to_string().contains("`nowhere` is not there"), "{error}");
    }
    let made = cluster.with(|cluster, now| {
        cluster.create_topic(now, "nowhere", 1, klamm_broker::TopicSettings::default())
    });
    made.unwrap();
    while let Err(error) = ends(producer.send(Record::to("nowhere").value("here"))).await {
        assert!(error.is_retriable(), "{error}");
    }
    assert_eq!(values(&cluster, "nowhere", 0), ["here"]);
}

#[tokio::test]
async fn a_topic_that_was_deleted_fails_its_records_and_takes_more_when_it_is_back() {
    let builder = TestCluster::builder().nodes(1).topic("orders", 1);
    let cluster = builder.settings(|s| s.topics.auto_create = false).start().await.unwrap();
    let settings = [("max.block.ms", "500"), ("delivery.timeout.ms", "500")];
    let settings = [&settings[..], &[("request.timeout.ms", "300"), ("linger.ms", "0")]].concat();
    let producer = producer(&cluster, &settings).await;
    let orders = producer.topic("orders").await.unwrap();
    ends(producer.send(Record::to(&orders).value("old"))).await.unwrap();
    let deleted = ends(klamm::admin::Admin::of(&producer).delete(&["orders"])).await.unwrap();
    assert!(deleted[0].1.is_ok());
    let error = ends(producer.send(Record::to(&orders).value("lost"))).await.unwrap_err();
    // What a broker says of a topic that goes may come after the append.
    assert!([Some(3), Some(100)].contains(&error.broker_code()), "{error}");
    assert!(error.is_retriable() && error.fate() != Fate::Written, "{error}");
    let settings = klamm_broker::TopicSettings::default();
    cluster.with(|cluster, now| cluster.create_topic(now, "orders", 1, settings)).unwrap();
    while let Err(error) = ends(producer.send(Record::to(&orders).value("new"))).await {
        assert!(error.is_retriable(), "{error}");
    }
    assert_eq!(values(&cluster, "orders", 0).last().unwrap(), "new");
}

#[tokio::test]
async fn nothing_is_taken_after_the_close() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let orders = producer.topic("orders").await.unwrap();
    let last = ends(producer.enqueue(order("last"))).await.unwrap();
    let closed = ends(producer.close(LONG)).await.unwrap();
    assert_eq!((closed.not_written, closed.unknown), (0, 0));
    assert_eq!(ends(last).await.unwrap().offset, Some(0), "it is told after the close too");
    for record in [order("x"), Record::to(&orders).value("x"), Record::to("other")] {
        let error = ends(producer.send(record)).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (ErrorKind::Closed, Fate::NotWritten), "{error}");
    }
    assert_eq!(ends(producer.flush()).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.close(LONG)).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.topic("orders")).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.check(&[])).await.unwrap_err().kind(), ErrorKind::Closed);
    for record in [order("x"), Record::to("other")] {
        let Err(TryEnqueue::Failed(error)) = producer.try_enqueue(record) else { panic!("taken") };
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
    let all = ends(producer.send_all([order("x"), order("y")])).await;
    assert!(all.iter().all(|one| one.as_ref().is_err_and(|it| it.kind() == ErrorKind::Closed)));
    let (taken, end) = ends(producer.enqueue_all([order("x")])).await;
    assert!(taken.is_empty() && end.unwrap_err().kind() == ErrorKind::Closed);
    assert_eq!(values(&cluster, "orders", 0), ["last"]);
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
    let settings = [("buffer.memory", "65536"), ("max.block.ms", "200")];
    let settings = [&settings[..], &[("request.timeout.ms", "500")]].concat();
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("produce: on-receipt hang".parse().unwrap());
    let text = "x".repeat(8000);
    let mut deliveries = Vec::new();
    let error = loop {
        match ends(producer.enqueue(order(&text))).await {
            Ok(delivery) => deliveries.push(delivery),
            Err(error) => break error,
        }
    };
    assert!(!deliveries.is_empty() && producer.memory_used() <= 65536);
    let memory = producer.metrics().await.memory;
    assert!(memory.waits.count > 0 && memory.exhausted == 1, "{memory:?}");
    assert!(Duration::from_nanos(memory.waits.sum) >= Duration::from_millis(200), "{memory:?}");
    assert_eq!((error.kind(), error.fate()), (ErrorKind::BufferFull, Fate::NotWritten));
    assert!(error.is_retriable() && error.to_string().contains("buffer.memory"), "{error}");
    let tried = producer.try_enqueue(order(&text));
    assert!(matches!(tried, Err(TryEnqueue::Full(_))), "{tried:?}");
    cluster.withdraw(hang);
    let count = deliveries.len();
    for delivery in deliveries {
        ends(delivery).await.unwrap();
    }
    ends(producer.send(order("after"))).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0).len(), count + 2);
}

#[tokio::test]
async fn who_waits_for_memory_is_served_when_there_is_some() {
    let cluster = cluster(1).await;
    let settings = [("buffer.memory", "65536"), ("request.timeout.ms", "500")];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("warm"))).await.unwrap();
    let hang = cluster.inject("produce: on-receipt hang".parse().unwrap());
    let text = "x".repeat(8000);
    let texts = vec![text.as_str(); 20];
    let all = producer.send_all(texts.iter().map(|text| order(text)));
    let frees = async {
        while producer.metrics().await.memory.waiting == 0 {
            tokio::task::yield_now().await;
        }
        cluster.withdraw(hang);
    };
    let (results, ()) = ends(async { tokio::join!(all, frees) }).await;
    assert!(results.len() == 20 && results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(values(&cluster, "orders", 0).len(), 21);
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
async fn a_server_that_never_answers_fails_the_build_in_time() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let builder = Producer::builder().bootstrap(&address).set("max.block.ms", "300");
    let error = ends(builder.build()).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Unreachable, Fate::NotWritten), "{error}");
    assert!(error.is_retriable() && error.next_step().is_some(), "{error}");
}

#[tokio::test]
async fn a_cluster_that_comes_up_while_a_build_waits_is_found() {
    let mut cluster = cluster(1).await;
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    let builder = Producer::builder().bootstrap(&cluster.bootstrap());
    let mut build = Box::pin(builder.set("reconnect.backoff.ms", 1).build());
    assert!(world::polled(build.as_mut(), 1).await.is_none());
    cluster.restart(node, klamm_broker::cluster::Restart::WithSnapshot).await.unwrap();
    let producer = ends(build).await.unwrap();
    ends(producer.send(order("x"))).await.unwrap();
}

#[tokio::test]
async fn a_cluster_that_dies_and_comes_back_has_every_record_once() {
    let mut cluster = cluster(1).await;
    let producer = producer(&cluster, &[("reconnect.backoff.ms", "1")]).await;
    ends(producer.send(order("first"))).await.unwrap();
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    let waiting = [
        ends(producer.enqueue(order("second"))).await.unwrap(),
        ends(producer.enqueue(order("third"))).await.unwrap(),
    ];
    cluster.restart(node, klamm_broker::cluster::Restart::WithSnapshot).await.unwrap();
    for delivery in waiting {
        ends(delivery).await.unwrap();
    }
    assert_eq!(values(&cluster, "orders", 0), ["first", "second", "third"]);
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
    // Whether it left before the end was noticed is chance.
    assert!(error.is_retriable() && error.fate() != Fate::Written, "{error}");
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
    let error = ends(producer.topic("unheard-of")).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::TimedOut, Fate::NotWritten), "{error}");
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
    let settings = [("buffer.memory", "1048576"), ("linger.ms", "80000")];
    let producer = producer(&cluster, &settings).await;
    let orders = producer.topic("orders").await.unwrap();
    let mut deliveries = Vec::new();
    for partition in 0..10_000 {
        let record = Record::to(&orders).value("half").partition(partition);
        deliveries.push(ends(producer.enqueue(record)).await.unwrap());
        assert!(producer.memory_used() <= 1_048_576);
    }
    ends(producer.flush()).await.unwrap();
    for delivery in deliveries {
        assert_eq!(ends(delivery).await.unwrap().offset, Some(0));
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
