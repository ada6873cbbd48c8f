//! Numbers that name things, each with a type of its own, and without arithmetic.

use std::fmt;

use crate::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident($inner:ty);)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $inner);

        impl From<$inner> for $name {
            #[inline]
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

ids! {
    /// A broker, or a controller.
    NodeId(i32);
    /// A partition within its topic.
    PartitionIndex(i32);
    /// The identity under which a producer's batches are told apart.
    ProducerId(i64);
    /// A generation: of a producer id, or of a partition's leadership.
    Epoch(i16);
    /// The number of a batch's first record among those of one producer, epoch and partition.
    Sequence(i32);
    /// A topic, by an identifier that no later topic of the same name shares.
    TopicId(Uuid);
}

impl NodeId {
    /// No node.
    pub const NONE: Self = Self(-1);
}

impl ProducerId {
    /// No producer id: the batch is not idempotent.
    pub const NONE: Self = Self(-1);
}

impl Epoch {
    /// No epoch.
    pub const NONE: Self = Self(-1);
}

impl Sequence {
    /// No sequence: the batch is not idempotent.
    pub const NONE: Self = Self(-1);
}

impl TopicId {
    /// No topic.
    pub const ZERO: Self = Self(Uuid::ZERO);
}
