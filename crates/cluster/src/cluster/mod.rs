//! The whole: requests find connections, connections are made, the picture is kept.
//!
//! [`Cluster`] joins the machines of this crate. A layer above asks ([`Cluster::ask`]) and reads
//! what came about ([`Cluster::next_news`]); a shell drives it through [`Drive`](crate::Drive).
//! Every request that is asked ends exactly once and by its deadline: answered, failed with what
//! may be believed, or, where no answer comes, flushed.
//!
//! What it does by itself: it asks for metadata when that is due, looks for coordinators that
//! somebody waits for, dials whom somebody waits for, tries the next server when one fails, begins
//! again from the bootstrap servers when all have failed, and closes what is idle. It repeats no
//! request that may have been processed.

mod business;
mod elders;
mod events;
mod links;
mod news;
mod reach;
mod requests;
mod routing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use klamm_protocol::negotiate::{FinalizedFeatures, Negotiated};
use klamm_wire::{NodeId, Now, Time};

use crate::coordinators::Coordinators;
use crate::dial::{Dial, Target};
use crate::dice::Dice;
use crate::drive::Command;
use crate::failure::{Cause, Fate, Reason};
use crate::metadata::{Broker, Hint, Metadata, TopicRef};
use crate::names::{ConnId, RequestId};
use crate::request::{Asking, CoordinatorKey};
use crate::sasl::Nonces;
use crate::settings::{ConnectionSettings, Settings};

pub use news::News;

use elders::Elders;
use links::Links;
use reach::Reach;
use requests::Requests;

/// A client's whole view of a cluster, and its connections.
///
/// - Commands: [`ask`](Self::ask), [`connect`](Self::connect), [`close`](Self::close), what
///   concerns topics, and what an answer told the layer above.
/// - Out: [`next_news`](Self::next_news); for the shell, [`Drive`](crate::Drive).
/// - Getters: [`metadata`](Self::metadata), [`versions`](Self::versions),
///   [`features`](Self::features).
pub struct Cluster {
    settings: Settings,
    connection: Arc<ConnectionSettings>,
    metadata: Metadata,
    coordinators: Coordinators,
    dial: Dial,
    links: Links,
    requests: Requests,
    reach: Reach,
    /// Whom we dial because anybody would do.
    reaching: Option<Target>,
    known: Known,
    news: VecDeque<News>,
    commands: VecDeque<Command>,
}

/// What is remembered beside the machines.
struct Known {
    elders: Elders,
    features: FinalizedFeatures,
    nonces: Nonces,
    dice: Dice,
    /// Brokers that a layer above wants a connection to, until there is one.
    wished: BTreeSet<Target>,
    /// The instant of the last turn: what was due by then and not possible waits for an event.
    turned: Time,
    is_closed: bool,
}

impl Cluster {
    /// A client that knows the bootstrap servers and has not dialled any.
    pub fn new(now: Now, settings: Settings, nonces: Nonces) -> Self {
        let mut dice = Dice::new(settings.seed);
        let mut dial = Dial::new(settings.dial.clone(), dice.roll());
        let bootstrap = u32::try_from(settings.bootstrap.len()).unwrap_or(u32::MAX);
        for (target, host) in (0..bootstrap).map(Target::Bootstrap).zip(&settings.bootstrap) {
            dial.place(target, host);
        }
        let waits = (settings.metadata.backoff, settings.metadata.backoff_max);
        Self {
            connection: Arc::new(settings.connection.clone()),
            metadata: Metadata::new(settings.metadata.clone(), dice.roll()),
            coordinators: Coordinators::new(waits.0, waits.1, dice.roll()),
            dial,
            links: Links::default(),
            requests: Requests::default(),
            reach: Reach::new(bootstrap, dice.roll()),
            reaching: None,
            known: Known {
                elders: Elders::default(),
                features: FinalizedFeatures::default(),
                nonces,
                dice,
                wished: BTreeSet::new(),
                turned: now.mono,
                is_closed: false,
            },
            news: VecDeque::new(),
            commands: VecDeque::new(),
            settings,
        }
    }

    /// Asks something of the cluster.
    pub fn ask(&mut self, now: Now, asking: Asking) -> RequestId {
        let id = self.requests.ask(asking);
        self.turn(now);
        id
    }

    /// Nobody waits for a request any more: it ends now, with what may be believed of it.
    pub fn cancel(&mut self, now: Now, id: RequestId, reason: Reason) {
        let conn = self.requests.get(id).and_then(|open| open.conn);
        let fate = conn.and_then(|conn| {
            let fate = self.links.get_mut(conn)?.connection.withdraw(id);
            self.pump(now, conn);
            fate
        });
        self.fail(id, reason, fate.unwrap_or(Fate::NotWritten));
        self.turn(now);
    }

    /// Wants a connection to a broker: until there is one, or the broker is no longer part of the
    /// cluster, or does not accept us.
    pub fn connect(&mut self, now: Now, node: NodeId) {
        let target = Target::Node(node);
        if self.links.of(target).is_none() {
            self.known.wished.insert(target);
            self.dial.want(now.mono, target);
            self.turn(now);
        }
    }

    /// Wants a topic in the picture, and to hear of its changes.
    pub fn want_topic(&mut self, now: Now, name: &str) -> TopicRef {
        let topic = self.metadata.want(now.mono, name);
        self.turn(now);
        topic
    }

    /// Says that a topic is in use: one that is not for long is forgotten.
    pub fn touch_topic(&mut self, now: Now, topic: TopicRef) {
        self.metadata.touch(now.mono, topic);
    }

    /// Wants a topic no more.
    pub fn forget_topic(&mut self, topic: TopicRef) {
        self.metadata.forget(topic);
    }

    /// Somebody found that the picture is old, for one topic or for all.
    pub fn refresh(&mut self, now: Now, topic: Option<TopicRef>) {
        self.metadata.refresh(now.mono, topic);
        self.turn(now);
    }

    /// What an answer told the layer above of leaders and of where they are. The events that come
    /// of it are among the news when this returns.
    pub fn hinted(&mut self, now: Now, hints: &[Hint], brokers: &[(NodeId, Broker)]) {
        self.metadata.hinted(now.mono, hints, brokers);
        self.turn(now);
    }

    /// A broker says that it does not coordinate that.
    pub fn forget_coordinator(&mut self, key: &CoordinatorKey) {
        self.coordinators.forget(key);
    }

    /// The answer that the layer above read asked for a pause.
    pub fn mute(&mut self, now: Now, conn: ConnId, until: Time) {
        if let Some(link) = self.links.get_mut(conn) {
            link.connection.mute(until);
            self.pump(now, conn);
        }
    }

    /// The layer above found that a peer broke the protocol: the connection ends.
    pub fn distrust(&mut self, now: Now, conn: ConnId, cause: Cause) {
        self.hang_up(now, conn, cause);
        self.turn(now);
    }

    /// Ends everything, for good: connections are closed, what is open fails, and so does whatever
    /// is asked afterwards.
    pub fn close(&mut self, now: Now) {
        self.known.is_closed = true;
        for conn in self.links.names() {
            self.hang_up(now, conn, Cause::Unneeded);
        }
        for conn in self.links.give_up() {
            self.commands.push_back(Command::Close(conn));
        }
        self.turn(now);
    }

    /// The next thing that came about, for the layers above.
    pub fn next_news(&mut self) -> Option<News> {
        self.news.pop_front()
    }

    /// The picture of the cluster.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What can be spoken on a connection; `None` before its broker said so.
    pub fn versions(&self, conn: ConnId) -> Option<&Negotiated> {
        self.links.get(conn)?.connection.versions()
    }

    /// Whether a connection would take a request at once.
    pub fn has_room(&self, conn: ConnId) -> bool {
        self.links.get(conn).is_some_and(|link| link.connection.can_send())
    }

    /// What the client calls itself.
    pub fn client_id(&self) -> Option<&str> {
        self.connection.client_id.as_deref()
    }

    /// The features that the cluster has agreed on, by the newest word of any broker.
    pub fn features(&self) -> &FinalizedFeatures {
        &self.known.features
    }
}
