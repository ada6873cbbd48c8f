//! A client against a cluster over loopback, through a proxy that cuts at fifty drawn bytes.
#![cfg(test)]
#![cfg(feature = "tls")]

mod cuts;

use std::sync::Arc;
use std::time::Duration;

use cuts::proxy::CuttingProxy;
use cuts::wire::{Cut, Direction, How, Taken, tapped, was_taken};
use cuts::{End, Histogram, check};
use klamm_broker::cluster::Listener;
use klamm_broker::server::{ClientAuth, TestCluster};
use klamm_cluster::dice::Dice;
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{Address, HostPort, TransportSettings};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Connector, TcpConnector, Transport};

/// The number of InitProducerId in the protocol.
const ASKED: i16 = 22;
/// How many cuts are made.
const CUTS: usize = 50;
/// From which they are drawn.
const SEED: u64 = 20;
/// So slow a machine may be before an end that is late counts as none.
const SLOW: Duration = Duration::from_secs(60);

/// A connector whose transports' writers are looked at.
struct Tapping {
    inner: TcpConnector,
    taken: Taken,
}

impl Connector for Tapping {
    fn connect(&self, host: &HostPort, address: Address) -> BoxFuture<Dialled> {
        let (dialled, taken) = (self.inner.connect(host, address), Arc::clone(&self.taken));
        Box::pin(async move {
            let io = dialled.await?;
            Ok(Box::new(tapped(io, &taken)) as Box<dyn Transport>)
        })
    }
}

/// Asks one question through a proxy that cuts so; what it came to, and what passed in all.
async fn one(cluster: &TestCluster, listener: Listener, cut: Option<Cut>) -> (End, [Vec<u8>; 2]) {
    let mut proxy = CuttingProxy::start(cluster.bootstrap_of(listener), cut).await;
    let mut transport = TransportSettings::default();
    if listener.is_tls() {
        let roots = vec![Pem::Text(cluster.ca_pem().unwrap().into())];
        transport.tls = Some(TlsSettings { roots, public_roots: false, ..TlsSettings::default() });
    }
    let taken = Taken::default();
    let inner = TcpConnector::new(transport).unwrap();
    let connector = Arc::new(Tapping { inner, taken: Arc::clone(&taken) });
    let settings = cuts::settings(proxy.address.to_string().parse().unwrap());
    let end = cuts::ask(connector, settings, SLOW).await;
    check(&end, was_taken(&taken, ASKED), &(listener, cut));
    (end, (&mut proxy.first).await.unwrap())
}

async fn all(listener: Listener) {
    let builder = TestCluster::builder().nodes(1).tls(ClientAuth::None);
    let cluster = builder.start().await.unwrap();
    let (end, passed) = one(&cluster, listener, None).await;
    assert_eq!(end, End::Answered, "without a cut");
    let lengths = passed.map(|bytes| bytes.len());
    let (mut dice, mut histogram) = (Dice::new(SEED), Histogram::default());
    let mut draw = |below: usize| usize::try_from(dice.roll() >> 1).unwrap() % below;
    for _ in 0..CUTS {
        let direction = [Direction::Sending, Direction::Receiving][draw(2)];
        let how = [How::End, How::Reset][draw(2)];
        let cut = Cut { direction, at: draw(lengths[direction as usize] + 1), how };
        let (end, _) = one(&cluster, listener, Some(cut)).await;
        histogram.count(end);
    }
    let [sent, received] = lengths;
    histogram.print(&format!("{listener:?}: {sent} bytes sent, {received} received"));
}

#[tokio::test]
async fn a_plain_socket_is_cut() {
    all(Listener::Plain).await;
}

#[tokio::test]
async fn a_socket_of_tls_is_cut() {
    all(Listener::Tls).await;
}
