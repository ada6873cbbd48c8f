//! What two ranges of versions do not say: the versions that a situation forbids.

use self::Bound::{AtLeast, AtMost};
use self::Condition::{
    Client, EpochBump, GroupMetadata, NoTopicCreation, RawSaslTokens, TopicById, TopicIdUnknown,
    TransactionCoordinator, TransactionV1, TransactionV2,
};
use crate::api::ApiKey::{
    self, AddPartitionsToTxn, EndTxn, FindCoordinator, InitProducerId, Metadata, Produce,
    SaslHandshake, TxnOffsetCommit,
};
use crate::message::VersionRange;

/// A situation in which not every common version will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Condition {
    /// We are a client and not a broker. Always holds.
    Client,
    /// The request belongs to a transaction, and the cluster has not finalized
    /// `transaction.version` 2.
    TransactionV1,
    /// The request belongs to a transaction, and the cluster has finalized `transaction.version` 2.
    TransactionV2,
    /// The id of a topic in the request is not known.
    TopicIdUnknown,
    /// Topics are asked for by their ids.
    TopicById,
    /// Asking for a topic must not create it.
    NoTopicCreation,
    /// The coordinator of a transaction is looked for, not that of a group.
    TransactionCoordinator,
    /// A producer that has an id asks for a new epoch.
    EpochBump,
    /// Offsets are committed with the member and the generation of a consumer group.
    GroupMetadata,
    /// The broker has no SaslAuthenticate: tokens are sent without a header.
    RawSaslTokens,
}

/// A set of conditions; [`Condition::Client`] is in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conditions(u16);

impl Conditions {
    /// Nothing special.
    pub const NONE: Self = Self(Client.bit());

    /// These conditions and one more.
    #[must_use]
    pub const fn and(self, condition: Condition) -> Self {
        Self(self.0 | condition.bit())
    }

    /// Whether a condition is among these.
    pub const fn contains(self, condition: Condition) -> bool {
        self.0 & condition.bit() != 0
    }
}

impl Default for Conditions {
    fn default() -> Self {
        Self::NONE
    }
}

impl From<Condition> for Conditions {
    fn from(condition: Condition) -> Self {
        Self::NONE.and(condition)
    }
}

impl Condition {
    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The versions that a cap leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// This version and older ones.
    AtMost(i16),
    /// This version and newer ones.
    AtLeast(i16),
}

impl Bound {
    /// What is left of a range.
    pub fn apply(self, range: VersionRange) -> Option<VersionRange> {
        range.intersect(match self {
            Self::AtMost(max) => VersionRange::new(i16::MIN, max),
            Self::AtLeast(min) => VersionRange::new(min, i16::MAX),
        })
    }
}

/// One row of [`CAPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The API.
    pub key: ApiKey,
    /// When the cap applies.
    pub condition: Condition,
    /// What it leaves.
    pub bound: Bound,
    /// Why.
    pub reason: &'static str,
}

const fn cap(key: ApiKey, condition: Condition, bound: Bound, reason: &'static str) -> Cap {
    Cap { key, condition, bound, reason }
}

/// Every rule that narrows the versions of an API beyond what both sides speak.
#[rustfmt::skip]
pub const CAPS: &[Cap] = &[
    cap(Produce, Client, AtLeast(3),
        "brokers offer 0 to 2 and refuse them, as they carry no batches of format 2"),
    cap(Produce, TransactionV1, AtMost(11),
        "from 12 on the broker adds partitions to the transaction by itself (KIP-890)"),
    cap(TxnOffsetCommit, TransactionV1, AtMost(4),
        "from 5 on the broker adds the group to the transaction by itself (KIP-890)"),
    cap(EndTxn, TransactionV1, AtMost(4),
        "from 5 on the broker bumps the epoch with each transaction (KIP-890)"),
    cap(Produce, TransactionV2, AtLeast(12),
        "before 12 the broker does not add partitions to the transaction (KIP-890)"),
    cap(TxnOffsetCommit, TransactionV2, AtLeast(5),
        "before 5 the broker does not add the group to the transaction (KIP-890)"),
    cap(EndTxn, TransactionV2, AtLeast(5),
        "before 5 the answer lacks the epoch of the next transaction (KIP-890)"),
    cap(AddPartitionsToTxn, Client, AtMost(3),
        "from 4 on it is the batch form that brokers send to one another"),
    cap(Produce, TopicIdUnknown, AtMost(12),
        "from 13 on topics are named by their ids alone (KIP-516)"),
    cap(Metadata, Client, AtLeast(1),
        "at 0 an empty list asks for all topics, so that none cannot be asked for"),
    cap(Metadata, NoTopicCreation, AtLeast(4),
        "before 4 asking for a topic creates it where the broker allows that"),
    cap(Metadata, TopicById, AtLeast(12),
        "10 and 11 have a place for ids, but brokers do not look topics up by them"),
    cap(FindCoordinator, TransactionCoordinator, AtLeast(1),
        "0 finds the coordinators of groups only"),
    cap(InitProducerId, EpochBump, AtLeast(3),
        "before 3 there is no place for the id and epoch to go on from (KIP-360)"),
    cap(TxnOffsetCommit, GroupMetadata, AtLeast(3),
        "before 3 there is no place for the member and the generation (KIP-447)"),
    cap(SaslHandshake, RawSaslTokens, AtMost(0),
        "1 promises that tokens follow in SaslAuthenticate requests"),
];
