//! Runtimes, threads, callbacks and ends of producers.
#![cfg(test)]

mod world;

use std::sync::{Arc, Mutex, mpsc};

use klamm::{Acked, Error, ErrorKind, Fate, Producer, Record, TryEnqueue};
use klamm_broker::server::TestCluster;
use world::{LONG, cluster, ends, order, producer, values};

#[tokio::test]
async fn a_dropped_producer_ends_every_delivery() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[("linger.ms", "60000")]).await;
    let delivery = ends(producer.enqueue(order("x"))).await.unwrap();
    drop(producer);
    let error = ends(delivery).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Closed, Fate::NotWritten), "{error}");
    assert!(values(&cluster, "orders", 0).is_empty());
}

#[tokio::test]
async fn a_close_out_of_time_counts_what_was_given_up() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    ends(producer.send(order("warm"))).await.unwrap();
    cluster.inject("produce: on-receipt hang".parse().unwrap());
    let deliveries = [
        ends(producer.enqueue(order("a"))).await.unwrap(),
        ends(producer.enqueue(order("b"))).await.unwrap(),
    ];
    let closed = ends(producer.close(std::time::Duration::from_millis(200))).await.unwrap();
    assert_eq!(closed.not_written + closed.unknown, 2, "{closed:?}");
    for delivery in deliveries {
        ends(delivery).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_runtime_that_ends_takes_the_producer_with_it_and_tells_everybody() {
    let cluster = cluster(1).await;
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    let builder = Producer::builder().bootstrap(&cluster.bootstrap()).set("linger.ms", "60000");
    let producer = builder.runtime(runtime.handle().clone()).build().await.unwrap();
    let delivery = ends(producer.enqueue(order("x"))).await.unwrap();
    runtime.shutdown_background();
    let error = ends(delivery).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed, "{error}");
    assert_eq!(ends(producer.flush()).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.send(order("y"))).await.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn a_busy_loop_that_yields_delivers_on_a_runtime_of_one_thread() {
    let cluster = cluster(1).await;
    let handle = tokio::runtime::Handle::current();
    let builder = Producer::builder().bootstrap(&cluster.bootstrap()).runtime(handle);
    let producer = builder.set("buffer.memory", "65536").build().await.unwrap();
    let text = "x".repeat(1000);
    let mut last = None;
    for _ in 0..1000 {
        let mut record = order(&text);
        last = loop {
            record = match producer.try_enqueue(record) {
                Ok(delivery) => break Some(delivery),
                Err(TryEnqueue::NoMetadata(record) | TryEnqueue::Full(record)) => record,
                Err(other) => panic!("{other}"),
            };
            tokio::task::yield_now().await;
        };
    }
    ends(last.unwrap()).await.unwrap();
    ends(producer.flush()).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0).len(), 1000);
}

#[tokio::test]
async fn a_busy_loop_that_never_yields_delivers_by_the_producers_own_thread() {
    let cluster = cluster(1).await;
    let servers = cluster.bootstrap();
    // The cluster must not starve with it: the loop has a runtime of its own.
    let work = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let builder = Producer::builder().bootstrap(&servers).set("buffer.memory", 65536);
            let producer = builder.build().await.unwrap();
            let text = "x".repeat(1000);
            let mut deliveries = Vec::new();
            while deliveries.len() < 500 {
                deliveries.extend(producer.try_enqueue(order(&text)));
            }
            while deliveries.iter().any(|delivery| delivery.result().is_none()) {
                std::hint::spin_loop();
            }
            deliveries.iter().filter(|delivery| delivery.result().unwrap().is_ok()).count()
        })
    });
    assert_eq!(ends(work).await.unwrap(), 500);
    assert_eq!(values(&cluster, "orders", 0).len(), 500);
}

#[tokio::test]
async fn a_slow_callback_delays_nobody_but_those_behind_it() {
    let cluster = cluster(2).await;
    let producer = producer(&cluster, &[]).await;
    let (open, gate) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let slow = {
        let tell = tell.clone();
        move |_: Result<Acked, Error>| {
            tell.send("begun").unwrap();
            gate.recv().unwrap_err();
            tell.send("slow").unwrap();
        }
    };
    let record = order("a").partition(0).on_delivery(slow);
    ends(producer.send(record)).await.unwrap();
    assert_eq!(told.recv_timeout(LONG), Ok("begun"));
    let behind = move |_: Result<Acked, Error>| tell.send("behind").unwrap();
    let record = order("b").partition(0).on_delivery(behind);
    let delivery = ends(producer.enqueue(record)).await.unwrap();
    assert_eq!(ends(delivery).await.unwrap().offset, Some(1));
    for partition in [0, 1] {
        ends(producer.send(order("c").partition(partition))).await.unwrap();
    }
    ends(producer.flush()).await.unwrap();
    assert_eq!(values(&cluster, "orders", 0), ["a", "b", "c"]);
    assert_eq!(values(&cluster, "orders", 1), ["c"]);
    assert!(told.try_recv().is_err(), "the callbacks wait, and nobody else does");
    drop(open);
    assert_eq!(told.recv_timeout(LONG), Ok("slow"));
    assert_eq!(told.recv_timeout(LONG), Ok("behind"));
}

#[tokio::test]
async fn a_slow_sink_delays_no_partition_and_no_delivery() {
    let cluster = cluster(2).await;
    let (open, gate) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let gate = Mutex::new(gate);
    let sink = move |tag: u64, result: Result<Acked, Error>| {
        if tag == 0 {
            gate.lock().unwrap().recv().unwrap_err();
        }
        tell.send((tag, result.unwrap().offset)).unwrap();
    };
    let builder = Producer::builder().bootstrap(&cluster.bootstrap()).sink(sink);
    let producer = builder.build().await.unwrap();
    for tag in 0..4 {
        let record = order("x").partition((tag % 2).try_into().unwrap()).tag(tag);
        ends(producer.send(record)).await.unwrap();
    }
    ends(producer.flush()).await.unwrap();
    assert!(told.try_recv().is_err(), "the sink waits, and nobody else does");
    drop(open);
    let all: Vec<_> = (0..4).map(|_| told.recv_timeout(LONG).unwrap()).collect();
    assert_eq!(all, [(0, Some(0)), (1, Some(0)), (2, Some(1)), (3, Some(1))]);
}

#[tokio::test]
async fn a_callback_that_panics_is_counted_and_the_next_one_runs() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let (tell, told) = mpsc::channel();
    let bad = |_: Result<Acked, Error>| panic!("this callback is to fail");
    ends(producer.send(order("a").on_delivery(bad))).await.unwrap();
    let good = move |_: Result<Acked, Error>| tell.send(()).unwrap();
    ends(producer.send(order("b").on_delivery(good))).await.unwrap();
    told.recv_timeout(LONG).unwrap();
    assert_eq!(producer.callback_panics(), 1);
}

#[tokio::test]
async fn a_topic_that_was_made_anew_is_sent_to_again() {
    let cluster = TestCluster::builder().nodes(1).topic("orders", 2).start().await.unwrap();
    let producer = producer(&cluster, &[("metadata.max.age.ms", "50")]).await;
    let orders = ends(producer.topic("orders")).await.unwrap();
    ends(producer.send(Record::to(&orders).value("old").partition(0))).await.unwrap();
    cluster.with(|cluster, now| cluster.recreate_topic(now, "orders")).unwrap();
    let mut sent = ends(producer.send(Record::to(&orders).value("new").partition(0))).await;
    while sent.as_ref().is_err_and(Error::is_retriable) {
        sent = ends(producer.send(Record::to(&orders).value("new").partition(0))).await;
    }
    sent.unwrap();
    assert_eq!(values(&cluster, "orders", 0).last().unwrap(), "new");
}

#[tokio::test]
async fn records_that_wait_while_their_topic_is_made_anew_end_as_not_written() {
    let cluster = TestCluster::builder().nodes(1).topic("orders", 1).start().await.unwrap();
    let settings = [("metadata.max.age.ms", "50"), ("linger.ms", "80000")];
    let producer = producer(&cluster, &settings).await;
    let orders = ends(producer.topic("orders")).await.unwrap();
    let waiting = ends(producer.enqueue(Record::to(&orders).value("old"))).await.unwrap();
    cluster.with(|cluster, now| cluster.recreate_topic(now, "orders")).unwrap();
    let error = ends(waiting).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Topic, Fate::NotWritten), "{error}");
    assert!(error.is_retriable() && error.next_step().is_some(), "{error}");
    let again = ends(producer.enqueue(Record::to(&orders).value("new"))).await.unwrap();
    ends(producer.flush()).await.unwrap();
    assert_eq!(ends(again).await.unwrap().offset, Some(0));
    assert_eq!(values(&cluster, "orders", 0), ["new"]);
}

#[tokio::test]
async fn threads_share_a_producer_and_each_keeps_its_order() {
    let cluster = cluster(1).await;
    let producer = Arc::new(producer(&cluster, &[]).await);
    let deliveries = Arc::new(Mutex::new(Vec::new()));
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (producer, deliveries) = (Arc::clone(&producer), Arc::clone(&deliveries));
            tokio::task::spawn_blocking(move || {
                for n in 0..250 {
                    let text = format!("{thread} {n:03}");
                    let delivery = klamm::blocking::wait(producer.enqueue(order(&text))).unwrap();
                    deliveries.lock().unwrap().push(delivery);
                }
            })
        })
        .collect();
    for thread in threads {
        ends(thread).await.unwrap();
    }
    ends(producer.flush()).await.unwrap();
    let values = values(&cluster, "orders", 0);
    assert_eq!(values.len(), 1000);
    for thread in 0..4 {
        let own = values.iter().filter(|value| value.starts_with(&format!("{thread} ")));
        assert!(own.is_sorted());
    }
}
