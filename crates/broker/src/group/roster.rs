//! Who is in a group: members, their protocols, static names, and who leads.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_protocol::join_group::request::{JoinGroupRequest, JoinGroupRequestProtocol};
use klamm_wire::{ErrorCode, Time};

use super::answer::Waiting;
use super::settings::millis;

/// What identifies a client to a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    /// The client id of the request's header.
    pub(crate) client_id: &'a str,
    /// Where the connection comes from.
    pub(crate) client_host: &'a str,
}

/// One way of assigning that a member knows, and what it has to say in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Protocol {
    pub(super) name: String,
    pub(super) metadata: Vec<u8>,
}

/// One member's place.
#[derive(Debug)]
pub(super) struct Seat {
    #[expect(dead_code, reason = "what describes a group tells it")]
    pub(super) client_id: String,
    #[expect(dead_code, reason = "what describes a group tells it")]
    pub(super) client_host: String,
    pub(super) instance: Option<String>,
    pub(super) rebalance_timeout: Duration,
    pub(super) session_timeout: Duration,
    /// In the member's order of preference.
    pub(super) protocols: Vec<Protocol>,
    /// Of the generation that became stable last; empty while another is made.
    pub(super) assignment: Vec<u8>,
    /// A join without an answer.
    pub(super) joining: Option<Waiting>,
    /// A sync without an answer; only while a generation is completed.
    pub(super) syncing: Option<Waiting>,
    /// It has never been in a generation, so that its join may time out.
    pub(super) is_new: bool,
    /// When the session ends; `None` after an end that did not count, until somebody renews it.
    pub(super) expires: Option<Time>,
}

impl Seat {
    pub(super) fn new(client: Member<'_>, version: i16, request: &JoinGroupRequest<'_>) -> Self {
        let mut seat = Self {
            client_id: client.client_id.to_owned(),
            client_host: client.client_host.to_owned(),
            instance: request.group_instance_id.as_deref().map(str::to_owned),
            rebalance_timeout: Duration::ZERO,
            session_timeout: Duration::ZERO,
            protocols: Vec::new(),
            assignment: Vec::new(),
            joining: None,
            syncing: None,
            is_new: true,
            expires: None,
        };
        seat.update(version, request);
        seat
    }

    /// Takes over what a join says. The oldest version knows one timeout, which is both.
    pub(super) fn update(&mut self, version: i16, request: &JoinGroupRequest<'_>) {
        let (session, rebalance) = (request.session_timeout_ms, request.rebalance_timeout_ms);
        self.session_timeout = millis(session);
        self.rebalance_timeout = millis(if version == 0 { session } else { rebalance });
        let own = |protocol: &JoinGroupRequestProtocol<'_>| Protocol {
            name: protocol.name.to_string(),
            metadata: protocol.metadata.to_vec(),
        };
        self.protocols = request.protocols.iter().map(own).collect();
    }

    /// Whether a join says what is known already.
    pub(super) fn matches(&self, protocols: &[JoinGroupRequestProtocol<'_>]) -> bool {
        let same = |(own, theirs): (&Protocol, &JoinGroupRequestProtocol<'_>)| {
            own.name == theirs.name && own.metadata == *theirs.metadata
        };
        self.protocols.len() == protocols.len() && self.protocols.iter().zip(protocols).all(same)
    }

    /// Whether the member is excused from heartbeats: it waits for us.
    pub(super) const fn is_waiting(&self) -> bool {
        !self.is_new && (self.joining.is_some() || self.syncing.is_some())
    }

    pub(super) fn supports(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|own| own.name == protocol)
    }

    /// What the member says in a protocol.
    pub(super) fn metadata(&self, protocol: &str) -> &[u8] {
        let found = self.protocols.iter().find(|own| own.name == protocol);
        found.map_or(&[], |own| &own.metadata)
    }
}

/// The members of one group, and those who are about to be.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub(super) members: BTreeMap<String, Seat>,
    /// By static name, the member that holds it. Every value is a member.
    statics: BTreeMap<String, String>,
    /// Ids that were given away and have not come back, and until when they may.
    pub(super) pending: BTreeMap<String, Time>,
    /// Members of the generation that have not synced.
    pub(super) unsynced: BTreeSet<String>,
    /// A member, and there is one whenever there are members.
    pub(super) leader: Option<String>,
}

impl Roster {
    pub(super) fn add(&mut self, id: String, seat: Seat) {
        self.pending.remove(&id);
        self.statics.extend(seat.instance.clone().map(|instance| (instance, id.clone())));
        self.leader.get_or_insert_with(|| id.clone());
        self.members.insert(id, seat);
    }

    /// Forgets an id in every role. A leader is followed by whoever is first.
    pub(super) fn remove(&mut self, id: &str) -> Option<Seat> {
        self.pending.remove(id);
        self.unsynced.remove(id);
        let seat = self.members.remove(id);
        if let Some(instance) = seat.as_ref().and_then(|seat| seat.instance.as_ref()) {
            self.statics.remove(instance);
        }
        if self.is_leader(id) {
            self.leader = self.members.keys().next().cloned();
        }
        seat
    }

    /// Gives a static member's place to another id, with all that belongs to it.
    pub(super) fn rename(&mut self, old: &str, new: &str) {
        let was_leader = self.is_leader(old);
        let Some(seat) = self.remove(old) else { return };
        self.add(new.to_owned(), seat);
        if was_leader {
            self.leader = Some(new.to_owned());
        }
    }

    pub(super) fn is_leader(&self, id: &str) -> bool {
        self.leader.as_deref() == Some(id)
    }

    pub(super) fn holder(&self, instance: &str) -> Option<&str> {
        self.statics.get(instance).map(String::as_str)
    }

    /// Whether a member may speak under this id and static name.
    pub(super) fn check(&self, id: &str, instance: Option<&str>) -> Result<(), ErrorCode> {
        match instance.map(|instance| self.holder(instance)) {
            Some(None) => Err(ErrorCode::UNKNOWN_MEMBER_ID),
            Some(Some(holder)) if holder != id => Err(ErrorCode::FENCED_INSTANCE_ID),
            _ if self.members.contains_key(id) => Ok(()),
            _ => Err(ErrorCode::UNKNOWN_MEMBER_ID),
        }
    }

    pub(super) fn all_support(&self, protocol: &str) -> bool {
        self.members.values().all(|seat| seat.supports(protocol))
    }

    /// The protocol of the next generation: each member votes for the first of its own that all
    /// support. Kafka leaves a tie to chance; here the first name in the alphabet wins it.
    pub(super) fn elect_protocol(&self) -> Option<&str> {
        let mut votes = BTreeMap::<&str, usize>::new();
        for seat in self.members.values() {
            let names = seat.protocols.iter().map(|protocol| protocol.name.as_str());
            if let Some(vote) = names.into_iter().find(|name| self.all_support(name)) {
                *votes.entry(vote).or_default() += 1;
            }
        }
        let most = votes.values().copied().max()?;
        votes.into_iter().find_map(|(name, count)| (count == most).then_some(name))
    }

    pub(super) fn joining(&self) -> usize {
        self.members.values().filter(|seat| seat.joining.is_some()).count()
    }

    pub(super) fn all_joined(&self) -> bool {
        self.pending.is_empty() && self.joining() == self.members.len()
    }

    /// Makes sure that the leader is one who joined; false when there is nobody.
    pub(super) fn elect_leader(&mut self) -> bool {
        let Some(leader) = &self.leader else { return false };
        if self.members.get(leader).is_some_and(|seat| seat.joining.is_some()) {
            return true;
        }
        let next = self.members.iter().find(|(_, seat)| seat.joining.is_some());
        let Some((next, _)) = next else { return false };
        self.leader = Some(next.clone());
        true
    }

    /// The longest that any member asks for.
    pub(super) fn rebalance_timeout(&self) -> Duration {
        self.members.values().map(|seat| seat.rebalance_timeout).max().unwrap_or_default()
    }
}
