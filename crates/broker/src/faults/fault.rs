//! What a fault is: a place in the course of a request with what is done there, and when.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};

/// What goes wrong, where, and when.
///
/// ```
/// use klamm_broker::faults::{Fault, Place, Withhold};
/// use klamm_protocol::ApiKey;
///
/// let fault = Fault::new(Place::AfterAppend(Withhold::DropConnection))
///     .of(ApiKey::Produce)
///     .skip(2)
///     .times(1);
/// assert_eq!(fault.to_string(), "produce: after-append drop-connection skip 2 times 1");
/// assert_eq!(fault.to_string().parse(), Ok(fault));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    /// Where, and what is done there.
    pub place: Place,
    /// Which requests are meant, and how many of them.
    pub when: When,
}

/// A place in the course of a request, with what is done there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// When a client has connected, before anything has come from it. There is no request yet, so
    /// that nothing but a node can be meant.
    OnAccept(Welcome),
    /// When the request has come whole, before anybody judges it.
    OnReceipt(Intercept),
    /// Before anything is written: for Produce when this node leads a partition that is meant, for
    /// other requests before they take effect.
    BeforeAppend(Intercept),
    /// After something was written, before the answer is due: for Produce when a partition that is
    /// meant was appended to, for other requests after they took effect.
    AfterAppend(Withhold),
    /// While the answer is written.
    Answering(Spoil),
    /// When the answer is written.
    AfterAnswer(Afterwards),
}

/// What can be done to a connection as soon as it is there; with TLS, behind the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// The connection ends.
    DropConnection,
    /// Nothing is ever read or written; the connection stays open.
    Hang,
}

/// What can be done to a request that has not taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intercept {
    /// The connection ends.
    DropConnection,
    /// The connection ends by a reset: what was on its way is lost, and the client hears of an
    /// error instead of an end.
    ResetConnection,
    /// The request is never served; its connection is silent, and stays open.
    Hang,
    /// The request is served so much later.
    Delay(Duration),
    /// The request is not served, and answered with this code: Produce and Fetch for the
    /// partitions that are meant, the others as Kafka does when it fails as a whole.
    Error(ErrorCode),
}

/// What can be done to a request that has taken effect and is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withhold {
    /// The connection ends.
    DropConnection,
    /// The request is never answered; its connection is silent, and stays open.
    Hang,
    /// The answer comes so much later.
    Delay(Duration),
    /// The answer has this code, for Produce and Fetch in the partitions that are meant.
    Error(ErrorCode),
    /// Each append takes so long, and the appends to one partition come one after the other. The
    /// answer waits for all of its partitions. Only Produce knows disks.
    SlowDisk(Duration),
}

/// What can be done to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// Only so many bytes are written, the length in front included, and the connection ends.
    Cut(usize),
    /// The answer is written twice.
    Duplicate,
    /// Behind the answer comes a frame that nobody asked for: its length and so many bytes, drawn
    /// from the seed.
    Unsolicited(usize),
    /// The answer has a correlation id that was not sent: the right one plus 2^30.
    WrongCorrelationId,
    /// Instead of the answer so many bytes are written, drawn from the seed.
    Garbage(usize),
    /// Length and correlation id are right, and the rest is drawn from the seed.
    GarbleBody,
    /// The length in front of the answer is this one.
    ClaimLength(i32),
    /// The answer is written in pieces of so many bytes, with pauses between them.
    Pieces {
        /// How many bytes each piece has; the last may have fewer.
        size: NonZeroUsize,
        /// How long nothing is written between two of them.
        pause: Duration,
    },
    /// The answer names this throttle time, and the connection is muted for as long, as by a quota
    /// in Kafka.
    Throttle(Duration),
}

/// What can be done when the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// The connection ends.
    DropConnection,
    /// The connection is muted for so long: what comes is not looked at.
    Mute(Duration),
}

/// Which requests are meant, and how many of them. Everything that is not said fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// Those of this API.
    pub api: Option<ApiKey>,
    /// Those of a version above this one.
    pub above: Option<i16>,
    /// Those that come to this node.
    pub node: Option<NodeId>,
    /// Those of this client id.
    pub client: Option<String>,
    /// Those of Produce and Fetch that name a partition of this topic.
    pub topic: Option<String>,
    /// Those of Produce and Fetch that name a partition of this number.
    pub partition: Option<PartitionIndex>,
    /// So many that fit are left alone first.
    pub skip: u64,
    /// After those, the first is meant and then every so-many-th.
    pub every: NonZeroU64,
    /// Each of these is hit with this probability.
    pub chance: Chance,
    /// No more than so many are hit.
    pub times: Option<u64>,
}

/// A probability in millionths, never more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chance(u32);

impl Chance {
    /// It always happens.
    pub const ALWAYS: Self = Self(1_000_000);

    /// A probability in millionths; more than a million are a million.
    #[must_use]
    pub const fn millionths(count: u32) -> Self {
        if count > Self::ALWAYS.0 { Self::ALWAYS } else { Self(count) }
    }

    /// The probability in millionths.
    #[must_use]
    pub const fn as_millionths(self) -> u32 {
        self.0
    }
}

impl Default for When {
    fn default() -> Self {
        Self {
            api: None,
            above: None,
            node: None,
            client: None,
            topic: None,
            partition: None,
            skip: 0,
            every: NonZeroU64::MIN,
            chance: Chance::ALWAYS,
            times: None,
        }
    }
}

impl Fault {
    /// A fault of every request.
    pub fn new(place: Place) -> Self {
        Self { place, when: When::default() }
    }

    /// Only of requests of this API.
    pub fn of(mut self, api: ApiKey) -> Self {
        self.when.api = Some(api);
        self
    }

    /// Only of requests of a version above this one.
    pub fn above(mut self, version: i16) -> Self {
        self.when.above = Some(version);
        self
    }

    /// Only of requests to this node.
    pub fn on(mut self, node: NodeId) -> Self {
        self.when.node = Some(node);
        self
    }

    /// Only of requests of this client id.
    pub fn from_client(mut self, client: &str) -> Self {
        self.when.client = Some(client.to_owned());
        self
    }

    /// Only of Produce and Fetch for this topic.
    pub fn topic(mut self, topic: &str) -> Self {
        self.when.topic = Some(topic.to_owned());
        self
    }

    /// Only of Produce and Fetch for partitions of this number.
    pub fn partition(mut self, partition: i32) -> Self {
        self.when.partition = Some(PartitionIndex(partition));
        self
    }

    /// Leaves so many requests that fit alone first.
    pub fn skip(mut self, count: u64) -> Self {
        self.when.skip = count;
        self
    }

    /// Hits every so-many-th request that fits.
    pub fn every(mut self, nth: NonZeroU64) -> Self {
        self.when.every = nth;
        self
    }

    /// Hits a request that fits with this probability.
    pub fn chance(mut self, chance: Chance) -> Self {
        self.when.chance = chance;
        self
    }

    /// Hits no more than so many.
    pub fn times(mut self, count: u64) -> Self {
        self.when.times = Some(count);
        self
    }
}
