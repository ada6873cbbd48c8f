//! A loop that panics tells everybody, and nobody waits for ever.
#![cfg(test)]

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use klamm::{ErrorKind, Producer};
use klamm_engine::cluster::{Address, HostPort, TransportSettings};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Connector, TcpConnector};
use world::{cluster, ends, order};

/// Connects, until it is told to panic, which it does on the producer's own thread.
struct Mine {
    tcp: TcpConnector,
    is_armed: AtomicBool,
}

impl Connector for Mine {
    fn connect(&self, host: &HostPort, address: Address) -> BoxFuture<Dialled> {
        assert!(!self.is_armed.load(Ordering::SeqCst), "this connector is to fail");
        self.tcp.connect(host, address)
    }
}

#[tokio::test]
async fn a_loop_that_panics_ends_every_delivery_and_every_call() {
    let mut cluster = cluster(1).await;
    let tcp = TcpConnector::new(TransportSettings::default()).unwrap();
    let mine = Arc::new(Mine { tcp, is_armed: AtomicBool::new(false) });
    let builder = Producer::builder().bootstrap(&cluster.bootstrap());
    let builder = builder.set("linger.ms", 60_000).set("reconnect.backoff.ms", 1);
    let producer = builder.connector(Arc::<Mine>::clone(&mine)).build().await.unwrap();
    let delivery = ends(producer.enqueue(order("x"))).await.unwrap();
    mine.is_armed.store(true, Ordering::SeqCst);
    let node = cluster.nodes()[0];
    cluster.kill(node).await;
    // The loop dials again, to flush, and dies of it.
    let flushed = ends(producer.flush()).await;
    assert_eq!(flushed.unwrap_err().kind(), ErrorKind::Closed);
    ends(delivery).await.unwrap_err();
    assert_eq!(ends(producer.send(order("y"))).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(ends(producer.topic("orders")).await.unwrap_err().kind(), ErrorKind::Closed);
}
