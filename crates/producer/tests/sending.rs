//! Records to a cluster in this process, and what comes back.
#![cfg(test)]

mod world;

use std::sync::mpsc;

use klamm::{Fate, Header, Producer, Record, TryEnqueue, blocking};
use klamm_broker::server::TestCluster;
use world::{LONG, cluster, ends, order, producer, values};

#[tokio::test]
async fn a_record_is_acknowledged_with_its_place() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let orders = producer.topic("orders").await.unwrap();
    assert_eq!((orders.name(), orders.partitions()), ("orders", 1));
    let acked = ends(producer.send(Record::to(&orders).key("7").value("two"))).await.unwrap();
    assert_eq!((acked.partition, acked.offset), (0, Some(0)));
    assert_eq!(&*acked.topic, "orders");
    assert!(acked.timestamp > 1_500_000_000_000, "{acked:?}");
    let acked = ends(producer.send(order("another"))).await.unwrap();
    assert_eq!(acked.to_string(), "orders-0@1");
    assert_eq!(values(&cluster, "orders", 0), ["two", "another"]);
}

#[tokio::test]
async fn a_single_record_in_an_idle_producer_leaves_by_itself() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[("linger.ms", "20")]).await;
    let delivery = producer.enqueue(order("alone")).await.unwrap();
    assert_eq!(delivery.partition(), 0);
    ends(delivery).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["alone"]);
}

#[tokio::test]
async fn a_thousand_records_are_in_order_and_their_results_too() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let texts: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
    let results = ends(producer.send_all(texts.iter().map(|text| order(text)))).await;
    let offsets: Vec<i64> =
        results.into_iter().map(|acked| acked.unwrap().offset.unwrap()).collect();
    assert_eq!(offsets, (0..1000).collect::<Vec<_>>());
    assert_eq!(values(&cluster, "orders", 0), texts);
}

#[tokio::test]
async fn keys_headers_times_and_nulls_arrive() {
    let cluster = cluster(3).await;
    let producer = producer(&cluster, &[]).await;
    let headers = [Header::new("trace", b"1"), Header { key: "none", value: None }];
    let record = order("x").key("k").headers(&headers).partition(2).timestamp(1_700_000_000_000);
    let acked = ends(producer.send(record)).await.unwrap();
    assert_eq!((acked.partition, acked.timestamp), (2, 1_700_000_000_000));
    let tombstone = Record::to("orders").key("k").partition(2);
    ends(producer.send(tombstone)).await.unwrap();
    assert_eq!(values(&cluster, "orders", 2), ["x", "(null)"]);
}

#[tokio::test]
async fn a_flush_waits_for_everything_before_it() {
    let cluster = cluster(4).await;
    let producer = producer(&cluster, &[("linger.ms", "60000")]).await;
    let mut deliveries = Vec::new();
    for number in 0..10 {
        deliveries.push(producer.enqueue(order("x").partition(number % 4)).await.unwrap());
    }
    let flushed = ends(producer.flush()).await.unwrap();
    assert_eq!((flushed.acked, flushed.failed), (10, 0));
    assert!(deliveries.iter().all(|delivery| delivery.result().unwrap().is_ok()));
}

#[tokio::test]
async fn a_flush_counts_what_failed_record_by_record() {
    let mut cluster = cluster(2).await;
    let settings =
        [("linger.ms", "100"), ("request.timeout.ms", "200"), ("delivery.timeout.ms", "300")];
    let producer = producer(&cluster, &settings).await;
    ends(producer.send(order("before"))).await.unwrap();
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    let mut deliveries = Vec::new();
    for number in 0..7 {
        deliveries.push(producer.enqueue(order("lost").partition(number % 2)).await.unwrap());
    }
    let flushed = ends(producer.flush()).await.unwrap();
    assert_eq!((flushed.acked, flushed.failed), (0, 7));
    assert!(deliveries.iter().all(|delivery| delivery.result().unwrap().is_err()));
    let metrics = ends(producer.metrics()).await;
    assert_eq!((metrics.records.acked, metrics.records.failed), (1, 7));
}

#[tokio::test]
async fn a_record_tried_too_early_comes_back_and_is_taken_later() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let mut record = order("x");
    let delivery = loop {
        record = match producer.try_enqueue(record) {
            Ok(delivery) => break delivery,
            Err(TryEnqueue::NoMetadata(record) | TryEnqueue::Full(record)) => record,
            Err(other) => panic!("{other}"),
        };
        tokio::task::yield_now().await;
    };
    ends(delivery).await.unwrap();
}

#[tokio::test]
async fn clones_of_a_delivery_tell_the_same_also_after_the_end() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let delivery = producer.enqueue(order("x")).await.unwrap();
    let clones = [delivery.clone(), delivery.clone()];
    drop(delivery);
    ends(producer.close(LONG)).await.unwrap();
    drop(producer);
    for clone in clones {
        assert_eq!(ends(clone).await.unwrap().offset, Some(0));
    }
}

#[tokio::test]
async fn nobody_waits_for_a_delivery_and_the_record_arrives() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    drop(producer.enqueue(order("x")).await.unwrap());
    ends(producer.flush()).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["x"]);
}

#[tokio::test]
async fn every_codec_arrives() {
    let cluster = cluster(1).await;
    let mut sent = Vec::new();
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let producer = producer(&cluster, &[("compression.type", codec)]).await;
        let text = codec.repeat(200);
        ends(producer.send(order(&text))).await.unwrap();
        sent.push(text);
    }
    assert_eq!(values(&cluster, "orders", 0), sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_blocking_face_does_the_same_without_a_runtime() {
    let cluster = cluster(1).await;
    let bootstrap = cluster.bootstrap();
    let (tell, told) = tokio::sync::oneshot::channel();
    let work = std::thread::spawn(move || {
        let builder = Producer::builder().bootstrap(&bootstrap);
        let producer = blocking::Producer::build(builder).unwrap();
        let acked = producer.send(order("blocked")).unwrap();
        let delivery = producer.enqueue(order("waited")).unwrap();
        let offsets = [acked.offset, blocking::wait(delivery).unwrap().offset];
        producer.flush().unwrap();
        let closed = producer.close(LONG).unwrap();
        tell.send((offsets, closed.not_written)).unwrap();
    });
    assert_eq!(ends(told).await.unwrap(), ([Some(0), Some(1)], 0));
    work.join().unwrap();
}

#[tokio::test]
async fn tags_and_functions_hear_of_every_end() {
    let cluster = cluster(1).await;
    let (tell, told) = mpsc::channel();
    let sink = tell.clone();
    let builder = Producer::builder().bootstrap(&cluster.bootstrap());
    let sink = move |tag, result: Result<klamm::Acked, klamm::Error>| {
        sink.send((tag, result.unwrap().offset)).unwrap();
    };
    let producer = builder.sink(sink).build().await.unwrap();
    for tag in 0..3 {
        drop(producer.enqueue(order("x").tag(tag)).await.unwrap());
    }
    let called = move |result: Result<klamm::Acked, klamm::Error>| {
        tell.send((99, result.unwrap().offset)).unwrap();
    };
    ends(producer.send(order("y").on_delivery(called))).await.unwrap();
    let heard: Vec<_> = (0..4).map(|_| told.recv_timeout(LONG).unwrap()).collect();
    assert_eq!(heard, [(0, Some(0)), (1, Some(1)), (2, Some(2)), (99, Some(3))]);
}

#[tokio::test]
async fn a_leader_that_moves_loses_and_doubles_nothing() {
    let cluster = TestCluster::builder().nodes(2).topic("orders", 1).start().await.unwrap();
    let producer = producer(&cluster, &[]).await;
    for n in 0..20 {
        let to = klamm_engine::wire::NodeId(1 + n % 2);
        cluster.move_leader("orders", 0, to);
        ends(producer.send(order(&n.to_string()))).await.unwrap();
    }
    let sent: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(values(&cluster, "orders", 0), sent);
}

#[tokio::test]
async fn lost_answers_double_nothing() {
    let cluster = cluster(1).await;
    let fault = "produce: after-append drop-connection skip 1 every 3".parse().unwrap();
    let fault = cluster.inject(fault);
    let settings = [("reconnect.backoff.ms", "1"), ("retry.backoff.ms", "1")];
    let producer = producer(&cluster, &settings).await;
    for n in 0..12 {
        ends(producer.send(order(&n.to_string()))).await.unwrap();
    }
    assert!(cluster.fired(fault) >= 3);
    let sent: Vec<String> = (0..12).map(|n| n.to_string()).collect();
    assert_eq!(values(&cluster, "orders", 0), sent);
}

#[tokio::test]
async fn a_refused_record_says_why_and_what_to_do() {
    let cluster = cluster(1).await;
    cluster.inject("produce: before-append error POLICY_VIOLATION".parse().unwrap());
    let producer = producer(&cluster, &[]).await;
    let error = ends(producer.send(order("x"))).await.unwrap_err();
    assert_eq!(error.fate(), Fate::NotWritten);
    assert_eq!(error.broker_code(), Some(44));
    assert!(!error.is_retriable() && !error.is_fatal() && !error.requires_abort());
    assert!(error.to_string().contains("POLICY_VIOLATION"), "{error}");
    assert!(error.next_step().is_some());
}
