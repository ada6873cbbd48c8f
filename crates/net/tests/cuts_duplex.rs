//! A client, driven for real, over a wire in memory that is cut at every seventh byte.
//!
//! The clock stands still unless everybody waits. For every byte instead of every seventh:
//! `KLAMM_CUTS=all cargo test --release -p klamm-net --test cuts_duplex -- --nocapture`.
#![cfg(test)]
#![cfg(feature = "tls")]

mod cuts;

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
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
use klamm_cluster::sasl::{Credentials, ScramHash};
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{Address, Cause, ConnFailure, DnsLookup, HostPort, Stage};
use klamm_net::dial::{Dialled, over_tls};
use klamm_net::{BoxFuture, Connector, tls};
use rustls::NamedGroup;
use rustls::crypto::CryptoProvider;
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
    Scram,
    Tls,
}

/// What is spoken, and which wires are cut.
#[derive(Debug, Clone, Copy)]
struct Scenario {
    spoken: Spoken,
    /// Whether every wire is cut and not the first alone.
    every: bool,
}

impl Scenario {
    /// Whether each life costs handshakes of TLS or the hash of a password.
    fn is_dear(self) -> bool {
        matches!(self.spoken, Spoken::Scram | Spoken::Tls)
    }

    /// In which ways to cut at a byte: one after the other where each is dear.
    fn hows(self, at: usize) -> Vec<How> {
        if self.is_dear() && !is_thorough() {
            How::ALL.into_iter().skip(at % 3).take(1).collect()
        } else {
            How::ALL.to_vec()
        }
    }

    fn listener(self) -> Listener {
        match self.spoken {
            Spoken::Plain => Listener::Plain,
            Spoken::Sasl | Spoken::Scram => Listener::SaslPlain,
            Spoken::Tls => Listener::Tls,
        }
    }

    fn credentials(self) -> Option<Credentials> {
        let (username, password) = ("alice".to_owned(), "alice-secret".into());
        match self.spoken {
            Spoken::Plain | Spoken::Tls => None,
            Spoken::Sasl => Some(Credentials::Plain { username, password }),
            Spoken::Scram => {
                Some(Credentials::Scram { hash: ScramHash::Sha256, username, password })
            }
        }
    }

    /// A connector that knows no session: a life must not depend on those before it.
    fn tls(self, secrets: &Secrets) -> Option<(tls::Connector, TlsAcceptor)> {
        let classical = self.every || !is_thorough();
        let provider = if classical { &secrets.classical } else { &secrets.provider };
        let connector = tls::Connector::with_provider(&secrets.roots, Arc::clone(provider));
        (self.spoken == Spoken::Tls).then(|| (connector.unwrap(), secrets.acceptor.clone()))
    }
}

/// What both ends know of each other, made once: it takes a while.
struct Secrets {
    users: Users,
    roots: TlsSettings,
    acceptor: TlsAcceptor,
    provider: Arc<CryptoProvider>,
    /// The same without keys that a quantum computer could not find: they are long, and take most
    /// of the time of a handshake.
    classical: Arc<CryptoProvider>,
}

static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::new);

impl Secrets {
    fn new() -> Self {
        let ca = TestCa::new(1).unwrap();
        let roots = vec![Pem::Text(ca.pem().into())];
        let roots = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
        let identity = ca.server(&LOCAL_NAMES).unwrap();
        let config = server_config(&identity, ClientCertificates::NotAsked).unwrap();
        let users = Users::new(1, Iterations::MIN).with_user("alice", "alice-secret");
        let provider = tls::choose(&tls::probe()).unwrap();
        let mut classical = CryptoProvider::clone(&provider);
        classical.kx_groups.retain(|group| group.name() == NamedGroup::X25519);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { users, roots, acceptor, provider, classical: Arc::new(classical) }
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
async fn one(scenario: Scenario, cut: Option<Cut>) -> (End, [usize; 2]) {
    let mut settings = ClusterSettings::of(1);
    settings.security.sasl = Sasl::new(SECRETS.users.clone());
    let wires = Arc::new(Wires {
        peer: Peer::new(settings, scenario.listener()),
        tls: scenario.tls(&SECRETS),
        cut,
        every: scenario.every,
        dialled: AtomicUsize::new(0),
        passed: Arc::default(),
        taken: Taken::default(),
        serving: Mutex::default(),
    });
    let mut settings = cuts::settings(HostPort::new(HOST, PORT).unwrap());
    settings.sasl = scenario.credentials();
    let end = cuts::ask(Arc::clone(&wires) as Arc<dyn Connector>, settings, COARSE).await;
    check(&end, was_taken(&wires.taken, ASKED), &(scenario, cut));
    wires.serving.lock().unwrap().abort_all();
    let passed = wires.passed.0.each_ref().map(|passed| passed.load(Ordering::SeqCst));
    (end, passed)
}

fn is_thorough() -> bool {
    env::var("KLAMM_CUTS").is_ok_and(|which| which == "all")
}

/// Cuts everywhere; questions fail at these stages and no others.
async fn all(spoken: Spoken, every: bool, stages: &[&str]) {
    let (scenario, mut histogram) = (Scenario { spoken, every }, Histogram::default());
    let (end, [sent, received]) = one(scenario, None).await;
    assert_eq!(end, End::Answered, "without a cut");
    let directions = [(Direction::Sending, sent), (Direction::Receiving, received)];
    for (direction, bytes) in directions {
        for at in (0..=bytes).step_by(if is_thorough() { 1 } else { 7 }) {
            for how in scenario.hows(at) {
                let (end, _) = one(scenario, Some(Cut { direction, at, how })).await;
                histogram.count(end);
            }
        }
    }
    let which = if every { "every" } else { "the first" };
    histogram.print(&format!("{spoken:?}, {which} wire: {sent} bytes sent, {received} received"));
    assert!(histogram.stages().into_iter().eq(stages.iter().copied()));
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_in_the_clear() {
    all(Spoken::Plain, false, &["ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_in_the_clear() {
    all(Spoken::Plain, true, &["ApiVersions", "ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_while_we_say_who_we_are() {
    all(Spoken::Sasl, false, &["ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_while_we_say_who_we_are() {
    all(Spoken::Sasl, true, &["ApiVersions", "SASL", "ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_while_we_prove_who_we_are() {
    all(Spoken::Scram, false, &["ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_while_we_prove_who_we_are() {
    all(Spoken::Scram, true, &["ApiVersions", "SASL", "ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_wire_is_cut_in_ciphertext() {
    all(Spoken::Tls, false, &["ready"]).await;
}

#[tokio::test(start_paused = true)]
async fn every_wire_is_cut_in_ciphertext() {
    all(Spoken::Tls, true, &["ApiVersions", "TLS", "connect", "ready"]).await;
}
