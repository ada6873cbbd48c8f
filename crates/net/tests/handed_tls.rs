//! What a peer could read through TLS was reported as handed over, wherever the wire is cut.
#![cfg(test)]
#![cfg(feature = "tls")]

mod cuts;
mod world;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cuts::wire::{Cut, Direction, How, Passed, Wire};
use klamm_broker::security::certificates::{
    ClientCertificates, LOCAL_NAMES, TestCa, server_config,
};
use klamm_cluster::ConnId;
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_net::dial::over_tls;
use klamm_net::tls;
use tokio::io::{AsyncReadExt as _, duplex};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use world::{Plan, World, settle};

/// More than two records of TLS.
const SENT: usize = 40_000;

struct Ends {
    connector: tls::Connector,
    acceptor: TlsAcceptor,
}

impl Ends {
    fn new() -> Self {
        let ca = TestCa::new(1).unwrap();
        let roots = vec![Pem::Text(ca.pem().into())];
        let settings = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
        let identity = ca.server(&LOCAL_NAMES).unwrap();
        let config = server_config(&identity, ClientCertificates::NotAsked).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { connector: tls::Connector::new(&settings).unwrap(), acceptor }
    }

    /// A wire with TLS on it, cut after so many bytes; and what the peer reads in all.
    async fn open(&self, cut: Option<Cut>) -> (World, Arc<Passed>, usize, JoinHandle<usize>) {
        let (ours, theirs) = duplex(1 << 20);
        let acceptor = self.acceptor.clone();
        let reading = tokio::spawn(async move {
            let mut stream = acceptor.accept(theirs).await.unwrap();
            let (mut buffer, mut all) = (vec![0; 1 << 14], 0);
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                all += count;
            }
            all
        });
        let passed = Arc::new(Passed::default());
        let wire = Wire { inner: ours, cut, passed: Arc::clone(&passed), reader: None };
        let io = over_tls(&self.connector, "localhost", wire).await.unwrap();
        let hello = passed.0[Direction::Sending as usize].load(Ordering::SeqCst);
        let world = World::new();
        world.plan(Plan::Open(io));
        world.with(|script| script.dial(1)).await;
        settle().await;
        (world, passed, hello, reading)
    }
}

async fn handed_and_read(ends: &Ends, cut: Option<Cut>) -> (usize, usize) {
    let (world, _, _, reading) = ends.open(cut).await;
    let bytes = vec![7; SENT];
    world.send(1, &bytes).await;
    let script = world.end().await;
    (script.handed.get(&ConnId(1)).copied().unwrap_or(0), reading.await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_could_read_was_reported_as_handed_over() {
    let ends = Ends::new();
    assert_eq!(handed_and_read(&ends, None).await, (SENT, SENT), "without a cut");
    let (world, passed, hello, _reading) = ends.open(None).await;
    world.send(1, &vec![7; SENT]).await;
    let whole = passed.0[Direction::Sending as usize].load(Ordering::SeqCst);
    let mut partly = 0;
    for at in (hello + 1..whole).step_by(1500) {
        let how = if at % 2 == 0 { How::Reset } else { How::End };
        let cut = Cut { direction: Direction::Sending, at, how };
        let (handed, read) = handed_and_read(&ends, Some(cut)).await;
        assert!(read <= handed, "{cut:?}: {read} bytes were read, {handed} handed over");
        partly += usize::from(read > 0 && read < SENT);
    }
    assert!(partly > 10, "{partly} cuts between records");
}
