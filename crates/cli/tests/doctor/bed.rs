//! Clusters to examine, and the doctor as a process.

use std::process::{Command, Output};
use std::time::Duration;

use klamm_broker::cluster::{Endpoint, Listener};
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials, Iterations, Mechanism};
use klamm_broker::server::{Builder, TestCluster};
use klamm_wire::NodeId;

/// Passwords, none of which may ever be seen.
const SECRETS: [&str; 2] = ["right-MARKER", "wrong-MARKER"];

/// A cluster of one node with a topic of two partitions.
pub(crate) fn cluster() -> Builder {
    TestCluster::builder().nodes(1).topic("orders", 2)
}

/// What a listener of SASL offers: a user alice, by these mechanisms.
pub(crate) fn sasl(mechanisms: &[Mechanism]) -> Sasl {
    let credentials = Credentials::new(1, Iterations::MIN).with_user("alice", SECRETS[0]);
    Sasl::new(credentials).with_mechanisms(mechanisms.to_vec())
}

/// A cluster under examination, and the words with which the doctor is called.
pub(crate) struct Bed {
    pub(crate) cluster: TestCluster,
    words: Vec<String>,
}

impl Bed {
    pub(crate) async fn of(builder: Builder, listener: Listener) -> Self {
        let cluster = builder.start().await.unwrap();
        let first = cluster.bootstrap_of(listener).split(',').next().unwrap().to_owned();
        Self { cluster, words: vec!["-b".to_owned(), first] }
    }

    pub(crate) fn with(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// With a property of this value.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        self.with(&["-X", &format!("{name}={value}")])
    }

    /// As alice, with the right password or a wrong one.
    pub(crate) fn for_alice(self, mechanism: &str, password: &str) -> Self {
        let password = format!("env:{password}");
        self.set("sasl.mechanism", mechanism)
            .set("sasl.username", "alice")
            .set("sasl.password", &password)
    }

    /// Believing the authority of the cluster.
    pub(crate) fn believing(self) -> Self {
        let pem = self.cluster.ca_pem().unwrap();
        self.set("ssl.ca.pem", &pem)
    }

    /// With a broker that the cluster says to be where nobody listens.
    pub(crate) async fn with_a_stranger(self) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port };
        let listener = Listener::Plain;
        self.cluster.with(|cluster, _| cluster.advertise(NodeId(2), listener, endpoint));
        self
    }

    /// Runs the doctor with these words and some more.
    pub(crate) async fn examined(&self, more: &[&str]) -> Output {
        let more = more.iter().map(|word| (*word).to_owned());
        doctor(self.words.iter().cloned().chain(more).collect()).await
    }
}

/// Runs the doctor, and looks for secrets in everything it says.
pub(crate) async fn doctor(words: Vec<String>) -> Output {
    let run = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_klamm"));
        command.arg("doctor").args(words).env_remove("HOME");
        command.env("RIGHT", SECRETS[0]).env("WRONG", SECRETS[1]);
        command.output().unwrap()
    };
    let ran = tokio::task::spawn_blocking(run);
    let output = tokio::time::timeout(Duration::from_secs(60), ran).await.unwrap().unwrap();
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        assert!(!said.contains("MARKER"), "a secret was said:\n{said}");
    }
    output
}
