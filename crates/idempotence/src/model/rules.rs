//! What differs from release to release, and what a planted bug changes.

/// How a broker behaves where releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// How many batches per producer and partition are recognised when they come again. Five
    /// everywhere; fewer is a planted bug, and fewer than one counts as one.
    pub window: usize,
    /// What a producer's first batch must be when the partition knows nothing of that producer.
    pub first_batch: FirstBatch,
    /// What becomes of a batch or an offset whose transaction the coordinator does not confirm.
    pub unverified: Unverified,
    /// Whether a commit that comes after the transaction was aborted for its time is answered as
    /// that of a fenced producer instead of as a wrong state (version 2 of the protocol only).
    pub fences_late_commits: bool,
}

/// The first batch of a producer that the partition does not know.
//= B7 three releases, three answers
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FirstBatch {
    /// It may begin anywhere.
    Anywhere,
    /// It may begin anywhere, but at 0 if the partition never held a record.
    AtZeroInAFreshLog,
    /// It begins at 0, or the producer is said to be unknown.
    UnknownUnlessZero,
}

/// A write for a transaction of version 1 that the coordinator does not confirm.
//= B18 by release and by version of the request
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unverified {
    /// Nobody asks the coordinator.
    Accepted,
    /// Refused with `INVALID_TXN_STATE`.
    InvalidTxnState,
    /// Refused with `TRANSACTION_ABORTABLE`.
    Abortable,
}

impl Rules {
    /// Brokers before 2.5.
    pub const BEFORE_2_5: Self =
        Self { first_batch: FirstBatch::UnknownUnlessZero, ..Self::BEFORE_3_6 };

    /// Brokers from 2.5 on that do not verify transactions.
    pub const BEFORE_3_6: Self = Self {
        window: 5,
        first_batch: FirstBatch::Anywhere,
        unverified: Unverified::Accepted,
        fences_late_commits: false,
    };

    /// Brokers that verify, asked by clients that know no better than `INVALID_TXN_STATE`.
    pub const SINCE_3_6: Self =
        Self { unverified: Unverified::InvalidTxnState, ..Self::BEFORE_3_6 };

    /// Brokers that verify, asked by clients that understand `TRANSACTION_ABORTABLE`.
    pub const SINCE_3_8: Self = Self { unverified: Unverified::Abortable, ..Self::BEFORE_3_6 };

    /// Brokers from 4.5 on.
    pub const SINCE_4_5: Self = Self {
        first_batch: FirstBatch::AtZeroInAFreshLog,
        fences_late_commits: true,
        ..Self::SINCE_3_8
    };
}
