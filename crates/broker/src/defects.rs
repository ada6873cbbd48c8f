//! The switchboard of wrong behaviours, each of which makes the cluster break one promise.
//!
//! Whoever checks brokers or clients can show with it that a check is able to fail.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! defects {
    ($($(#[$doc:meta])+ $name:ident = $text:literal;)+) => {
        /// One wrong behaviour.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Defect {
            $($(#[$doc])+ $name,)+
        }

        impl Defect {
            /// Every defect, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name by which the command line knows it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

defects! {
    // Frames and versions.
    /// Answers carry the correlation id plus one.
    WrongCorrelationId = "wrong-correlation-id";
    /// Of two pipelined requests the second is answered first.
    AnswersOutOfOrder = "answers-out-of-order";
    /// A size of zero or less in front of a frame is skipped instead of ending the connection.
    SkipsBadSizes = "skips-bad-sizes";
    /// An unknown API key is answered with an empty body instead of ending the connection.
    AnswersUnknownKeys = "answers-unknown-keys";
    /// The response to ApiVersions has a header with a tag section from version 3 on.
    TaggedApiVersionsHeader = "tagged-api-versions-header";
    /// An unsupported version of ApiVersions ends the connection.
    ClosesOnUnknownApiVersions = "closes-on-unknown-api-versions";
    /// Unknown tagged fields end the connection.
    RefusesUnknownTags = "refuses-unknown-tags";
    // Metadata.
    /// Metadata for no topics gives all of them.
    MetadataEmptyMeansAll = "metadata-empty-means-all";
    /// Metadata creates unknown topics although it was asked not to.
    MetadataAlwaysCreates = "metadata-always-creates";
    /// A topic that was named twice is listed twice.
    MetadataRepeatsTopics = "metadata-repeats-topics";
    // Produce.
    /// Requests with acks=0 are answered.
    AnswersAcksZero = "answers-acks-zero";
    /// A request with any other number of acks is taken for acks=-1.
    AcceptsAnyAcks = "accepts-any-acks";
    /// The last partition of an answer to Produce is left out.
    OmitsPartition = "omits-partition";
    /// Produce to a partition led elsewhere is accepted.
    AppendsOnFollower = "appends-on-follower";
    /// The base offset of every answer is that of the batch before.
    WrongBaseOffset = "wrong-base-offset";
    /// Batches are acknowledged and not stored.
    AcknowledgesWithoutStoring = "acknowledges-without-storing";
    /// Too few replicas in sync do not matter.
    IgnoresMinInsync = "ignores-min-insync";
    // Batches.
    /// Checksums are not compared.
    IgnoresCrc = "ignores-crc";
    /// `max.message.bytes` is not enforced.
    IgnoresMaxMessageBytes = "ignores-max-message-bytes";
    /// Malformed batches get the retriable CORRUPT_MESSAGE where Kafka says INVALID_RECORD.
    CorruptForInvalid = "corrupt-for-invalid";
    /// Records without a key are accepted on a compacted topic.
    AcceptsKeylessOnCompacted = "accepts-keyless-on-compacted";
    /// Timestamps of any age and future are accepted.
    IgnoresTimestampBounds = "ignores-timestamp-bounds";
    /// Control batches of producers are accepted.
    AcceptsControlBatches = "accepts-control-batches";
    /// Answers of LogAppendTime topics carry no append time.
    OmitsAppendTime = "omits-append-time";
    /// A topic's `compression.type` is ignored.
    IgnoresTopicCompression = "ignores-topic-compression";
    /// zstd is accepted from versions that cannot carry it.
    AcceptsOldZstd = "accepts-old-zstd";
    /// The payload of compressed batches is not looked into.
    IgnoresPayload = "ignores-payload";
    // Sequences.
    /// A repeated batch is appended again.
    AppendsDuplicates = "appends-duplicates";
    /// A repeated batch is answered with base offset -1.
    DuplicateWithoutOffset = "duplicate-without-offset";
    /// The window remembers one batch instead of five.
    WindowOfOne = "window-of-one";
    /// Gaps in the sequence are accepted.
    AcceptsGaps = "accepts-gaps";
    /// Sequences wrap modulo 2^31 - 1.
    WrapsEarly = "wraps-early";
    /// The producer's epoch is ignored.
    IgnoresEpoch = "ignores-epoch";
    /// The epoch is kept per producer id, not per partition.
    EpochPerProducer = "epoch-per-producer";
    /// A new epoch may begin with any sequence.
    NewEpochAnySequence = "new-epoch-any-sequence";
    // Producer ids and transactions.
    /// Every producer gets the same id.
    SameProducerId = "same-producer-id";
    /// A second InitProducerId of a transactional id does not raise its epoch.
    InitKeepsEpoch = "init-keeps-epoch";
    /// Any transaction timeout is accepted.
    AcceptsAnyTimeout = "accepts-any-timeout";
    /// Aborted records are visible to read_committed.
    ShowsAborted = "shows-aborted";
    /// read_committed reads beyond the last stable offset.
    ReadsOpenTransactions = "reads-open-transactions";
    /// EndTxn writes no markers.
    ForgetsMarkers = "forgets-markers";
    /// EndTxn of an epoch that was fenced is accepted.
    EndTxnIgnoresEpoch = "end-txn-ignores-epoch";
    /// A transactional batch is accepted for a partition that was never added.
    SkipsVerification = "skips-verification";
    /// Offsets of an open transaction are visible at once.
    LeaksPendingOffsets = "leaks-pending-offsets";
    // SASL.
    /// Any password is right.
    AcceptsAnyPassword = "accepts-any-password";
    /// Requests are served before authentication.
    ServesUnauthenticated = "serves-unauthenticated";
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no defect has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDefect(pub String);

impl fmt::Display for UnknownDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no defect `{}`", self.0)
    }
}

impl std::error::Error for UnknownDefect {}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Self, UnknownDefect> {
        let found = Self::ALL.iter().copied().find(|defect| defect.name() == name);
        found.ok_or_else(|| UnknownDefect(name.to_owned()))
    }
}

/// The defects that are switched on; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defects(BTreeSet<Defect>);

impl Defects {
    /// Whether this one is on.
    #[must_use]
    pub fn has(&self, defect: Defect) -> bool {
        self.0.contains(&defect)
    }

    /// Switches one on.
    pub fn switch_on(&mut self, defect: Defect) {
        self.0.insert(defect);
    }

    /// Switches one off.
    pub fn switch_off(&mut self, defect: Defect) {
        self.0.remove(&defect);
    }
}

impl FromIterator<Defect> for Defects {
    fn from_iter<I: IntoIterator<Item = Defect>>(defects: I) -> Self {
        Self(defects.into_iter().collect())
    }
}
