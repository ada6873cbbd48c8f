//! What a model of transactions must have met to be believed.

/// Something that a model of transactions must have met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum TxnSituation {
    /// A commit was called unknown.
    CommitUnknown,
    /// A commit that was called unknown turned out to have happened.
    UnknownCommitted,
    /// A commit that was called unknown turned out not to have happened, and was aborted.
    UnknownAborted,
    /// A producer stopped that had met a newer instance.
    Fenced,
    /// A producer stopped that met an epoch of its own: a copy of a request of its opened a
    /// transaction, which its renewal then had to abort.
    FencedByItself,
    /// A producer renewed its identity before its next transaction.
    Renewed,
    /// A copy of the end of a transaction landed late and was refused.
    CopyRefused,
    /// A transaction was aborted after a batch of it had failed.
    AbortedAfterFailure,
    /// The coordinator aborted a transaction for its time, and the producer went on.
    TimedOut,
    /// The same, and the producer stopped.
    TimedOutAndStopped,
    /// A producer took an identity of the second generation after one of the first.
    Upgraded,
    /// A transaction ended without a word to the coordinator.
    EndedInSilence,
}

impl TxnSituation {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 12] = [
        Self::CommitUnknown,
        Self::UnknownCommitted,
        Self::UnknownAborted,
        Self::Fenced,
        Self::FencedByItself,
        Self::Renewed,
        Self::CopyRefused,
        Self::AbortedAfterFailure,
        Self::TimedOut,
        Self::TimedOutAndStopped,
        Self::Upgraded,
        Self::EndedInSilence,
    ];

    /// Its bit in a set.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}
