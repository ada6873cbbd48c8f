//! A client, driven for real, over a wire in memory that is cut at every seventh byte.
//!
//! The clock stands still unless everybody waits. For every byte instead of every seventh:
//! `KLAMM_CUTS=all cargo test --release -p klamm-net --test cuts_duplex -- --nocapture`.
#![cfg(test)]
#![cfg(feature = "tls")]

mod cuts;

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cuts::peer::{HOST, PORT, Peer};
use cuts::wire::{Cut, Direction, How, Passed, Taken, Tap, Wire, tapped, was_taken};
use cuts::{End, Histogram, check};
use klamm_broker::cluster::{ClusterSettings, Listener};
use klamm_broker::security::Sasl;
use klamm_broker::security::certificates::{
    ClientCertificates, LOCAL_NAMES, TestCa, server_config,
};
use klamm_broker::security::sasl::{Credentials as Users, Iterations};
use klamm_cluster::sasl::Credentials;
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{Address, Cause, ConnFailure, DnsLookup, HostPort, Stage};
use klamm_net::dial::{Dialled, over_tls};
use klamm_net::{BoxFuture, Connector, tls};
use tokio::io::duplex;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// The number of InitProducerId in the protocol.
const ASKED: i16 = 22;
/// A timer of tokio is a millisecond coarse, and several follow each other.
const COARSE: Duration = Duration::from_millis(20);

/// What is spoken on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoken {
    Plain,
    Sasl,
    Tls,
}

/// What both ends know of each other, made once: it takes a while.
struct Secrets {
    users: Users,
    roots: TlsSettings,
    acceptor: TlsAcceptor,
}

impl Secrets {
    fn new() -> Self {
        let ca = TestCa::new(1).unwrap();
        let roots = vec![Pem::Text(ca.pem().into())];
        let roots = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
        let identity = ca.server(&LOCAL_NAMES).unwrap();
        let config = server_config(&identity, ClientCertificates::NotAsked).unwrap();
        let users = Users::new(1, Iterations::MIN).with_user("alice", "alice-secret");
        Self { users, roots, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }
}

/// Connects to the cluster over wires of which some are cut.
struct Wires {
    peer: Arc<Peer>,
    tls: Option<(tls::Connector, TlsAcceptor)>,
    cut: Option<Cut>,
    /// Whether every wire is cut and not the first alone.
    every: bool,
    dialled: AtomicUsize,
    passed: Arc<Passed>,
    taken: Taken,
    serving: Mutex<JoinSet<()>>,
}

impl Connector for Wires {
    fn resolve(&self, _: &HostPort, _: DnsLookup) -> BoxFuture<Result<Vec<Address>, Cause>> {
        Box::pin(async { Ok(vec![Address::Ip("127.0.0.1".parse().unwrap())]) })
    }

    fn connect(&self, host: &HostPort, _: Address) -> BoxFuture<Dialled> {
        let (ours, theirs) = duplex(1 << 16);
        let is_first = self.dialled.fetch_add(1, Ordering::SeqCst) == 0;
        let passed = if is_first { Arc::clone(&self.passed) } else { Arc::default() };
        let cut = self.cut.filter(|_| is_first || self.every);
        let wire = Wire { inner: ours, cut, passed, reader: None };
        let (peer, taken, host) = (Arc::clone(&self.peer), self.taken.clone(), host.clone());
        let mut serving = self.serving.lock().unwrap();
        let Some((connector, acceptor)) = self.tls.clone() else {
            serving.spawn(peer.serve(theirs));
            return Box::pin(async move { Ok(boxed(tapped(wire, &taken))) });
        };
        serving.spawn(async move {
            if let Ok(stream) = acceptor.accept(theirs).await {
                peer.serve(stream).await;
            }
        });
        Box::pin(async move {
            let failed = |failure| ConnFailure { stage: Stage::Tls, cause: Cause::Tls(failure) };
            let stream = over_tls(&connector, host.host(), wire).await.map_err(failed)?;
            Ok(boxed(tapped(stream, &taken)))
        })
    }
}

fn boxed<T: klamm_net::Transport + 'static>(tap: Tap<T>) -> Box<dyn klamm_net::Transport> {
    Box::new(tap)
}

/// Asks one question over wires that are cut so, and how many bytes passed over the first.
async fn one(
    spoken: Spoken,
    secrets: &Secrets,
    cut: Option<Cut>,
    every: bool,
) -> (End, [usize; 2]) {
    let mut settings = ClusterSettings::of(1);
    settings.security.sasl = Sasl::new(secrets.users.clone());
    let (listener, tls) = match spoken {
        Spoken::Plain => (Listener::Plain, None),
        Spoken::Sasl => (Listener::SaslPlain, None),
        Spoken::Tls => {
            let connector = tls::Connector::new(&secrets.roots).unwrap();
            (Listener::Tls, Some((connector, secrets.acceptor.clone())))
        }
    };
    let wires = Arc::new(Wires {
        peer: Peer::new(settings, listener),
        tls,
        cut,
        every,
        dialled: AtomicUsize::new(0),
        passed: Arc::default(),
        taken: Taken::default(),
        serving: Mutex::default(),
    });
    let mut settings = cuts::settings(HostPort::new(HOST, PORT).unwrap());
    settings.sasl = (spoken == Spoken::Sasl).then(|| Credentials::Plain {
        username: "alice".to_owned(),
        password: "alice-secret".into(),
    });
    let end = cuts::ask(Arc::clone(&wires) as Arc<dyn Connector>, settings, COARSE).await;
    check(&end, was_taken(&wires.taken, ASKED), &(spoken, cut, every));
    wires.serving.lock().unwrap().abort_all();
    let passed = wires.passed.0.each_ref().map(|passed| passed.load(Ordering::SeqCst));
    (end, passed)
}

fn is_thorough() -> bool {
    env::var("KLAMM_CUTS").is_ok_and(|which| which == "all")
}

/// In which ways to cut at a byte: one after the other where each costs a handshake of TLS.
fn hows(spoken: Spoken, at: usize) -> Vec<How> {
    if spoken == Spoken::Tls && !is_thorough() {
        How::ALL.into_iter().skip(at % 3).take(1).collect()
    } else {
        How::ALL.to_vec()
    }
}

async fn all(spoken: Spoken, every: bool) -> Histogram {
    let (secrets, mut histogram) = (Secrets::new(), Histogram::default());
    let (end, [sent, received]) = one(spoken, &secrets, None, false).await;
    assert_eq!(end, End::Answered, "without a cut");
    let directions = [(Direction::Sending, sent), (Direction::Receiving, received)];
    for (direction, bytes) in directions {
        for at in (0..=bytes).step_by(if is_thorough() { 1 } else { 7 }) {
            for how in hows(spoken, at) {
                let cut = Cut { direction, at, how };
                let (end, _) = one(spoken, &secrets, Some(cut), every).await;
                histogram.count(&format!("{spoken:?} {direction:?} {how:?}"), end);
            }
        }
    }
    println!("{sent} bytes sent, {received} received");
    histogram.print();
    histogram
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_in_the_clear() {
    all(Spoken::Plain, false).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_in_the_clear() {
    all(Spoken::Plain, true).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_while_we_say_who_we_are() {
    all(Spoken::Sasl, false).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_while_we_say_who_we_are() {
    all(Spoken::Sasl, true).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_in_ciphertext() {
    all(Spoken::Tls, false).await;
}
