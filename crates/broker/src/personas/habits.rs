//! What clusters do differently, as far as a client can see it.
//!
//! The rest of the broker asks these habits and never who has them. [`Habits::MODERN`] is what
//! Apache Kafka does since 4.0; a persona says in what it differs from that.

use std::time::Duration;

use bytes::Bytes;
use klamm_records::Codec;
use klamm_wire::ErrorCode;

/// Where the byte of a batch's attributes stands that holds the codec.
const CODEC_AT: usize = 22;
/// The bits of that byte which name the codec.
const CODEC_BITS: u8 = 0x07;

/// What a cluster does, where not all do the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Habits {
    /// What is said to a version of ApiVersions that is not known.
    pub(crate) refusal: Refusal,
    /// What a log makes of the sequences of a producer.
    pub(crate) sequences: Sequences,
    /// What Metadata says of a topic that it has created by being asked for it.
    pub(crate) created_topic: ErrorCode,
    /// What a batch or record is called that breaks a rule.
    pub(crate) invalid_record: ErrorCode,
    /// Codecs that are not taken, and how that is said.
    pub(crate) refused_codecs: &'static [(Codec, ErrorCode)],
    /// Whether a partition asks the coordinator before it takes a batch of a transaction (KIP-890).
    pub(crate) verifies_transactions: bool,
    /// Whether an answer that refuses for want of the leadership names who has it (KIP-951).
    pub(crate) names_new_leaders: bool,
    /// Whether requests are answered that ask for no acknowledgement.
    pub(crate) answers_acks_zero: bool,
    /// Whether empty bytes are written as null where the protocol has no null.
    pub(crate) null_for_empty: bool,
    /// What a cluster never goes beyond, whatever its settings say.
    pub(crate) bounds: Bounds,
}

/// What is said to a version of ApiVersions that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An error, and the range of this one API (KIP-511).
    OwnRange,
    /// An error, and the ranges of all APIs.
    AllRanges,
    /// An error alone.
    Bare,
    /// Nothing: the connection ends.
    Close,
}

/// What a log makes of the sequences of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequences {
    /// How many batches of a producer are known again: 5 at most.
    pub(crate) window: usize,
    /// With which sequence a producer may begin of whom nothing is remembered.
    pub(crate) unknown: Unknown,
    /// What is older than all that is remembered is told to be a repetition, with an error.
    pub(crate) old_duplicates: bool,
}

/// With which sequence a producer may begin of whom nothing is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// With any.
    Any,
    /// With 0; else it is out of order.
    Zero,
    /// With 0; else it is told that it is unknown.
    Told,
}

/// What a cluster never goes beyond, whatever its settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The newest generation of transactions.
    pub(crate) transaction_version: i16,
    /// The longest request.
    pub(crate) request_bytes: usize,
    /// How long a connection may be silent.
    pub(crate) idle: Duration,
}

impl Sequences {
    /// Those of Apache Kafka since 2.5 (KIP-360).
    pub(crate) const MODERN: Self =
        Self { window: 5, unknown: Unknown::Any, old_duplicates: false };
}

impl Bounds {
    /// None but the newest generation of transactions that there is.
    pub(super) const NONE: Self =
        Self { transaction_version: 2, request_bytes: usize::MAX, idle: Duration::MAX };

    /// Those of a cluster before transactions of the second generation.
    pub(super) const BEFORE_TV2: Self = Self { transaction_version: 1, ..Self::NONE };
}

impl Habits {
    /// Those of Apache Kafka since 4.0.
    pub(super) const MODERN: Self = Self {
        refusal: Refusal::OwnRange,
        sequences: Sequences::MODERN,
        created_topic: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        invalid_record: ErrorCode::INVALID_RECORD,
        refused_codecs: &[],
        verifies_transactions: true,
        names_new_leaders: true,
        answers_acks_zero: false,
        null_for_empty: false,
        bounds: Bounds::NONE,
    };

    /// The name under which an error is told.
    pub(crate) fn told(&self, code: ErrorCode) -> ErrorCode {
        if code == ErrorCode::INVALID_RECORD { self.invalid_record } else { code }
    }

    /// How a batch is refused because of its codec, if it is; the pieces of one records field.
    pub(crate) fn codec_refusal(&self, records: &[Bytes]) -> Option<ErrorCode> {
        if self.refused_codecs.is_empty() {
            return None;
        }
        let attributes = records.iter().flatten().nth(CODEC_AT)?;
        let codec = Codec::try_from(attributes & CODEC_BITS).ok()?;
        let (_, code) = self.refused_codecs.iter().find(|(refused, _)| *refused == codec)?;
        Some(*code)
    }
}
