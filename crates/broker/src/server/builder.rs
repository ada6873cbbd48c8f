//! How a cluster is described before it is started.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use klamm_wire::{ErrorCode, NodeId};

use super::hub::Hub;
use super::listening::{Door, Listening};
use super::null::Null;
use super::orders::TestCluster;
use super::tls::Tls;
use crate::cluster::{Cluster, ClusterSettings, Endpoint, Listener};
use crate::defects::Defect;
use crate::faults::Fault;
use crate::personas::Persona;
use crate::security::acl::Acl;
use crate::security::{Acls, Principal, Sasl};
use crate::topic::TopicSettings;

/// A cluster that is being described.
#[derive(Debug, Clone)]
#[must_use = "a cluster begins with `start`"]
pub struct Builder {
    settings: ClusterSettings,
    topics: Vec<(String, i32, TopicSettings)>,
    /// Those that were named; otherwise they follow from the rest.
    listeners: Option<Vec<Listener>>,
    faults: Vec<Fault>,
    host: IpAddr,
    port: u16,
    /// Store nothing; whether batches are checked then.
    null: Option<bool>,
    sasl: bool,
    tls: Option<ClientAuth>,
    certificate: Certificate,
}

/// Which certificate the listeners of TLS show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Certificate {
    /// One that clients on this machine have no reason to refuse, if they believe the authority.
    #[default]
    Good,
    /// One that was valid.
    Expired,
    /// One that will be valid.
    NotYetValid,
    /// One for another server: `elsewhere.test`.
    OtherName,
}

/// Whether clients must show certificates on listeners of TLS (`ssl.client.auth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAuth {
    /// They are not asked.
    #[default]
    None,
    /// They are asked, and may have none.
    Requested,
    /// Without one nobody gets in.
    Required,
}

/// Why a cluster does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// A socket cannot be opened.
    Socket(SocketAddr, io::Error),
    /// A topic cannot be created.
    Topic(String, ErrorCode),
    /// There are more nodes and listeners than ports from the first one on.
    Ports,
    /// There can be no TLS, in words.
    Tls(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Topic(name, code) => write!(f, "cannot create the topic `{name}`: {code}"),
            Self::Ports => f.write_str("there are not enough ports from the first one on"),
            Self::Tls(why) => write!(f, "there can be no TLS: {why}"),
        }
    }
}

impl std::error::Error for StartError {}

impl Default for Builder {
    fn default() -> Self {
        Self {
            settings: ClusterSettings::default(),
            topics: Vec::new(),
            listeners: None,
            faults: Vec::new(),
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            null: None,
            sasl: false,
            tls: None,
            certificate: Certificate::Good,
        }
    }
}

impl Builder {
    /// So many nodes, with the ids from 1 on.
    pub fn nodes(mut self, nodes: u8) -> Self {
        self.settings.nodes = ClusterSettings::of(nodes).nodes;
        self
    }

    /// A topic with the default settings.
    pub fn topic(self, name: &str, partitions: i32) -> Self {
        let settings = self.settings.topics.settings.clone();
        self.topic_with(name, partitions, settings)
    }

    /// A topic with these settings.
    pub fn topic_with(mut self, name: &str, partitions: i32, settings: TopicSettings) -> Self {
        self.topics.push((name.to_owned(), partitions, settings));
        self
    }

    /// Whose versions and habits the cluster has.
    pub fn persona(mut self, persona: Persona) -> Self {
        self.settings.persona = persona;
        self
    }

    /// The generation of transactions: 1 or 2.
    pub fn transaction_version(mut self, version: i16) -> Self {
        self.settings.transaction_version = version;
        self
    }

    /// A promise that the cluster is to break.
    pub fn defect(mut self, defect: Defect) -> Self {
        self.settings.defects.switch_on(defect);
        self
    }

    /// Something that is to go wrong from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Listeners of every node. If nothing is said there is a plain one, and those that
    /// [`sasl`](Self::sasl) and [`tls`](Self::tls) ask for beside it.
    pub fn listeners(mut self, listeners: &[Listener]) -> Self {
        self.listeners = Some(listeners.to_vec());
        self
    }

    /// Clients may say who they are, and must on listeners that want it.
    pub fn sasl(mut self, sasl: Sasl) -> Self {
        self.settings.security.sasl = sasl;
        self.sasl = true;
        self
    }

    /// There are listeners of TLS, with certificates of an authority for tests.
    pub fn tls(mut self, clients: ClientAuth) -> Self {
        self.tls = Some(clients);
        self
    }

    /// Which certificate the listeners of TLS show; a good one, unless this is said.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// A rule of who may do what. With the first one, whatever is not allowed is forbidden.
    pub fn acl(mut self, acl: Acl) -> Self {
        self.settings.security.acls.get_or_insert_with(Acls::new).add(acl);
        self
    }

    /// Somebody to whom no rule applies. With the first one, rules apply to all others.
    pub fn super_user(mut self, principal: Principal) -> Self {
        let acls = self.settings.security.acls.take().unwrap_or_default();
        self.settings.security.acls = Some(acls.super_user(principal));
        self
    }

    /// The port of the first node's first listener; the others take the ports that follow. With 0,
    /// the default, each takes any port that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Acknowledge what is produced and store nothing, for benchmarks of clients. With `checks`,
    /// every batch is held to its checksum and its place in its producer's sequence.
    pub fn null(mut self, checks: bool) -> Self {
        self.null = Some(checks);
        self
    }

    /// Everything else.
    pub fn settings(mut self, change: impl FnOnce(&mut ClusterSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Starts the cluster on the runtime of the caller.
    ///
    /// # Errors
    /// When a port is taken or a topic cannot be.
    pub async fn start(self) -> Result<TestCluster, StartError> {
        let nodes: Vec<NodeId> = self.settings.nodes.iter().map(|node| node.id).collect();
        let listeners = self.wanted_listeners();
        let addresses = self.addresses(&listeners, &nodes)?;
        let tls = self.wanted_tls(&listeners)?;
        let connections = self.settings.limits.connections;
        let hub = Hub::new(Cluster::new(self.settings), self.null.map(Null::new));
        for (name, partitions, settings) in self.topics {
            let created =
                hub.act(|cluster, now| cluster.create_topic(now, &name, partitions, settings));
            created.map_err(|code| StartError::Topic(name, code))?;
        }
        for fault in self.faults {
            hub.act(|cluster, _| cluster.inject(fault));
        }
        let mut listening = Vec::new();
        for (node, listener, address) in addresses {
            let tls = tls.clone().filter(|_| listener.is_tls());
            let door = Door { node, listener, tls, connections };
            let opened = Listening::open(&hub, door, address).await;
            let opened = opened.map_err(|error| StartError::Socket(address, error))?;
            let (host, port) = (opened.address.ip().to_string(), opened.address.port());
            let endpoint = Endpoint { host, port };
            hub.act(|cluster, _| cluster.advertise(node, listener, endpoint));
            listening.push(opened);
        }
        Ok(TestCluster::new(hub, listening, tls))
    }

    fn wanted_listeners(&self) -> Vec<Listener> {
        let is_wanted = |listener: &Listener| {
            (self.sasl || !listener.wants_sasl()) && (self.tls.is_some() || !listener.is_tls())
        };
        let follow = || Listener::ALL.into_iter().filter(is_wanted).collect();
        self.listeners.clone().unwrap_or_else(follow)
    }

    fn wanted_tls(&self, listeners: &[Listener]) -> Result<Option<Arc<Tls>>, StartError> {
        if !listeners.iter().any(|listener| listener.is_tls()) {
            return Ok(None);
        }
        let clients = self.tls.unwrap_or_default();
        let made = Tls::new(self.settings.seed, clients, self.certificate);
        made.map(|tls| Some(Arc::new(tls))).map_err(StartError::Tls)
    }

    fn addresses(
        &self,
        listeners: &[Listener],
        nodes: &[NodeId],
    ) -> Result<Vec<(NodeId, Listener, SocketAddr)>, StartError> {
        // Nodes take consecutive ports, one listener after the other.
        let places =
            listeners.iter().flat_map(|listener| nodes.iter().map(move |node| (*node, *listener)));
        let addressed = (0_u16..).zip(places).map(|(nth, (node, listener))| {
            let port = if self.port == 0 { Some(0) } else { self.port.checked_add(nth) };
            let port = port.ok_or(StartError::Ports)?;
            Ok((node, listener, SocketAddr::new(self.host, port)))
        });
        addressed.collect()
    }
}
