//! What inputs and outputs call things by: numbers that the caller or the machine hands out.

use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])+ $name:ident($inner:ty);)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

names! {
    /// A partition of a topic, as the caller numbers them; the same for the machine's whole life.
    Part(u32);
    /// A batch within its partition, as the caller numbers them: 0, 1, 2 and so on without a gap.
    Ticket(u64);
    /// A connection to a broker, as the caller names it; never the same again.
    ConnId(u64);
    /// A call of the application, as the caller names it.
    CallId(u64);
    /// A consumer group whose offsets a transaction commits, as the caller numbers them.
    Group(u32);
    /// One sending of one piece of a batch, named by the machine.
    AttemptId(u64);
    /// One request to a coordinator or to any broker, named by the machine.
    CtrlId(u64);
    /// A transaction, named by the machine when it begins.
    TxnTag(u64);
}

/// A run of records within a batch: all of them, or what a split made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Piece {
    /// Its first record, counted within the batch.
    pub first: u32,
    /// How many records it has; never 0.
    pub records: u32,
}

impl Piece {
    /// The whole of a batch of so many records.
    #[must_use]
    pub const fn whole(records: u32) -> Self {
        Self { first: 0, records }
    }

    /// Indices of its records as indices of the batch's; what lies beyond it names none of them.
    //= R17 a broker counts the records of what it was sent, a caller those of his batch
    pub(crate) fn within_batch(self, indices: Vec<u32>) -> Vec<u32> {
        let inside = indices.into_iter().filter(|index| *index < self.records);
        inside.map(|index| self.first.saturating_add(index)).collect()
    }
}
