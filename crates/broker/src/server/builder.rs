//! How a cluster is described before it is started.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use klamm_wire::{ErrorCode, NodeId};

use super::hub::Hub;
use super::listening::Listening;
use super::null::Null;
use super::orders::TestCluster;
use crate::cluster::{Cluster, ClusterSettings, Endpoint, Listener};
use crate::defects::Defect;
use crate::personas::Persona;
use crate::topic::TopicSettings;

/// A cluster that is being described.
#[derive(Debug, Clone)]
#[must_use = "a cluster begins with `start`"]
pub struct Builder {
    settings: ClusterSettings,
    topics: Vec<(String, i32, TopicSettings)>,
    listeners: Vec<Listener>,
    host: IpAddr,
    port: u16,
    /// Store nothing; whether batches are checked then.
    null: Option<bool>,
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
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Topic(name, code) => write!(f, "cannot create the topic `{name}`: {code}"),
            Self::Ports => f.write_str("there are not enough ports from the first one on"),
        }
    }
}

impl std::error::Error for StartError {}

impl Default for Builder {
    fn default() -> Self {
        Self {
            settings: ClusterSettings::default(),
            topics: Vec::new(),
            listeners: vec![Listener::Plain],
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            null: None,
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

    /// Listeners of every node; a plain one if nothing is said.
    pub fn listeners(mut self, listeners: &[Listener]) -> Self {
        self.listeners = listeners.to_vec();
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
        let addresses = self.addresses(&nodes)?;
        let hub = Hub::new(Cluster::new(self.settings), self.null.map(Null::new));
        for (name, partitions, settings) in self.topics {
            let created =
                hub.act(|cluster, now| cluster.create_topic(now, &name, partitions, settings));
            created.map_err(|code| StartError::Topic(name, code))?;
        }
        let mut listening = Vec::new();
        for (node, listener, address) in addresses {
            let opened = Listening::open(&hub, node, listener, address).await;
            let opened = opened.map_err(|error| StartError::Socket(address, error))?;
            let (host, port) = (opened.address.ip().to_string(), opened.address.port());
            let endpoint = Endpoint { host, port };
            hub.act(|cluster, _| cluster.advertise(node, listener, endpoint));
            listening.push(opened);
        }
        Ok(TestCluster::new(hub, listening))
    }

    fn addresses(
        &self,
        nodes: &[NodeId],
    ) -> Result<Vec<(NodeId, Listener, SocketAddr)>, StartError> {
        // Nodes take consecutive ports, one listener after the other.
        let places = self
            .listeners
            .iter()
            .flat_map(|listener| nodes.iter().map(move |node| (*node, *listener)));
        let addressed = (0_u16..).zip(places).map(|(nth, (node, listener))| {
            let port = if self.port == 0 { Some(0) } else { self.port.checked_add(nth) };
            let port = port.ok_or(StartError::Ports)?;
            Ok((node, listener, SocketAddr::new(self.host, port)))
        });
        addressed.collect()
    }
}
