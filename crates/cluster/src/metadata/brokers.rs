//! The brokers of the picture.

use std::collections::{BTreeMap, VecDeque};

use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::metadata::response::MetadataResponseBroker;
use klamm_wire::NodeId;

use super::event::Event;
use super::oddities::{Oddities, count};
use crate::address::HostPort;

/// How many brokers hints may add to those of the last answer.
const MOST_HINTED: usize = 1_000;

/// A broker in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Its address.
    pub host: HostPort,
    /// Where it stands, if it says so.
    pub rack: Option<String>,
}

/// All of them, and what holds for the cluster as a whole.
#[derive(Debug, Default)]
pub(super) struct Brokers {
    at: BTreeMap<NodeId, Broker>,
    /// How many of them came by hints since the last answer.
    hinted: usize,
    controller: Option<NodeId>,
    cluster_id: Option<String>,
}

impl Brokers {
    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Broker)> {
        self.at.iter().map(|(node, broker)| (*node, broker))
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.at.contains_key(&node)
    }

    pub(super) fn controller(&self) -> Option<NodeId> {
        self.controller
    }

    pub(super) fn cluster_id(&self) -> Option<&str> {
        self.cluster_id.as_deref()
    }

    /// Forgets them all.
    pub(super) fn clear(&mut self, events: &mut VecDeque<Event>) {
        events.extend(std::mem::take(self).at.into_keys().map(Event::BrokerGone));
    }

    //= M9 the list of an answer replaces the known one, unless nothing in it can be used
    /// Takes the brokers of an answer and returns those that are gone; `None` if it has none that
    /// could be used.
    pub(super) fn replace(
        &mut self,
        answer: &MetadataResponse<'_>,
        events: &mut VecDeque<Event>,
        oddities: &mut Oddities,
    ) -> Option<Vec<NodeId>> {
        let mut listed = BTreeMap::new();
        for broker in &answer.brokers {
            match usable(broker) {
                Some(_) if listed.contains_key(&broker.node_id) => count(&mut oddities.duplicates),
                Some(host) => {
                    listed.insert(broker.node_id, (host, broker.rack.as_deref()));
                }
                None => count(&mut oddities.bad_brokers),
            }
        }
        if listed.is_empty() {
            return None;
        }
        let gone: Vec<NodeId> =
            self.at.keys().filter(|node| !listed.contains_key(*node)).copied().collect();
        for node in &gone {
            self.at.remove(node);
            events.push_back(Event::BrokerGone(*node));
        }
        for (node, (host, rack)) in listed {
            self.put(node, host, rack, events);
        }
        self.hinted = 0;
        self.controller = Some(answer.controller_id).filter(|node| self.contains(*node));
        self.belong_to(answer.cluster_id.as_deref(), oddities);
        Some(gone)
    }

    /// Takes one that a hint names; false if hints have named too many.
    pub(super) fn add(
        &mut self,
        node: NodeId,
        broker: &Broker,
        events: &mut VecDeque<Event>,
    ) -> bool {
        if !self.contains(node) {
            if self.hinted >= MOST_HINTED {
                return false;
            }
            self.hinted = self.hinted.saturating_add(1);
        }
        let rack = self.at.get(&node).and_then(|known| known.rack.clone());
        let rack = broker.rack.clone().or(rack);
        self.put(node, broker.host.clone(), rack.as_deref(), events);
        true
    }

    fn put(
        &mut self,
        node: NodeId,
        host: HostPort,
        rack: Option<&str>,
        events: &mut VecDeque<Event>,
    ) {
        match self.at.get_mut(&node) {
            Some(known) if known.host == host => {
                if known.rack.as_deref() != rack {
                    known.rack = rack.map(str::to_owned);
                }
            }
            _ => {
                events.push_back(Event::BrokerAt { node, host: host.clone() });
                self.at.insert(node, Broker { host, rack: rack.map(str::to_owned) });
            }
        }
    }

    fn belong_to(&mut self, cluster_id: Option<&str>, oddities: &mut Oddities) {
        let Some(said) = cluster_id else { return };
        match &self.cluster_id {
            Some(known) if known == said => {}
            Some(_) => {
                count(&mut oddities.other_clusters);
                self.cluster_id = Some(said.to_owned());
            }
            None => self.cluster_id = Some(said.to_owned()),
        }
    }
}

fn usable(broker: &MetadataResponseBroker<'_>) -> Option<HostPort> {
    let host = HostPort::new(&broker.host, broker.port).ok()?;
    (broker.node_id.0 >= 0).then_some(host)
}
