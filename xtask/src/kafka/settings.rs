//! The property files of brokers and of ZooKeeper: small, quick, and good for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::options::Options;
use super::ports::NodePorts;
use super::tls::Certificates;

/// Everything listens to this machine alone.
pub(super) const HERE: &str = "127.0.0.1";

/// Users with their passwords, known to PLAIN and SCRAM alike.
pub(super) const USERS: [(&str, &str); 2] = [("alice", "alice-secret"), ("bob", "bob-secret")];

/// The passwords of key stores, which keep no secret: the keys are made for tests.
pub(super) const STORE_PASSWORD: &str = "klamm-kafka-test";

/// Where the nodes of a cluster are and what they are to be.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) options: Options,
    pub(super) folder: PathBuf,
    pub(super) nodes: Vec<NodePorts>,
    pub(super) zookeeper: u16,
    /// What brokers and clients show, if the cluster is a secure one.
    pub(super) certificates: Certificates,
}

impl Layout {
    /// The nodes by their number, which counts from one.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &NodePorts)> {
        (1..).zip(&self.nodes)
    }

    /// The property file of a node.
    pub(super) fn file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("node-{number}.properties"))
    }

    /// What a node stores.
    pub(super) fn data(&self, number: usize) -> PathBuf {
        self.folder.join(format!("data-{number}"))
    }

    /// The addresses of one port of each node, as a client is given them.
    pub(super) fn addresses(&self, port: fn(&NodePorts) -> u16) -> String {
        let address = |ports: &NodePorts| format!("{HERE}:{}", port(ports));
        self.nodes.iter().map(address).collect::<Vec<_>>().join(",")
    }

    /// What programs learn of the cluster from their environment.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        let mut set = |name: &str, value| variables.insert(name.to_owned(), value);
        set("KAFKA_BOOTSTRAP", self.addresses(|ports| ports.plain));
        if self.options.secure {
            set("KAFKA_BOOTSTRAP_SSL", self.addresses(|ports| ports.ssl));
            set("KAFKA_BOOTSTRAP_SASL_PLAINTEXT", self.addresses(|ports| ports.sasl_plain));
            set("KAFKA_BOOTSTRAP_SASL_SSL", self.addresses(|ports| ports.sasl_ssl));
            set("KAFKA_BOOTSTRAP_MTLS", self.addresses(|ports| ports.mtls));
            set("KAFKA_BOOTSTRAP_PLAIN_ONLY", self.addresses(|ports| ports.plain_only));
            set("KAFKA_CA", self.certificates.authority.display().to_string());
            set("KAFKA_CLIENT", self.certificates.client.display().to_string());
        }
        variables
    }

    /// The property file of ZooKeeper.
    pub(super) fn zookeeper_file(&self) -> PathBuf {
        self.folder.join("zookeeper.properties")
    }
}

/// A property file that grows by pairs.
#[derive(Default)]
struct Properties(String);

impl Properties {
    fn set(&mut self, name: &str, value: impl std::fmt::Display) {
        self.0.push_str(&format!("{name}={value}\n"));
    }

    fn set_all(&mut self, pairs: &[(&str, &str)]) {
        pairs.iter().for_each(|(name, value)| self.set(name, value));
    }
}

/// What every broker is told, whatever the cluster.
const COMMON: &[(&str, &str)] = &[
    ("auto.create.topics.enable", "true"),
    ("delete.topic.enable", "true"),
    ("group.initial.rebalance.delay.ms", "0"),
    ("num.partitions", "1"),
    // Files of these partitions would be preallocated in full.
    ("log.index.size.max.bytes", "65536"),
    ("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
];

/// The property file of a node.
pub(super) fn broker(layout: &Layout, number: usize, ports: &NodePorts) -> String {
    let mut file = Properties::default();
    file.set_all(COMMON);
    file.set("log.dirs", path(&layout.data(number)));
    replication(&mut file, layout.options.nodes);
    if layout.options.release.needs_zookeeper() {
        file.set("broker.id", number);
        file.set("zookeeper.connect", format!("{HERE}:{}", layout.zookeeper));
    } else {
        kraft(&mut file, layout, number);
    }
    listeners(&mut file, layout.options, ports);
    if layout.options.secure {
        security(&mut file, &layout.certificates.key_store);
    }
    file.0
}

fn replication(file: &mut Properties, nodes: u16) {
    let in_sync = if nodes == 1 { 1 } else { 2 };
    file.set("default.replication.factor", nodes);
    file.set("min.insync.replicas", in_sync);
    // One partition for each node, so that each is a coordinator of something.
    for (name, partitions) in [
        ("offsets.topic", "offsets.topic.num.partitions"),
        ("transaction.state.log", "transaction.state.log.num.partitions"),
    ] {
        file.set(&format!("{name}.replication.factor"), nodes);
        file.set(partitions, nodes);
    }
    file.set("transaction.state.log.min.isr", in_sync);
    // A single node has nobody to hand its partitions to, and would try for a while.
    file.set("controlled.shutdown.enable", nodes > 1);
}

fn kraft(file: &mut Properties, layout: &Layout, number: usize) {
    let voter = |(id, ports): (usize, &NodePorts)| format!("{id}@{HERE}:{}", ports.controller);
    let voters: Vec<String> = layout.numbered().map(voter).collect();
    file.set("process.roles", "broker,controller");
    file.set("node.id", number);
    file.set("controller.quorum.voters", voters.join(","));
    file.set("controller.listener.names", "CONTROLLER");
}

/// A listener of a broker: its name, its protocol, and its port.
type Listener = (&'static str, &'static str, u16);

fn offered(options: Options, ports: &NodePorts) -> Vec<Listener> {
    let mut offered = vec![("PLAINTEXT", "PLAINTEXT", ports.plain)];
    if options.secure {
        offered.extend([
            ("SSL", "SSL", ports.ssl),
            ("SASL_PLAINTEXT", "SASL_PLAINTEXT", ports.sasl_plain),
            ("SASL_SSL", "SASL_SSL", ports.sasl_ssl),
            ("MTLS", "SSL", ports.mtls),
            ("PLAIN_ONLY", "SASL_SSL", ports.plain_only),
        ]);
    }
    offered
}

fn listeners(file: &mut Properties, options: Options, ports: &NodePorts) {
    let address = |(name, _, port): &Listener| format!("{name}://{HERE}:{port}");
    let mut all = offered(options, ports);
    let listed = |all: &[Listener]| all.iter().map(address).collect::<Vec<_>>().join(",");
    file.set("advertised.listeners", listed(&all));
    if !options.release.needs_zookeeper() {
        all.push(("CONTROLLER", "PLAINTEXT", ports.controller));
    }
    file.set("listeners", listed(&all));
    let protocol = |(name, protocol, _): &Listener| format!("{name}:{protocol}");
    let protocols: Vec<String> = all.iter().map(protocol).collect();
    file.set("listener.security.protocol.map", protocols.join(","));
}

fn security(file: &mut Properties, key_store: &Path) {
    file.set("ssl.keystore.type", "PKCS12");
    file.set("ssl.keystore.location", path(key_store));
    file.set("ssl.keystore.password", STORE_PASSWORD);
    file.set("ssl.key.password", STORE_PASSWORD);
    // The store of the broker's key holds the authority as well, which vouches for clients too.
    file.set("listener.name.mtls.ssl.client.auth", "required");
    file.set("listener.name.mtls.ssl.truststore.type", "PKCS12");
    file.set("listener.name.mtls.ssl.truststore.location", path(key_store));
    file.set("listener.name.mtls.ssl.truststore.password", STORE_PASSWORD);
    file.set("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER");
    file.set("listener.name.plain_only.sasl.enabled.mechanisms", "PLAIN");
    // Short, so that a client that forgets to authenticate again is seen (KIP-368).
    file.set("connections.max.reauth.ms", 20_000);
    let modules = "org.apache.kafka.common.security";
    let users: String =
        USERS.iter().map(|(name, word)| format!(" user_{name}=\"{word}\"")).collect();
    // The tokens of OAUTHBEARER are not signed: this is for the protocol, not for safety.
    let subject = "unsecuredLoginStringClaim_sub=\"broker\"";
    for listener in ["sasl_plaintext", "sasl_ssl", "plain_only"] {
        let mut log_in = |mechanism: &str, module: String| {
            let name = format!("listener.name.{listener}.{mechanism}.sasl.jaas.config");
            file.set(&name, format!("{modules}.{module};"));
        };
        log_in("plain", format!("plain.PlainLoginModule required{users}"));
        log_in("scram-sha-256", "scram.ScramLoginModule required".to_owned());
        log_in("scram-sha-512", "scram.ScramLoginModule required".to_owned());
        let oauth = format!("oauthbearer.OAuthBearerLoginModule required {subject}");
        log_in("oauthbearer", oauth);
    }
}

/// The property file of ZooKeeper.
pub(super) fn zookeeper(layout: &Layout) -> String {
    let mut file = Properties::default();
    file.set("dataDir", path(&layout.folder.join("zookeeper")));
    file.set("clientPort", layout.zookeeper);
    file.set("clientPortAddress", HERE);
    file.set("admin.enableServer", false);
    file.set("maxClientCnxns", 0);
    file.0
}

/// In a property file a backslash would begin an escape.
fn path(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::super::options::Transactions;
    use super::super::release::Release;
    use super::*;

    fn layout(options: Options) -> Layout {
        let node = |base| NodePorts {
            plain: base,
            controller: base + 1,
            ssl: base + 2,
            sasl_plain: base + 3,
            sasl_ssl: base + 4,
            mtls: base + 5,
            plain_only: base + 6,
        };
        let nodes = (1..=options.nodes).map(|number| node(number * 10)).collect();
        let (folder, certificates) = (PathBuf::from("run"), Certificates::below(Path::new("c")));
        Layout { options, folder, nodes, zookeeper: 99, certificates }
    }

    fn file(options: Options, number: usize) -> String {
        let layout = layout(options);
        broker(&layout, number, &layout.nodes[number - 1])
    }

    fn one(release: Release) -> Options {
        Options::of(release, Transactions::V1)
    }

    fn has(file: &str, line: &str) -> bool {
        file.lines().any(|each| each == line)
    }

    #[test]
    fn a_single_node_is_broker_and_controller_and_needs_no_other() {
        let file = file(one(Release::V4_3), 1);
        assert!(has(&file, "process.roles=broker,controller"), "{file}");
        assert!(has(&file, "controller.quorum.voters=1@127.0.0.1:11"));
        let plain = format!("PLAINTEXT://{HERE}:10");
        assert!(has(&file, &format!("listeners={plain},CONTROLLER://{HERE}:11")));
        assert!(has(&file, &format!("advertised.listeners={plain}")));
        assert!(has(&file, "min.insync.replicas=1"));
        assert!(has(&file, "transaction.state.log.replication.factor=1"));
    }

    #[test]
    fn three_nodes_know_each_other_and_two_must_be_in_sync() {
        let file = file(Options { nodes: 3, ..one(Release::V3_9) }, 2);
        assert!(has(&file, "node.id=2"), "{file}");
        let voters = "1@127.0.0.1:11,2@127.0.0.1:21,3@127.0.0.1:31";
        assert!(has(&file, &format!("controller.quorum.voters={voters}")));
        assert!(has(&file, "min.insync.replicas=2"));
        assert!(has(&file, "default.replication.factor=3"));
    }

    #[test]
    fn an_old_broker_has_no_controller_of_its_own() {
        let file = file(one(Release::V2_8), 1);
        assert!(has(&file, "zookeeper.connect=127.0.0.1:99"), "{file}");
        assert!(has(&file, &format!("listeners=PLAINTEXT://{HERE}:10")));
        assert!(!file.contains("CONTROLLER") && !file.contains("node.id"));
    }

    #[test]
    fn a_secure_broker_offers_every_protocol_and_knows_both_users() {
        let file = file(Options { secure: true, ..one(Release::V4_3) }, 1);
        let names = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "MTLS", "PLAIN_ONLY"];
        let address = |(name, port): (&str, u16)| format!("{name}://{HERE}:{port}");
        let all = names.into_iter().zip([10, 12, 13, 14, 15, 16]).map(address);
        let all = all.collect::<Vec<_>>().join(",");
        assert!(has(&file, &format!("advertised.listeners={all}")), "{file}");
        let users = "user_alice=\"alice-secret\" user_bob=\"bob-secret\";";
        let plain = |line: &&str| line.contains(".plain.sasl") && line.ends_with(users);
        assert_eq!(file.lines().filter(plain).count(), 3);
        assert!(has(&file, "ssl.keystore.location=c/broker.p12"));
    }

    #[test]
    fn a_secure_broker_insists_on_certificates_and_on_plain_at_a_listener_each() {
        let file = file(Options { secure: true, ..one(Release::V2_8) }, 1);
        let map = file.lines().find(|line| line.starts_with("listener.security.protocol.map"));
        assert!(map.is_some_and(|map| map.ends_with(",MTLS:SSL,PLAIN_ONLY:SASL_SSL")), "{file}");
        assert!(has(&file, "listener.name.mtls.ssl.client.auth=required"));
        assert!(has(&file, "listener.name.plain_only.sasl.enabled.mechanisms=PLAIN"));
    }

    #[test]
    fn a_plain_broker_says_nothing_of_keys_and_passwords() {
        let file = file(one(Release::V4_3), 1);
        assert!(!file.contains("ssl.") && !file.contains("sasl."), "{file}");
    }

    #[test]
    fn programs_learn_of_what_is_there_alone() {
        let options = Options { nodes: 3, ..one(Release::V4_3) };
        let plain = layout(options).variables();
        assert_eq!(plain.keys().collect::<Vec<_>>(), ["KAFKA_BOOTSTRAP"]);
        assert_eq!(plain["KAFKA_BOOTSTRAP"], "127.0.0.1:10,127.0.0.1:20,127.0.0.1:30");
        let secure = layout(Options { secure: true, ..options }).variables();
        assert!(secure["KAFKA_BOOTSTRAP_MTLS"].starts_with("127.0.0.1:15,"), "{secure:?}");
        assert_eq!(secure["KAFKA_CLIENT"], "c/client.pem");
    }

    #[test]
    fn zookeeper_listens_to_this_machine_alone() {
        let file = zookeeper(&layout(one(Release::V2_8)));
        assert!(has(&file, "clientPort=99") && has(&file, "clientPortAddress=127.0.0.1"));
    }
}
